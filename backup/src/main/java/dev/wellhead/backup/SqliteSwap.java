package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.Engine.Outcome;
import dev.wellhead.backup.internal.LeasedDirectory;
import dev.wellhead.backup.internal.PrivateFiles;
import dev.wellhead.core.Ticker;
import dev.wellhead.jdbc.internal.SqlErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a restored file in the place of a database file. Under its name there is at any moment one whole database, the old or
 * the new; the old one is kept under another name. For one thread.
 */
final class SqliteSwap {
    /*
     * UNPACKED  the new file lies in a private folder beside the old one, durable and compared with the backup
     * LOCKED    nobody else has the old one open; it is what the token says
     * KEPT      the old file has a second name
     * SETTLED   no side file is beside the old one, and that is durable
     * REPLACED  one renaming has put the new file under the name
     * PROVED    it was opened there and found intact
     *
     * Whoever opens the name from REPLACED on may write side files at once: none may be removed any more. Those who waited
     * for the old file are held off until the end, so that nobody writes to it in the belief that it is the database.
     */
    enum Step {
        UNPACKED,
        LOCKED,
        KEPT,
        SETTLED,
        REPLACED,
        PROVED
    }

    /** Is told of each step that is done, and may make it fail. */
    @FunctionalInterface
    interface Watch {
        void done(Step step) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

    private final SqliteRestore restore;
    private final Ticker ticker;
    private final Watch watch;

    SqliteSwap(SqliteRestore restore, Ticker ticker, Watch watch) {
        this.restore = restore;
        this.ticker = ticker;
        this.watch = watch;
    }

    /**
     * Returns the token that says what this database holds now; with it {@link #swap} may replace the file.
     *
     * @throws IOException if there is no such file
     * @throws SQLException if others keep it locked
     */
    static String describe(Path file) throws SQLException, IOException {
        return SqliteHoldings.of(file.toRealPath()).token();
    }

    /** Returns what differs, or equal; then, and if it throws, the old database is in its place unless it is said otherwise. */
    Outcome swap(Path target, String token) throws SQLException, IOException {
        Path file = existing(target);
        requireToken(file, token, holdings(file));
        try (LeasedDirectory work = SqliteRestore.workspaceBeside(file)) {
            Path fresh = work.path().resolve("fresh.db");
            List<String> differences = restore.into(fresh);
            if (!differences.isEmpty()) {
                return Outcome.differing(differences, file + " was left as it was");
            }
            PrivateFiles.copyAccess(file, fresh);
            watch.done(Step.UNPACKED);
            return replace(file, fresh, token);
        }
    }

    private Path existing(Path target) throws IOException {
        if (!Files.isRegularFile(target)) {
            throw refused(target + " is no file, so there is nothing to replace; use RestoreTarget.file to create one");
        }
        return target.toRealPath();
    }

    private SqliteHoldings holdings(Path file) throws SQLException, IOException {
        try {
            return SqliteHoldings.of(file);
        } catch (SQLException e) {
            if (SqlErrors.isSqliteBusy(e)) {
                throw inUse(file);
            }
            throw e;
        }
    }

    private void requireToken(Path file, String token, SqliteHoldings holdings) {
        if (!token.equals(holdings.token())) {
            throw refused(file + " holds " + holdings.content()
                    + (token.isEmpty() ? "" : ", which is not what the token passed says")
                    + "; to replace it pass the token '" + holdings.token() + "'");
        }
    }

    private Outcome replace(Path file, Path fresh, String token) throws SQLException, IOException {
        SqliteExclusive taken = SqliteExclusive.tryTake(file, ticker);
        if (taken == null) {
            throw inUse(file);
        }
        try (SqliteExclusive old = taken) {
            requireUnused(file, old);
            requireToken(file, token, old.holdings());
            watch.done(Step.LOCKED);
            Path kept = keep(file);
            try {
                exchange(file, fresh, kept, old);
            } catch (IOException | RuntimeException e) {
                giveUp(file, kept, old, e);
                throw e;
            }
            LOG.info("restore of {}: {} was replaced; what was there is kept as {}", id(), file, kept);
            return prove(file, kept);
        }
    }

    private void exchange(Path file, Path fresh, Path kept, SqliteExclusive old) throws IOException {
        watch.done(Step.KEPT);
        old.removeSideFiles(kept);
        // Before the renaming, lest a power cut leave the new name and the old log.
        PrivateFiles.syncFolder(SqliteRestore.folderOf(file));
        watch.done(Step.SETTLED);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        old.replaced();
        PrivateFiles.syncFolder(SqliteRestore.folderOf(file));
        watch.done(Step.REPLACED);
    }

    /** Gives the old file a second name, so that its first one is never without a database. */
    private Path keep(Path file) throws IOException {
        Path kept = keptName(file);
        if (!SqliteFile.exists(kept)) {
            try {
                Files.createLink(kept, file);
            } catch (UnsupportedOperationException e) {
                throw new IOException(
                        "the file system has no hard links; move the file away and use RestoreTarget.file", e);
            }
        }
        return kept;
    }

    /** The first that is free, or that an attempt which died has given to this very file. */
    private Path keptName(Path file) throws IOException {
        for (int number = 1; ; number++) {
            Path name = SqliteFile.side(file, ".replaced-by-" + id() + (number == 1 ? "" : "-" + number));
            boolean alone = SqliteFile.SIDE_FILES.stream()
                    .noneMatch(suffix -> SqliteFile.exists(SqliteFile.side(name, suffix)));
            if (alone && (!SqliteFile.exists(name) || Files.isSameFile(name, file))) {
                return name;
            }
        }
    }

    /** Before the renaming all is as it was; after it, the new file stays, and the old one under its other name. */
    private void giveUp(Path file, Path kept, SqliteExclusive old, Exception because) {
        try {
            if (Files.isSameFile(file, kept)) {
                old.returnSideFiles(kept);
                Files.delete(kept);
            } else {
                old.replaced();
                LOG.warn(
                        "restore of {}: {} was replaced, then it failed; what was there is kept as {}",
                        id(),
                        file,
                        kept);
            }
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    private Outcome prove(Path file, Path kept) throws IOException {
        List<String> problems = new ArrayList<>();
        try (Connection connection = SqliteFile.open(file)) {
            problems.addAll(SqliteFile.checkIntegrity(connection));
        } catch (SQLException e) {
            problems.add("it cannot be read in its place: " + BackupException.say(e));
        }
        watch.done(Step.PROVED);
        return problems.isEmpty()
                ? Outcome.keeping(kept.toString())
                : Outcome.differing(problems, file + " was replaced; what was there is kept as " + kept);
    }

    private void requireUnused(Path file, SqliteExclusive old) {
        List<Long> holders = new ArrayList<>(OpenFiles.holders(file));
        for (int own = old.timesOpen(); own > 0; own--) {
            holders.remove(ProcessHandle.current().pid());
        }
        if (!holders.isEmpty()) {
            throw inUse(file, holders);
        }
    }

    private BackupException inUse(Path file) {
        return inUse(file, OpenFiles.holders(file));
    }

    private BackupException inUse(Path file, List<Long> holders) {
        String who = holders.stream().distinct().map(OpenFiles::describe).collect(Collectors.joining(", "));
        return refused(
                file + " is in use" + (who.isEmpty() ? "" : " by " + who) + "; stop what has it open, then try again");
    }

    private BackupException refused(String why) {
        return new BackupException(Kind.TARGET_TAKEN, "restore of " + id() + ": " + why);
    }

    private String id() {
        return restore.manifest().id();
    }
}

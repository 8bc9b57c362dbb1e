package dev.wellhead.cli;

import dev.wellhead.backup.BackupException;
import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.RestoreReport;
import dev.wellhead.backup.RestoreTarget;
import dev.wellhead.cli.CliException.Kind;
import dev.wellhead.cli.Screen.Paint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings a backup back. */
@Command(
        name = "restore",
        description =
                "Bring a backup back: into a new database or file, or with --replace in the place of one that is there,"
                        + " which needs its token and keeps what was there under another name.",
        footerHeading = "%nExample:%n",
        footer = {
            "  wellhead backup restore latest --to-database app_restored",
            "  wellhead backup restore latest --to-database app --replace             # says which token it wants",
            "  wellhead backup restore latest --to-file app.db --replace --token TOKEN"
        })
final class RestoreCommand extends BackupCommand {
    @Parameters(paramLabel = "ID", description = "Which, as list shows it, or latest.")
    String id = "";

    @Option(names = "--to-database", paramLabel = "NAME", description = "A database on the server of --url.")
    @Nullable String toDatabase;

    @Option(names = "--to-file", paramLabel = "FILE", description = "An SQLite file.")
    @Nullable Path toFile;

    @Option(
            names = "--replace",
            description = "Put it in the place of the database or file of that name, which is kept.")
    boolean replace;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "Says what is to be replaced; a run without it names it.")
    String token = "";

    @Option(
            names = "--without-privileges",
            description = "Leave owners, privileges and settings away: everything belongs to whoever restores.")
    boolean withoutPrivileges;

    @Option(names = "--dry-run", description = "Say what would be restored where, and change nothing.")
    boolean dryRun;

    RestoreCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        requireOneTarget();
        // The file that is lost need not be there to be brought back.
        Target target = toFile == null ? Target.open(session, database) : Target.elsewhere(session, database);
        try (ProgressBar bar = session.progress()) {
            Backups backups = options.backups(session, target, new BackupProgressLine(bar), null);
            String which = id(backups, id);
            if (dryRun) {
                return dryRun(target, backups, which);
            }
            RestoreReport report = backups.restore(which, restoreTarget(token));
            show(report);
            return ExitCodes.OK;
        }
    }

    private void requireOneTarget() {
        if ((toDatabase == null) == (toFile == null)) {
            throw new CliException(
                    Kind.USAGE, "restore to where? Give --to-database NAME or --to-file FILE, one of them");
        }
        if (!replace && !token.isEmpty()) {
            throw new CliException(
                    Kind.USAGE, "--token goes with --replace; without that nothing that is there is touched");
        }
    }

    private RestoreTarget restoreTarget(String withToken) {
        RestoreTarget place;
        if (toDatabase != null) {
            place = replace
                    ? RestoreTarget.replacingDatabase(toDatabase, withToken)
                    : RestoreTarget.newDatabase(toDatabase);
        } else {
            Path file = session.path(Objects.requireNonNull(toFile));
            place = replace ? RestoreTarget.replacingFile(file, withToken) : RestoreTarget.file(file);
        }
        return withoutPrivileges ? place.withoutPrivileges() : place;
    }

    private int dryRun(Target target, Backups backups, String which) {
        BackupInfo backup = backups.list().stream()
                .filter(each -> each.id().equals(which))
                .findFirst()
                .orElseThrow(() -> new CliException(
                        Kind.NO_SUCH_FILE,
                        "there is no backup " + which + "; wellhead backup list gives those there are"));
        String obstacle = replace ? refusal(backups, which) : taken(target);
        Screen screen = session.screen();
        screen.line("would restore backup " + backup.id() + " (" + backup.tables() + " tables, " + backup.rows()
                + " rows) to " + restoreTarget(token));
        if (obstacle != null) {
            screen.line(screen.paint(obstacle, Paint.WARN));
        }
        screen.json(
                "command",
                "backup restore",
                "dryRun",
                true,
                "backup",
                json(backup),
                "target",
                restoreTarget(token).toString(),
                "obstacle",
                obstacle);
        return obstacle == null ? ExitCodes.OK : ExitCodes.FOUND;
    }

    /** A token that cannot be right has the library say, before it touches anything, which one is. */
    private @Nullable String refusal(Backups backups, String which) {
        try {
            backups.restore(which, restoreTarget(""));
            throw new AssertionError("an empty token never is the right one");
        } catch (BackupException e) {
            String message = CommandWords.in(String.valueOf(e.getMessage()));
            return !token.isEmpty() && message.contains("'" + token + "'") ? null : message;
        }
    }

    private @Nullable String taken(Target target) {
        if (toFile != null) {
            return Files.exists(session.path(toFile))
                    ? session.path(toFile) + " is there already; --replace would replace it"
                    : null;
        }
        try (Connection connection = target.dataSource().getConnection();
                PreparedStatement query = connection.prepareStatement("select 1 from pg_database where datname = ?")) {
            query.setString(1, toDatabase);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? "database " + toDatabase + " is there already; --replace would replace it" : null;
            }
        } catch (SQLException e) {
            throw Target.unreachable(target.address(), e);
        }
    }

    private void show(RestoreReport report) {
        Screen screen = session.screen();
        screen.line(screen.paint("restored", Paint.GOOD) + " " + report.id() + " to " + report.target() + ": "
                + report.tables() + " tables, " + report.rows() + " rows, equal to the backup, in "
                + Durations.text(report.duration()));
        report.kept().ifPresent(kept -> screen.line("what was there is kept as " + kept));
        screen.json(
                "command",
                "backup restore",
                "dryRun",
                false,
                "id",
                report.id(),
                "target",
                report.target().toString(),
                "tables",
                report.tables(),
                "rows",
                report.rows(),
                "kept",
                report.kept().orElse(null),
                "durationMs",
                report.duration().toMillis());
    }
}

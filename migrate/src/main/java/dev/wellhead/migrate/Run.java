package dev.wellhead.migrate;

import dev.wellhead.core.Redaction;
import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.MigrationReport.Direction;
import dev.wellhead.migrate.MigrationReport.Step;
import dev.wellhead.migrate.internal.Checksum;
import dev.wellhead.migrate.internal.SqlStatement;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Executes scripts one after the other, each in a transaction with its history row. For one run and one thread. */
final class Run {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final MigrationOptions options;
    private final RunObserver observer;
    private final RunSession session;
    private final SchemaHistory history;
    private final List<Step> done = new ArrayList<>();
    // Whether a script has had the session, and may have left something in it.
    private boolean used;

    Run(MigrationOptions options, RunObserver observer, RunSession session, SchemaHistory history) {
        this.options = options;
        this.observer = observer;
        this.session = session;
        this.history = history;
    }

    /** Where an attempt broke off; it is rolled back, unless the commit itself got no answer. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        final transient Place place;
        final SQLException error;

        Broken(Place place, SQLException error) {
            super(error);
            this.place = place;
            this.error = error;
        }
    }

    /** A moment of a transaction: a statement with its number from 1, or what else is going on. */
    private record Place(String name, boolean committing) {
        static Place of(Script script, int number, SqlStatement statement) {
            String name =
                    "statement " + number + " of " + script.statements().size() + " (line " + statement.line() + ")";
            return new Place(name, false);
        }
    }

    /**
     * Runs the scripts in this order.
     *
     * @throws MigrationException at the first that fails; those before it are committed
     */
    MigrationReport execute(List<Script> scripts) {
        for (Script script : scripts) {
            observer.started(script);
            Step step;
            try {
                step = untilItIsThrough(script);
            } catch (MigrationException e) {
                observer.failed(script, e);
                throw e;
            }
            if (step != null) {
                done.add(step);
                observer.completed(script, step);
            }
        }
        return new MigrationReport(done);
    }

    private @Nullable Step untilItIsThrough(Script script) {
        long began = options.ticker().nanos();
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt(script, attempt);
            } catch (Broken e) {
                long left = options.lockRetry().toNanos() - (options.ticker().nanos() - began);
                if (!gaveWay(e.error)) {
                    throw failure(script, e);
                }
                String suspects = session.suspects();
                if (left <= 0 || Thread.currentThread().isInterrupted()) {
                    throw gaveUp(script, e, attempt, suspects);
                }
                observer.retry(script, attempt, e.error, suspects);
                LockSupport.parkNanos(Math.min(left, pauseAfter(attempt)));
            }
        }
    }

    /** Returns whether the database gave up because of others, so that another attempt may succeed. */
    static boolean gaveWay(SQLException error) {
        return SqlErrors.isLockTimeout(error) || SqlErrors.isTransient(error);
    }

    private static long pauseAfter(int attempt) {
        long longest = Math.min(FIRST_PAUSE_NANOS << Math.min(attempt, 10), LONGEST_PAUSE_NANOS);
        return ThreadLocalRandom.current().nextLong(longest / 2, longest + 1);
    }

    private @Nullable Step attempt(Script script, int attempt) throws Broken {
        long began = options.ticker().nanos();
        Place place = new Place("the begin of its transaction", false);
        try {
            if (used) {
                session.reset();
            }
            used = true;
            session.begin();
            if (session.mayHaveCompany() && isDoneAlready(script)) {
                session.rollback();
                return null;
            }
            int number = 0;
            for (SqlStatement statement : script.statements()) {
                place = Place.of(script, ++number, statement);
                script.send(session.connection(), statement);
            }
            place = new Place("the entry in the history", false);
            session.restore();
            record(script, options.ticker().nanos() - began);
            if (!session.isAlone()) {
                throw lockLost(script);
            }
            place = new Place("the commit", true);
            session.commit();
            return new Step(
                    script.migration().version(),
                    script.migration().description(),
                    script.direction(),
                    script.statements().size(),
                    Duration.ofNanos(options.ticker().nanos() - began),
                    attempt);
        } catch (SQLException e) {
            abandon(e);
            throw new Broken(place, e);
        } catch (RuntimeException | Error e) {
            abandon(e);
            throw e;
        }
    }

    private boolean isDoneAlready(Script script) throws SQLException {
        boolean recorded = history.contains(session.connection(), script.recordedVersion());
        return recorded == (script.direction() == Direction.APPLIED);
    }

    private void record(Script script, long nanos) throws SQLException {
        Connection connection = session.connection();
        Migration migration = script.migration();
        if (script.direction() == Direction.ROLLED_BACK) {
            history.remove(connection, script.recordedVersion());
            return;
        }
        history.add(
                connection,
                new HistoryRow(
                        migration.version(),
                        migration.description(),
                        Checksum.ALGORITHM,
                        Checksum.of(migration.up()),
                        migration.down().map(Checksum::of).orElse(null),
                        options.clock().instant(),
                        TimeUnit.NANOSECONDS.toMillis(nanos),
                        history.user(connection)));
    }

    private void abandon(Throwable cause) {
        try {
            session.rollback();
        } catch (SQLException e) {
            // The connection is gone, and the transaction with it.
            cause.addSuppressed(e);
        }
    }

    private MigrationException failure(Script script, Broken broken) {
        String words = MigrationException.words(broken.error);
        if (broken.place.committing() && SqlErrors.isFatal(broken.error)) {
            return new MigrationException(
                    Reason.UNKNOWN_OUTCOME,
                    name(script) + " - no answer to the commit: " + words
                            + " - it is committed whole or not at all, and the history tells which" + before()
                            + " - run it again: it looks there first",
                    broken.error);
        }
        return new MigrationException(
                Reason.FAILED,
                name(script) + " - " + broken.place.name() + " failed: " + words + " - nothing of it is committed"
                        + before()
                        + (SqlErrors.isFatal(broken.error)
                                ? " - the connection broke; find out why, and run it again"
                                : " - correct the file and run it again"),
                broken.error);
    }

    private MigrationException gaveUp(Script script, Broken broken, int attempts, String suspects) {
        return new MigrationException(
                Reason.LOCK_TIMEOUT,
                name(script) + " - " + broken.place.name() + " had to give way to others in each of " + attempts
                        + " attempts within " + options.lockRetry().toMillis() + " ms: "
                        + MigrationException.words(broken.error)
                        + (suspects.isEmpty() ? "" : "; perhaps because " + suspects) + " - nothing of it is committed"
                        + before()
                        + " - run it again when the database is less busy, or raise lockTimeout or lockRetry",
                broken.error);
    }

    private MigrationException lockLost(Script script) {
        return new MigrationException(
                Reason.RUN_LOCK_LOST,
                name(script) + " - the lock of the run was lost before the commit - nothing of it is committed"
                        + before()
                        + " - look whether the script frees advisory locks or a pooler stands between, and run it again");
    }

    private String name(Script script) {
        String what = script.direction() == Direction.APPLIED ? "migration " : "rollback of ";
        return what + Redaction.printable(script.migration().version()) + " (" + script.file() + ")";
    }

    private String before() {
        if (done.isEmpty()) {
            return ", and nothing else was run";
        }
        return done.stream().map(Step::version).collect(Collectors.joining(", ", "; committed before it: ", ""));
    }
}

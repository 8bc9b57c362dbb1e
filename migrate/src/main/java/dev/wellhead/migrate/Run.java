package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.MigrationReport.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs scripts one after the other, and those again that had to give way. For one run and one thread. */
final class Run {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final String READ_ONLY_TRANSACTION = "25006";

    private final MigrationOptions options;
    private final RunObserver observer;
    private final RunSession session;
    private final SchemaHistory history;
    private final List<Step> done = new ArrayList<>();
    private final HistoryWriter writer;
    private final ScriptRun.Doubt doubt;
    private boolean used;

    Run(
            MigrationOptions options,
            RunObserver observer,
            RunSession session,
            SchemaHistory history,
            HistoryWriter writer,
            ScriptRun.Doubt doubt) {
        this.options = options;
        this.observer = observer;
        this.session = session;
        this.history = history;
        this.writer = writer;
        this.doubt = doubt;
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
        ScriptRun run = new ScriptRun(options, observer, session, history, writer, script, doubt, this::before);
        for (int attempt = 1; ; attempt++) {
            long attemptBegan = options.ticker().nanos();
            try {
                // A script has had the session, and may have left something in it.
                boolean resetFirst = used && run.ledger().done() == script.done();
                used = true;
                boolean ran = run.attempt(resetFirst);
                used = !run.script().keepsSession();
                return ran ? step(run, attempt, attemptBegan) : null;
            } catch (ScriptRun.Broken e) {
                long left = options.lockRetry().toNanos() - (options.ticker().nanos() - began);
                if (!gaveWay(e.error) || run.ledger().hasSentDoubtful()) {
                    throw recorded(run, failure(run, e));
                }
                String suspects = script.migration().placeholders().redacted(session.suspects(e.place.sql()));
                if (left <= 0 || Thread.currentThread().isInterrupted()) {
                    throw recorded(run, gaveUp(run, e, attempt, suspects));
                }
                observer.retry(script, attempt, e.error, suspects);
                LockSupport.parkNanos(Math.min(left, pauseAfter(attempt)));
            }
        }
    }

    private Step step(ScriptRun run, int attempt, long began) {
        Script script = run.script();
        return new Step(
                script.migration().version(),
                script.migration().description(),
                script.direction(),
                script.outline().statements(),
                Duration.ofNanos(options.ticker().nanos() - began),
                attempt);
    }

    private static MigrationException recorded(ScriptRun run, MigrationException failure) {
        try {
            run.ledger().recordFailure(String.valueOf(failure.getMessage()));
        } catch (SQLException e) {
            // The history then says that it runs, and the lock that nobody runs it.
            failure.addSuppressed(e);
        }
        return failure;
    }

    /** Returns whether the database gave up because of others, so that another attempt may succeed. */
    static boolean gaveWay(SQLException error) {
        return SqlErrors.isLockTimeout(error) || SqlErrors.isTransient(error);
    }

    /** Returns whether the session is one that only reads. */
    static boolean mayNotWrite(SQLException error) {
        return SqlErrors.state(error).equals(READ_ONLY_TRANSACTION);
    }

    private static long pauseAfter(int attempt) {
        long longest = Math.min(FIRST_PAUSE_NANOS << Math.min(attempt, 10), LONGEST_PAUSE_NANOS);
        return ThreadLocalRandom.current().nextLong(longest / 2, longest + 1);
    }

    private MigrationException failure(ScriptRun run, ScriptRun.Broken broken) {
        Script script = run.script();
        String words = MigrationException.words(broken.error);
        String name = DoubtMessages.name(script);
        if (mayNotWrite(broken.error)) {
            return new MigrationException(
                    Reason.READ_ONLY,
                    name + " - " + broken.place.name() + " failed: " + words + " - "
                            + DoubtMessages.committed(run.ledger().done()) + before()
                            + " - connect to a server, and as a role, that may write",
                    broken.error);
        }
        if (broken.place.committing() && SqlErrors.isFatal(broken.error)) {
            return new MigrationException(
                    Reason.UNKNOWN_OUTCOME,
                    name + " - no answer to the commit: " + words
                            + " - it is committed whole or not at all, and the history tells which" + before()
                            + " - run it again: it looks there first",
                    broken.error);
        }
        return new MigrationException(
                Reason.FAILED,
                name + " - " + broken.place.name() + " failed: " + words + " - "
                        + DoubtMessages.committed(run.ledger().done()) + before() + " - " + cure(run, broken.error),
                broken.error);
    }

    private static String cure(ScriptRun run, SQLException error) {
        if (run.ledger().hasSentDoubtful() && !SqlErrors.isFatal(error)) {
            return "it may have committed part of its work: look what is done; "
                    + DoubtMessages.calls(run.script().recordedVersion());
        }
        if (SqlErrors.isFatal(error)) {
            return "the connection broke; find out why, and run it again";
        }
        return run.ledger().done() == 0
                ? "correct the file and run it again"
                : "correct the file from there on and run it again: it goes on behind what is committed";
    }

    private MigrationException gaveUp(ScriptRun run, ScriptRun.Broken broken, int attempts, String suspects) {
        return new MigrationException(
                Reason.LOCK_TIMEOUT,
                DoubtMessages.name(run.script()) + " - " + broken.place.name()
                        + " had to give way to others in each of "
                        + attempts + " attempts within " + options.lockRetry().toMillis() + " ms: "
                        + MigrationException.words(broken.error)
                        + (suspects.isEmpty() ? "" : "; perhaps because " + suspects) + " - "
                        + DoubtMessages.committed(run.ledger().done()) + before()
                        + " - run it again when the database is less busy, or raise lockTimeout or lockRetry",
                broken.error);
    }

    private String before() {
        if (done.isEmpty()) {
            return ", and nothing else was run";
        }
        return done.stream().map(Step::version).collect(Collectors.joining(", ", "; committed before it: ", ""));
    }
}

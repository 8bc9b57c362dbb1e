package dev.wellhead.migrate;

import dev.wellhead.jdbc.SchemaSource;
import dev.wellhead.jdbc.internal.AdvisoryLock;
import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.MigrationException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Brings source, history and turn together; {@link Choice} says what is to run, and {@link Run} does it. Immutable. */
final class JdbcMigrator implements Migrator {
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final MigrationOptions options;
    private final RunObserver observer;
    private final HistoryOperations operations;

    JdbcMigrator(MigrationOptions options) {
        this.options = options;
        this.observer = new RunObserver(options.metrics(), options.listener());
        this.operations = new HistoryOperations(this, options);
    }

    /** What there is before a run's lock: enough to refuse, or to see that nothing is to be done. */
    private record Glance(Dialect dialect, SchemaHistory history, SchemaState state) {}

    @Override
    public MigrationPlan plan() {
        List<Migration> files = options.source().load();
        Glance glance = glance(files);
        requireNoOtherHistory(files, glance);
        return new MigrationPlan(
                Choice.applying(null, options.outOfOrder()).scripts(glance.state, glance.dialect).stream()
                        .map(PlanSteps::of)
                        .toList());
    }

    @Override
    public MigrationReport migrate() {
        return run(Choice.applying(null, options.outOfOrder()));
    }

    @Override
    public MigrationReport migrate(String targetVersion) {
        return run(Choice.applying(Choice.target(targetVersion), options.outOfOrder()));
    }

    @Override
    public MigrationReport rollback(int steps) {
        return run(Choice.back(steps));
    }

    @Override
    public MigrationReport rollbackTo(String version) {
        return run(Choice.backTo(version));
    }

    @Override
    public MigrationReport redo() {
        return run(Choice.redo());
    }

    @Override
    public MigrationHistory history() {
        return operations;
    }

    @Override
    public List<MigrationStatus> status() {
        Glance glance = glance(options.source().load());
        if (glance.state.midway().isEmpty()) {
            return glance.state.statuses(Map.of());
        }
        try (Connection connection = options.dataSource().getConnection()) {
            connection.setAutoCommit(true);
            return glance.state.statuses(MidwayReports.of(glance.state, connection, glance.dialect));
        } catch (SQLException e) {
            throw database("cannot be read", e);
        }
    }

    SchemaState state() {
        return glance(options.source().load()).state;
    }

    @Override
    public ValidationReport validate() {
        return glance(options.source().load()).state.validation(options.outOfOrder());
    }

    @Override
    public SchemaSnapshot snapshot() {
        Inspection inspection = inspection(glance(List.of()));
        return reading(inspection::snapshot);
    }

    @Override
    public DriftReport drift() {
        Inspection inspection = inspection(glance(List.of()));
        return reading(inspection::drift);
    }

    @Override
    public SchemaSnapshot storeSnapshot() {
        Glance glance = glance(List.of());
        return reading(() -> {
            try (RunSession session = session(glance)) {
                return inspection(glance).store().store(session.connection());
            }
        });
    }

    @Override
    public RollbackReport verifyRollbacks() {
        List<Migration> files = inOrder(options.source().load());
        return inspection(glance(List.of())).verifyRollbacks(files);
    }

    @Override
    public LintReport lint() {
        List<Migration> files = options.source().load();
        Glance glance = glance(files);
        Set<Migration> pending =
                glance.state.pending(null).stream().map(SchemaState.Entry::file).collect(Collectors.toSet());
        return new LintRun(glance.dialect, options).pending(inOrder(files), pending::contains);
    }

    @Override
    public LintReport lintAll() {
        List<Migration> files = inOrder(options.source().load());
        return new LintRun(glance(List.of()).dialect, options).each(files);
    }

    @Override
    public SchemaSource replay() {
        return new MigrationReplay(options);
    }

    private Inspection inspection(Glance glance) {
        return new Inspection(options, glance.dialect, glance.history.table());
    }

    static List<Migration> inOrder(List<Migration> files) {
        // Refuses two files of one version.
        SchemaState.of(files, List.of());
        return files.stream().sorted(Comparator.comparing(Migration::number)).toList();
    }

    private <T> T reading(Access<T> access) {
        try {
            return access.run();
        } catch (SQLException e) {
            throw database("the schema cannot be read or stored", e);
        }
    }

    private Glance glance(List<Migration> files) {
        return glance(files, SchemaHistory::read);
    }

    /** How much is read of the history. */
    @FunctionalInterface
    private interface Reading {
        List<HistoryRow> rows(SchemaHistory history, Connection connection) throws SQLException;
    }

    private Glance glance(List<Migration> files, Reading reading) {
        try {
            return patiently(() -> {
                try (Connection connection = options.dataSource().getConnection()) {
                    connection.setAutoCommit(true);
                    SchemaHistory history = SchemaHistory.of(connection, options.schema(), options.historyTable());
                    SchemaState state = SchemaState.of(files, reading.rows(history, connection));
                    return new Glance(Dialect.of(connection), history, state);
                }
            });
        } catch (SQLException e) {
            throw database("cannot be read", e);
        }
    }

    private MigrationReport run(Choice choice) {
        List<Migration> files = options.source().load();
        Glance glance = glance(files, SchemaHistory::readBriefly);
        requireNoOtherHistory(files, glance);
        if (choice.isNothing(glance.state, glance.dialect)) {
            return new MigrationReport(List.of());
        }
        AdvisoryLock.Look look = session -> isNothingLeft(choice, files, glance, session);
        try (RunSession session = session(options, glance.dialect, glance.history, look)) {
            if (session == null) {
                return new MigrationReport(List.of());
            }
            // To refuse what cannot be run before anything is changed.
            choice.scripts(glance.state, glance.dialect);
            return underLock(files, glance, session, locked -> {
                List<Script> scripts = choice.scripts(locked.state, locked.dialect);
                return locked.execute(ScriptRun.Doubt.PROBE, scripts);
            });
        } catch (SQLException e) {
            throw database("cannot be read, created or written", e);
        }
    }

    // Of those who wait for their turn, most find the work done by who was first, and need none.
    private static boolean isNothingLeft(Choice choice, List<Migration> files, Glance glance, Connection session)
            throws SQLException {
        try {
            if (!glance.history.hasRows(session, choice.leastRows(files))) {
                return false;
            }
            SchemaState state = SchemaState.of(files, glance.history.readBriefly(session));
            return choice.isNothing(state, glance.dialect);
        } catch (SQLException e) {
            if (!Run.gaveWay(e)) {
                throw e;
            }
            return false;
        } catch (MigrationException e) {
            // In the middle of another run this says nothing yet; under the lock it is seen again.
            return false;
        }
    }

    // Whoever changes tools and forgets to say so would have everything run again.
    private void requireNoOtherHistory(List<Migration> files, Glance glance) {
        if (options.besideOtherHistories()
                || files.isEmpty()
                || !glance.state.applied().isEmpty()) {
            return;
        }
        ForeignHistory tool;
        try (Connection connection = options.dataSource().getConnection()) {
            connection.setAutoCommit(true);
            tool = HistoryImport.waiting(connection, glance.dialect, glance.history);
        } catch (SQLException e) {
            throw database("cannot be read", e);
        }
        if (tool != null) {
            throw new MigrationException(
                    Reason.NOT_IMPORTED,
                    "migrations: the history is empty, and " + tool.title + " has one here (" + tool.table
                            + "); nothing was run, as what it applied would run again; take it over with "
                            + tool.call()
                            + ", or say that it is of something else with besideOtherHistories()");
        }
    }

    /** What there is under a run's lock. */
    record Locked(
            MigrationOptions options,
            RunObserver observer,
            Dialect dialect,
            RunSession session,
            SchemaHistory history,
            HistoryWriter writer,
            SchemaState state) {
        MigrationReport execute(ScriptRun.Doubt doubt, List<Script> scripts) {
            if (scripts.isEmpty()) {
                // Another run was faster, and has stored the schema.
                return new MigrationReport(List.of());
            }
            observer.runStarted(scripts);
            MigrationReport report;
            try {
                try {
                    report = new Run(options, observer, session, history, writer, doubt).execute(scripts);
                } finally {
                    new Inspection(options, dialect, history.table()).store().afterRun(session.connection());
                }
            } catch (RuntimeException | Error e) {
                observer.runFailed(e);
                throw e;
            }
            observer.runCompleted(report);
            return report;
        }
    }

    /** What is done under a run's lock. */
    @FunctionalInterface
    interface LockedWork<T> {
        T run(Locked locked) throws SQLException;
    }

    <T> T underLock(LockedWork<T> work) {
        List<Migration> files = options.source().load();
        return underLock(files, glance(files), work);
    }

    private <T> T underLock(List<Migration> files, Glance glance, LockedWork<T> work) {
        try (RunSession session = session(glance)) {
            return underLock(files, glance, session, work);
        } catch (SQLException e) {
            throw database("cannot be read, created or written", e);
        }
    }

    private <T> T underLock(List<Migration> files, Glance glance, RunSession session, LockedWork<T> work)
            throws SQLException {
        SchemaHistory history = glance.history;
        List<HistoryRow> rows = patiently(() -> rowsOf(history, session));
        HistoryWriter writer = new HistoryWriter(glance.dialect, history.table(), session);
        SchemaState state = SchemaState.of(files, rows);
        return work.run(new Locked(options, observer, glance.dialect, session, history, writer, state));
    }

    private static List<HistoryRow> rowsOf(SchemaHistory history, RunSession session) throws SQLException {
        if (!history.exists(session.connection())) {
            try {
                session.begin();
                history.create(session.connection());
                session.commit();
            } finally {
                session.rollback();
            }
        }
        return history.read(session.connection());
    }

    /** Something that others may keep from the database for a while. */
    @FunctionalInterface
    private interface Access<T> {
        T run() throws SQLException;
    }

    private <T> T patiently(Access<T> access) throws SQLException {
        long began = options.ticker().nanos();
        while (true) {
            try {
                return access.run();
            } catch (SQLException e) {
                boolean late =
                        options.ticker().nanos() - began >= options.lockRetry().toNanos();
                if (!Run.gaveWay(e) || late || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(
                        ThreadLocalRandom.current().nextLong(LONGEST_PAUSE_NANOS / 2, LONGEST_PAUSE_NANOS));
            }
        }
    }

    private RunSession session(Glance glance) throws SQLException {
        return session(options, glance.dialect, glance.history);
    }

    /** Waits for the turn of a run. */
    static RunSession session(MigrationOptions options, Dialect dialect, SchemaHistory history) throws SQLException {
        return Objects.requireNonNull(session(options, dialect, history, connection -> false));
    }

    private static @Nullable RunSession session(
            MigrationOptions options, Dialect dialect, SchemaHistory history, AdvisoryLock.Look look)
            throws SQLException {
        return switch (dialect) {
            case POSTGRESQL -> PostgresSession.acquire(options, history.table(), look);
            case SQLITE -> SqliteSession.acquire(options, look);
        };
    }

    MigrationException database(String what, SQLException cause) {
        String message = "history " + options.historyTable() + ": " + what + ": " + MigrationException.words(cause)
                + "; nothing was run; ";
        if (Run.gaveWay(cause)) {
            return new MigrationException(
                    Reason.LOCK_TIMEOUT,
                    message + "run it again when the database is less busy, or raise lockRetry",
                    cause);
        }
        if (Run.mayNotWrite(cause)) {
            return new MigrationException(
                    Reason.READ_ONLY, message + "connect to a server, and as a role, that may write", cause);
        }
        return new MigrationException(
                Reason.DATABASE, message + "check that the database can be reached and the schema written to", cause);
    }
}

package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.internal.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Decides what is to run, and refuses; {@link Run} does it. Immutable. */
final class JdbcMigrator implements Migrator {
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final MigrationOptions options;
    private final RunObserver observer;

    JdbcMigrator(MigrationOptions options) {
        this.options = options;
        this.observer = new RunObserver(options.metrics(), options.listener());
    }

    /** What there is before a run's lock: enough to refuse, or to see that nothing is to be done. */
    private record Glance(Dialect dialect, SchemaHistory history, SchemaState state) {}

    /** Chooses what a run does; asked before the lock, to refuse early, and again under it. */
    @FunctionalInterface
    private interface Choice {
        List<Script> scripts(SchemaState state, Dialect dialect);
    }

    @Override
    public MigrationPlan plan() {
        Glance glance = glance(options.source().load());
        List<MigrationPlan.Step> steps = new ArrayList<>();
        for (Script script : applying(null).scripts(glance.state, glance.dialect)) {
            Migration migration = script.migration();
            steps.add(new MigrationPlan.Step(
                    migration.version(),
                    migration.description(),
                    script.file(),
                    script.statements().stream()
                            .map(statement -> new MigrationPlan.Statement(statement.line(), statement.text()))
                            .toList()));
        }
        return new MigrationPlan(steps);
    }

    @Override
    public MigrationReport migrate() {
        return run(applying(null));
    }

    @Override
    public MigrationReport migrate(String targetVersion) {
        return run(applying(known(targetVersion)));
    }

    @Override
    public MigrationReport rollback(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("steps must be >= 1, was " + steps);
        }
        return run((state, dialect) -> {
            List<SchemaState.Entry> applied = state.applied();
            if (applied.size() < steps) {
                throw new MigrationException(
                        Reason.NO_ROLLBACK,
                        "rollback: " + steps + " steps, but only " + applied.size()
                                + " migrations are applied; nothing was run; name fewer steps");
            }
            return backwards(applied.subList(0, steps), dialect);
        });
    }

    @Override
    public MigrationReport rollbackTo(String version) {
        Version target = known(version);
        return run((state, dialect) -> {
            boolean toTheStart = target.isZero() && !state.knows(target);
            if (!toTheStart && !state.isApplied(target)) {
                throw new MigrationException(
                        Reason.UNKNOWN_VERSION,
                        "rollback: version " + version + " is not applied; nothing was run; status() lists what is");
            }
            return backwards(toTheStart ? state.applied() : state.appliedAbove(target), dialect);
        });
    }

    @Override
    public List<MigrationStatus> status() {
        return glance(options.source().load()).state.statuses();
    }

    @Override
    public ValidationReport validate() {
        return glance(options.source().load()).state.validation();
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
        return new LintRun(glance.dialect, options)
                .pending(inOrder(files), migration -> !glance.state.isApplied(migration.number()));
    }

    @Override
    public LintReport lintAll() {
        List<Migration> files = inOrder(options.source().load());
        return new LintRun(glance(List.of()).dialect, options).each(files);
    }

    private Inspection inspection(Glance glance) {
        return new Inspection(options, glance.dialect, glance.history.table());
    }

    private static List<Migration> inOrder(List<Migration> files) {
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

    private static Version known(String version) {
        try {
            return Version.parse(version);
        } catch (IllegalArgumentException e) {
            throw new MigrationException(Reason.UNKNOWN_VERSION, e.getMessage() + "; nothing was run", e);
        }
    }

    private static Choice applying(@Nullable Version target) {
        // Large scripts need not be split twice.
        Map<Migration, Script> split = new HashMap<>();
        return (state, dialect) -> {
            if (target != null && !state.knows(target)) {
                throw new MigrationException(
                        Reason.UNKNOWN_VERSION,
                        "migrate: there is no version " + target + "; nothing was run; status() lists those there are");
            }
            state.requireValid();
            return state.pending(target).stream()
                    .map(migration -> split.computeIfAbsent(migration, pending -> Script.up(pending, dialect)))
                    .toList();
        };
    }

    // All that could be missing is looked for before the first one runs.
    private static List<Script> backwards(List<SchemaState.Entry> entries, Dialect dialect) {
        List<Script> scripts = new ArrayList<>();
        for (SchemaState.Entry entry : entries) {
            Migration file = entry.file();
            if (file == null || file.down().isEmpty()) {
                throw new MigrationException(
                        Reason.NO_ROLLBACK,
                        "rollback: " + entry.origin() + (file == null ? " is not in the source" : " has no down file")
                                + "; nothing was run; add one, or roll back to a later version");
            }
            scripts.add(Script.down(file, Objects.requireNonNull(entry.row()), dialect));
        }
        return scripts;
    }

    private Glance glance(List<Migration> files) {
        try {
            return patiently(() -> {
                try (Connection connection = options.dataSource().getConnection()) {
                    connection.setAutoCommit(true);
                    SchemaHistory history = SchemaHistory.of(connection, options.schema(), options.historyTable());
                    SchemaState state = SchemaState.of(files, history.read(connection));
                    return new Glance(Dialect.of(connection), history, state);
                }
            });
        } catch (SQLException e) {
            throw database("cannot be read", e);
        }
    }

    private MigrationReport run(Choice choice) {
        List<Migration> files = options.source().load();
        Glance glance = glance(files);
        if (choice.scripts(glance.state, glance.dialect).isEmpty()) {
            return new MigrationReport(List.of());
        }
        SchemaHistory history = glance.history;
        try (RunSession session = session(glance)) {
            List<HistoryRow> rows = patiently(() -> rowsOf(history, session));
            List<Script> scripts = choice.scripts(SchemaState.of(files, rows), glance.dialect);
            try {
                return new Run(options, observer, session, history).execute(scripts);
            } finally {
                inspection(glance).store().afterRun(session.connection());
            }
        } catch (SQLException e) {
            throw database("cannot be read or created", e);
        }
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
        return switch (glance.dialect) {
            case POSTGRESQL -> PostgresSession.acquire(options, glance.history.table());
            case SQLITE -> SqliteSession.acquire(options);
        };
    }

    private MigrationException database(String what, SQLException cause) {
        boolean gaveWay = Run.gaveWay(cause);
        return new MigrationException(
                gaveWay ? Reason.LOCK_TIMEOUT : Reason.DATABASE,
                "history " + options.historyTable() + ": " + what + ": " + MigrationException.words(cause)
                        + "; nothing was run; "
                        + (gaveWay
                                ? "run it again when the database is less busy, or raise lockRetry"
                                : "check that the database can be reached and the schema written to"),
                cause);
    }
}

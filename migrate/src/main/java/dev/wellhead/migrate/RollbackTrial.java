package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.TableFingerprint;
import dev.wellhead.jdbc.internal.TableName;
import dev.wellhead.migrate.RollbackReport.Failure;
import dev.wellhead.migrate.RollbackReport.Step;
import dev.wellhead.migrate.RollbackReport.Verdict;
import dev.wellhead.migrate.SchemaSnapshot.Change;
import dev.wellhead.migrate.SchemaSnapshot.Difference;
import dev.wellhead.migrate.ScratchScript.Stopped;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Applies migrations one after the other to a scratch database, and tries after each whether it can be taken back, or
 * repeated. For one thread.
 *
 * <p>Down and the second up run in a transaction that is rolled back: whatever they do wrong, the next migration finds
 * what the first up left. Where they do not fit into one transaction, or a verdict hangs on a failure there, they run on a
 * copy of the database, each committed, and what is seen there counts.
 */
final class RollbackTrial {
    private final Scratch scratch;
    private final Dialect dialect;
    private final SnapshotStore snapshots;
    private final String schema;
    private final @Nullable String searchPath;
    // What the newest migration left.
    private @Nullable State latest;
    private @Nullable Connection session;

    /**
     * Prepares a trial.
     *
     * @param schema the schema that is there before the first migration
     * @param searchPath that of the real database's sessions; null on SQLite
     */
    RollbackTrial(
            Scratch scratch, Dialect dialect, SnapshotStore snapshots, String schema, @Nullable String searchPath) {
        this.scratch = scratch;
        this.dialect = dialect;
        this.snapshots = snapshots;
        this.schema = schema;
        this.searchPath = searchPath;
    }

    /** What is there at a moment; rows only where they matter. */
    private record State(SchemaSnapshot schema, SortedMap<TableName, TableFingerprint> rows) {}

    /** What a migration's down and second up did. */
    private record Outcome(
            Verdict verdict,
            List<Difference> differences,
            @Nullable Failure failure) {
        static Outcome of(Verdict verdict) {
            return new Outcome(verdict, List.of(), null);
        }
    }

    RollbackReport run(List<Migration> migrations) throws SQLException {
        try {
            if (dialect == Dialect.POSTGRESQL) {
                execute(session(), "create schema if not exists " + Identifiers.quote(schema));
            }
            List<Step> steps = new ArrayList<>();
            boolean reached = true;
            for (Migration migration : migrations) {
                Outcome outcome = reached ? one(migration) : Outcome.of(Verdict.NOT_REACHED);
                reached &= outcome.verdict != Verdict.UP_FAILED;
                steps.add(new Step(
                        migration.version(),
                        migration.description(),
                        migration.downText() != null ? migration.downOrigin() : migration.origin(),
                        outcome.verdict,
                        outcome.differences,
                        outcome.failure));
            }
            return new RollbackReport(steps);
        } finally {
            endSession();
        }
    }

    private Outcome one(Migration migration) throws SQLException {
        ScratchScript down = null;
        Outcome unreadable = null;
        try {
            SqlText text = migration.downText();
            down = text == null
                    ? null
                    : ScratchScript.of(migration.downOrigin(), text, dialect, migration.placeholders());
        } catch (Stopped e) {
            unreadable = new Outcome(Verdict.DOWN_FAILED, List.of(), e.failure());
        }
        ScratchScript up;
        State before;
        try {
            up = ScratchScript.of(migration.origin(), migration.upText(), dialect, migration.placeholders());
            boolean rows = up.changesRows() || (down != null && down.changesRows());
            before = rows || latest == null ? state(session(), rows) : latest;
            apply(session(), up);
            if (!up.fitsTransaction()) {
                // It may have left a transaction of its own open.
                endSession();
            }
            latest = state(session(), false);
        } catch (Stopped e) {
            return new Outcome(Verdict.UP_FAILED, List.of(), e.failure());
        }
        if (unreadable != null) {
            return unreadable;
        }
        if (migration.isRepeatable()) {
            return repeated(up, latest);
        }
        return down == null || down.isEmpty() ? Outcome.of(Verdict.IRREVERSIBLE) : tried(up, down, before, latest);
    }

    // For good: what comes behind has to live with what a repetition leaves.
    private Outcome repeated(ScratchScript up, State once) throws SQLException {
        Failure out = up.reachingOut();
        if (out != null) {
            return new Outcome(Verdict.NOT_TRIED, List.of(), out);
        }
        try {
            apply(session(), up);
        } catch (Stopped e) {
            return new Outcome(Verdict.UP_AGAIN_FAILED, List.of(), e.failure());
        } finally {
            endSession();
        }
        State twice = state(session(), false);
        latest = twice;
        List<Difference> differences = once.schema.differencesTo(twice.schema);
        return differences.isEmpty()
                ? Outcome.of(Verdict.REPEATABLE)
                : new Outcome(Verdict.UP_AGAIN_DIFFERENT, differences, null);
    }

    private Outcome tried(ScratchScript up, ScratchScript down, State before, State after) throws SQLException {
        Failure out = up.reachingOut() != null ? up.reachingOut() : down.reachingOut();
        if (out != null) {
            return new Outcome(Verdict.NOT_TRIED, List.of(), out);
        }
        if (up.fitsTransaction() && down.fitsTransaction()) {
            Outcome outcome = inTransaction(up, down, before, after);
            boolean certain = outcome.verdict != Verdict.DOWN_FAILED && outcome.verdict != Verdict.UP_AGAIN_FAILED;
            if (certain) {
                return outcome;
            }
        }
        return onCopy(up, down, before, after);
    }

    private State state(Connection connection, boolean withRows) throws SQLException {
        SchemaSnapshot found = snapshots.read(connection);
        SortedMap<TableName, TableFingerprint> rows = new TreeMap<>();
        if (withRows) {
            for (TableName table : Catalog.of(connection).tables()) {
                rows.put(table, TableFingerprint.of(connection, table));
            }
        }
        return new State(found, rows);
    }

    private void apply(Connection connection, ScratchScript script) throws SQLException, Stopped {
        if (!script.fitsTransaction()) {
            script.run(connection);
            return;
        }
        begin(connection);
        script.run(connection);
        try {
            execute(connection, "commit");
        } catch (SQLException e) {
            throw script.stopped("commit", e);
        }
    }

    private Outcome inTransaction(ScratchScript up, ScratchScript down, State before, State after) throws SQLException {
        Connection connection = session();
        begin(connection);
        try {
            return downAndUp(
                    before,
                    after,
                    (script, withRows) -> {
                        prepare(connection);
                        script.run(connection);
                        settle(connection, script);
                        return state(connection, withRows);
                    },
                    up,
                    down);
        } finally {
            execute(connection, "rollback");
        }
    }

    private Outcome onCopy(ScratchScript up, ScratchScript down, State before, State after) throws SQLException {
        endSession();
        try (Scratch copy = scratch.copy()) {
            return downAndUp(
                    before,
                    after,
                    (script, withRows) -> {
                        try (Connection connection = open(copy)) {
                            apply(connection, script);
                        }
                        try (Connection connection = open(copy)) {
                            return state(connection, withRows);
                        }
                    },
                    up,
                    down);
        }
    }

    /** How down and the second up are run, and what is there after. */
    @FunctionalInterface
    private interface Runner {
        State run(ScratchScript script, boolean withRows) throws SQLException, Stopped;
    }

    private static Outcome downAndUp(State before, State after, Runner runner, ScratchScript up, ScratchScript down)
            throws SQLException {
        State taken;
        try {
            taken = runner.run(down, !before.rows.isEmpty());
        } catch (Stopped e) {
            return new Outcome(Verdict.DOWN_FAILED, List.of(), e.failure());
        }
        List<Difference> differences = before.schema.differencesTo(taken.schema);
        boolean wrong = differences.stream().anyMatch(difference -> difference.change() != Change.REORDERED);
        List<Difference> again;
        try {
            again = after.schema.differencesTo(runner.run(up, false).schema);
        } catch (Stopped e) {
            // What is wrong after down is the cause; that it cannot go up again is what comes of it.
            return new Outcome(wrong ? Verdict.DIFFERENT : Verdict.UP_AGAIN_FAILED, differences, e.failure());
        }
        if (wrong) {
            return new Outcome(Verdict.DIFFERENT, differences, null);
        }
        if (again.stream().anyMatch(difference -> difference.change() != Change.REORDERED)) {
            return new Outcome(Verdict.UP_AGAIN_DIFFERENT, again, null);
        }
        if (!differences.isEmpty() || !again.isEmpty()) {
            return new Outcome(Verdict.COLUMN_ORDER, differences.isEmpty() ? again : differences, null);
        }
        return rows(before, taken);
    }

    private static Outcome rows(State before, State taken) {
        List<Difference> differences = new ArrayList<>();
        before.rows.forEach((table, content) -> {
            TableFingerprint found = taken.rows.get(table);
            if (found != null && !found.equals(content)) {
                differences.add(new Difference(Change.CHANGED, "rows", table.toString(), words(content), words(found)));
            }
        });
        return differences.isEmpty()
                ? Outcome.of(Verdict.REVERSIBLE)
                : new Outcome(Verdict.ROWS_DIFFER, differences, null);
    }

    private static String words(TableFingerprint content) {
        return content.rows() + " rows, " + content.hash().substring(0, 8);
    }

    private Connection open(Scratch scratch) throws SQLException {
        Connection connection = scratch.dataSource().getConnection();
        try {
            connection.setAutoCommit(true);
            prepare(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Returns the session that works, as if it were new: a new one takes long to get to know the catalogue. */
    private Connection session() throws SQLException {
        Connection open = session;
        if (open != null && dialect == Dialect.POSTGRESQL) {
            execute(open, "close all; deallocate all; unlisten *; discard sequences; select pg_advisory_unlock_all()");
            prepare(open);
            return open;
        }
        endSession();
        Connection fresh = open(scratch);
        session = fresh;
        return fresh;
    }

    private void endSession() throws SQLException {
        Connection open = session;
        session = null;
        if (open != null) {
            open.close();
        }
    }

    // As a new session of the real database would be: nothing of another script is left in it.
    private void prepare(Connection connection) throws SQLException {
        if (dialect == Dialect.POSTGRESQL) {
            execute(
                    connection,
                    "reset session authorization; reset role; reset all; discard temp;"
                            + " set statement_timeout = 0; select set_config('search_path', "
                            + Identifiers.literal(String.valueOf(searchPath)) + ", false)");
        }
    }

    // Constraints that are checked at the commit: there will be none.
    private void settle(Connection connection, ScratchScript script) throws Stopped {
        if (dialect == Dialect.POSTGRESQL) {
            try {
                execute(connection, "set constraints all immediate");
            } catch (SQLException e) {
                throw script.stopped("commit", e);
            }
        }
    }

    private void begin(Connection connection) throws SQLException {
        execute(connection, dialect == Dialect.POSTGRESQL ? "begin" : "begin immediate");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }
}

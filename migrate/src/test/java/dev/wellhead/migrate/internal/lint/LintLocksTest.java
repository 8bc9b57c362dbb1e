package dev.wellhead.migrate.internal.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.internal.lint.LintExamples.Example;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What lint says about locks, against pg_locks. */
class LintLocksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Set<String> TABLES = Set.of("p", "t", "u", "w", "m", "m1", "m2", "mv");

    @Test
    void locksAreThoseThatTheServerShows() throws SQLException {
        List<String> wrong = new ArrayList<>();
        int run = 0;
        try (TestDatabase database = TestDatabase.postgres();
                Connection working = database.dataSource().getConnection();
                Connection watching = database.dataSource().getConnection()) {
            database.execute(LintExamples.MADE);
            int pid = pid(working);
            int release = working.getMetaData().getDatabaseMajorVersion();
            working.setAutoCommit(false);
            for (Example example : LintExamples.TRANSACTIONAL) {
                if (release < example.since()) {
                    continue;
                }
                try (Statement statement = working.createStatement()) {
                    statement.execute(example.statement());
                    run++;
                    Map<String, LockMode> seen = locks(watching, pid, true);
                    Map<String, LockMode> said = said(example);
                    if (!seen.equals(said)) {
                        wrong.add(example + ": the server has " + seen + ", lint says " + said);
                    }
                } finally {
                    working.rollback();
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(run).isGreaterThanOrEqualTo(LintExamples.TRANSACTIONAL.size() - 2);
    }

    // Held up by a lock of another, they show which one they ask for.
    @Test
    void statementsThatRunAloneAskForTheLocksThatAreSaid() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (TestDatabase database = TestDatabase.postgres();
                Connection working = database.dataSource().getConnection();
                Connection watching = database.dataSource().getConnection();
                Connection holding = database.dataSource().getConnection();
                Statement hold = holding.createStatement()) {
            database.execute(LintExamples.MADE);
            int pid = pid(working);
            for (Example example : LintExamples.ALONE) {
                holding.setAutoCommit(false);
                hold.execute("lock table t in share update exclusive mode");
                try (Statement statement = working.createStatement()) {
                    Future<?> blocked = other.submit(() -> statement.execute(example.statement()));
                    Map<String, LockMode> asked = asked(watching, pid);
                    statement.cancel();
                    assertThat(said(example)).as(example.statement()).isEqualTo(asked);
                    assertThat(blocked)
                            .failsWithin(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .withThrowableThat()
                            .withMessageContaining("canceling statement");
                } finally {
                    holding.rollback();
                }
            }
        } finally {
            other.shutdownNow();
        }
    }

    private static Map<String, LockMode> asked(Connection watching, int pid) throws SQLException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            Map<String, LockMode> waiting = locks(watching, pid, false);
            if (!waiting.isEmpty()) {
                return waiting;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        throw new AssertionError("no lock was asked for within " + PATIENCE);
    }

    private static Map<String, LockMode> said(Example example) {
        Known known = new Known();
        for (String made : LintExamples.MADE.split(";\\n")) {
            known.learn(Sql.of(made, 1, Dialect.POSTGRESQL));
        }
        known.startRun();
        Map<String, LockMode> said = new TreeMap<>();
        for (TableLock lock : StatementLocks.of(Sql.of(example.statement(), 1, Dialect.POSTGRESQL), known)) {
            said.put(lock.table(), lock.mode());
        }
        return said;
    }

    private static int pid(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    // Weaker ones are what any query takes.
    private static Map<String, LockMode> locks(Connection connection, int pid, boolean granted) throws SQLException {
        Map<String, LockMode> locks = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select c.relname, l.mode from pg_locks l join pg_class c"
                        + " on c.oid = l.relation where l.locktype = 'relation' and l.pid = " + pid
                        + " and l.granted = " + granted)) {
            while (rows.next()) {
                LockMode mode = LockMode.valueOf(rows.getString(2)
                        .replaceAll("Lock$", "")
                        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                        .toUpperCase(Locale.ROOT));
                if (TABLES.contains(rows.getString(1)) && mode.compareTo(LockMode.ROW_EXCLUSIVE) >= 0) {
                    locks.merge(rows.getString(1), mode, (a, b) -> a.compareTo(b) >= 0 ? a : b);
                }
            }
        }
        return locks;
    }
}

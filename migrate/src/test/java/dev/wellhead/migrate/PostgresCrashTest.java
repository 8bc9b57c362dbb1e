package dev.wellhead.migrate;

import static dev.wellhead.migrate.MigratorFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.migrate.MigrationStatus.Midway;
import dev.wellhead.migrate.MigrationStatus.State;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresCrashTest extends PostgresCrashContract {
    private static final String PROCEDURE = "create table marks (n int);\n"
            + "create procedure p() language plpgsql as $$ begin insert into marks values (1); commit;"
            + " perform pg_sleep(case when (select count(*) from marks) > 1 then 0 else 600 end);"
            + " insert into marks values (2); end $$;\n"
            + "call p();\ninsert into marks values (3);";

    @Override
    List<Migration> migrations() {
        return List.of(
                Migration.of("1", "plain", "create table marks (n int);"),
                Migration.of(
                        "2",
                        "mixed",
                        "create schema s; set search_path = s, public; create table t (a int, b text);\n"
                                + "create index concurrently i on t (a) where b is not null;\n"
                                + "insert into marks values (2);\nreindex table concurrently t;\n"
                                + "insert into marks values (3);"));
    }

    @Override
    int callsAtLeast() {
        return 40;
    }

    private static Migrator of(TestDatabase database, String sql) {
        return Migrator.builder(database.dataSource())
                .source(MigrationSource.of(Migration.of("1", "one", sql)))
                .build();
    }

    @Test
    void backendTerminatedAtAnyStatementLeavesWhatTheNextRunCompletes() {
        List<String> expected;
        try (TestDatabase database = create()) {
            migrator(database).migrate();
            expected = state(database);
        }
        int statements = statements();
        for (int point = 1; point <= 2 * statements; point++) {
            try (TestDatabase database = create()) {
                Terminator terminator = new Terminator(database, point);

                MigrationException failure = failureOf(
                        terminator,
                        () -> migrator(database.dataSource(), terminator).migrate());

                assertThat(failure.code()).as(failure.getMessage()).isIn("WH-MIG-007", "WH-MIG-013");
                migrator(database).migrate();
                assertThat(state(database)).as("terminated at point %d", point).isEqualTo(expected);
            }
        }
    }

    private static MigrationException failureOf(Terminator terminator, Runnable run) {
        try {
            run.run();
        } catch (MigrationException e) {
            return e;
        }
        throw new AssertionError("the run ended well, though its backend was ended: " + terminator.points);
    }

    /** Ends the server process of a run at its n-th point. */
    private static final class Terminator implements MigrationListener {
        private final TestDatabase database;
        private final int at;
        private int points;

        Terminator(TestDatabase database, int at) {
            this.database = database;
            this.at = at;
        }

        @Override
        public void onStatementStarted(StatementEvent statement) {
            point();
        }

        @Override
        public void onStatementCompleted(StatementEvent statement) {
            point();
        }

        private void point() {
            if (++points == at) {
                database.queryOne("select pg_terminate_backend(pid, 10000) from pg_locks where locktype = 'advisory'"
                        + " and database = (select oid from pg_database where datname = current_database())");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void statementThatTheCatalogueCannotTellOfIsNamedWithTheTwoCallsThatSettleIt(boolean isDone) throws Exception {
        try (TestDatabase database = create()) {
            breakOffIn(database);

            MigrationException failure =
                    refusal("WH-MIG-014", () -> of(database, PROCEDURE).migrate());

            assertThat(failure)
                    .hasMessageContainingAll(
                            "migration 1",
                            "statement 3 of 4 (line 3) may be done or not",
                            "call p()",
                            "its statements 1 to 2 are committed",
                            "history().resumeAfter(\"1\")",
                            "history().resume(\"1\")");
            MigrationStatus status = of(database, PROCEDURE).status().get(0);
            assertThat(status.state()).isEqualTo(State.RUNNING);
            Midway midway = status.midway();
            assertThat(midway.happened()).contains("broke off in statement 3 of 4 (line 3): call p()");
            assertThat(midway.database()).contains("statements 1 to 2 are committed", "may be done or not");
            assertThat(midway.cure()).contains("history().resumeAfter(\"1\")", "history().resume(\"1\")");

            if (isDone) {
                database.execute("insert into marks values (2)");
                of(database, PROCEDURE).history().resumeAfter("1");
            } else {
                of(database, PROCEDURE).history().resume("1");
            }

            assertThat(database.queryOne("select string_agg(n::text, ',' order by n) from marks"))
                    .isEqualTo(isDone ? "1,2,3" : "1,1,2,3");
            assertThat(database.queryOne("select state from schema_migrations")).isEqualTo("applied");
            assertThat(database.queryOne("select action || ' ' || version || ' ' || detail from schema_migrations_log"))
                    .isEqualTo((isDone ? "resumeAfter" : "resume") + " 1 statement 3 of 4");
        }
    }

    // Ends the server process while the procedure sleeps behind its first commit.
    private static void breakOffIn(TestDatabase database) throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            Future<MigrationException> run = other.submit(
                    () -> refusal("WH-MIG-007", () -> of(database, PROCEDURE).migrate()));
            until(
                    statement,
                    "select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'");
            statement.execute("select pg_terminate_backend(pid, 10000) from pg_stat_activity"
                    + " where datname = current_database() and wait_event = 'PgSleep'");
            run.get(60, TimeUnit.SECONDS);
        } finally {
            other.shutdownNow();
        }
    }

    static void until(Statement statement, String sql) throws SQLException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!statement.executeQuery(sql).next()) {
            assertThat(System.nanoTime()).as(sql).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void buildThatStillRunsIsSeenAndWaitedFor() throws Exception {
        try (TestDatabase database = create();
                Connection blocker = database.dataSource().getConnection();
                Connection builder = database.dataSource().getConnection();
                Connection watcher = database.dataSource().getConnection();
                Statement watching = watcher.createStatement()) {
            database.execute("create table t (a int)");
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("insert into t values (1)");
            ExecutorService others = Executors.newFixedThreadPool(2);
            try {
                Future<Boolean> foreign =
                        others.submit(() -> builder.createStatement().execute("create index concurrently i on t (a)"));
                until(watching, "select 1 from pg_stat_progress_create_index");

                CountDownLatch seen = new CountDownLatch(1);
                MigrationListener listener = new MigrationListener() {
                    @Override
                    public void onRetry(String version, int attempt, SQLException error) {
                        if (error.getMessage().contains("being built by process")) {
                            seen.countDown();
                        }
                    }
                };
                Future<MigrationReport> run = others.submit(() -> Migrator.builder(database.dataSource())
                        .source(MigrationSource.of(
                                Migration.of("1", "one", "create index concurrently if not exists i on t (a)")))
                        .listener(listener)
                        .build()
                        .migrate());
                assertThat(seen.await(60, TimeUnit.SECONDS)).isTrue();
                blocker.commit();

                foreign.get(60, TimeUnit.SECONDS);
                assertThat(run.get(60, TimeUnit.SECONDS).steps()).hasSize(1);
                assertThat(database.queryOne("select indisvalid::text from pg_index where indexrelid = 'i'::regclass"))
                        .isEqualTo("true");
            } finally {
                others.shutdownNow();
            }
        }
    }
}

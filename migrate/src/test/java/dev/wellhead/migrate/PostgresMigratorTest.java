package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresMigratorTest extends MigratorContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }

    @Test
    void scriptsThatPsqlRunsAreRun() {
        migrator(Migration.of("1", "everything", """
                create table t (a int, b text, c jsonb);
                create function f() returns int language plpgsql as $body$
                begin
                  perform 'a;b' /* ; /* nested */ ; */; -- ; it's
                  return 1;
                end $body$;
                create rule r as on update to t do also (delete from t where false; delete from t where false);
                insert into t values (1, E'it\\'s; \\\\', '{"k": 1}'), (2, U&'\\0041;', null);
                select count(*) from t where c ? 'k';
                do $$ begin if true then null; end if; end $$;
                create type e as enum ('a');
                alter type e add value 'b';
                """)).migrate();

        assertThat(database.queryOne("select b from t where a = 1")).isEqualTo("it's; \\");
        assertThat(database.queryOne("select b from t where a = 2")).isEqualTo("A;");
        assertThat(database.queryOne("select f()")).isEqualTo("1");
    }

    @Test
    void functionBodiesOfTheStandardAreOneStatement() {
        assumeThat(Integer.parseInt(database.queryOne("show server_version_num")))
                .as("BEGIN ATOMIC came with PostgreSQL 14")
                .isGreaterThanOrEqualTo(140_000);

        migrator(Migration.of("1", "function", """
                create function g(x int) returns int begin atomic
                  select case when x > 1 then 1 else 2 end;
                  select x;
                end;
                select g(1);
                """)).migrate();

        assertThat(database.queryOne("select g(5)")).isEqualTo("5");
    }

    @Test
    void copyFromStdinIsPartOfTheTransaction() {
        Migration good = Migration.of(
                "1", "copy", "create table t (a int, b text);\ncopy t from stdin;\n1\tx;'\n2\t\\N\n\\.\nselect 1;");
        Migration bad = Migration.of("2", "bad copy", "copy t (a) from stdin;\n3\nno number\n\\.\n");

        MigrationException failure =
                refusal("WH-MIG-007", () -> migrator(good, bad).migrate());

        assertThat(failure).hasMessageContaining("statement 1 of 1 (line 1)");
        assertThat(database.queryOne("select string_agg(a || coalesce(b, '-'), ',' order by a) from t"))
                .isEqualTo("1x;',2-");
        assertThat(history()).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set search_path = elsewhere",
                "select pg_catalog.set_config('search_path', '', false)",
                "set role nobody_here",
                "set session authorization nobody_here",
                "set statement_timeout = 1",
                "set default_transaction_read_only = on",
                "set local search_path = ''; set local role nobody_here",
                "set standard_conforming_strings = off",
                "set session_replication_role = replica; set datestyle = 'ISO, DMY'; set timezone = 'Asia/Tokyo'",
                "create temp table schema_migrations (version int); create temp table users (other int)",
                "listen x; declare c cursor with hold for select 1; prepare p as select 1",
            })
    void settingsOfAScriptReachNeitherTheHistoryNorTheNextScript(String sql) {
        database.execute(
                "do $$ begin create role nobody_here; exception when others then null; end $$",
                "create schema elsewhere");

        migrator(USERS, Migration.of("2", "leak", sql), NAMES).migrate();

        assertThat(history()).isEqualTo("2,001,010");
        assertThat(database.queryOne("select count(*) from public.users where name is null"))
                .isEqualTo("1");
    }

    @Test
    void settingsThatTheHostMadeStayAcrossScripts() {
        database.execute("create schema app");
        HostPool pool = new HostPool(database.dataSource(), "set search_path = app");

        Migrator.builder(pool.dataSource())
                .source(MigrationSource.of(USERS, Migration.of("2", "leak", "set search_path = public"), NAMES))
                .build()
                .migrate();

        assertThat(database.queryOne("select count(*) from app.schema_migrations"))
                .isEqualTo("3");
        assertThat(database.queryOne("select count(*) from app.users where name is null"))
                .isEqualTo("1");
    }

    @Test
    void historyGoesWhereItIsTold() {
        database.execute("create schema \"our own\"");

        builder(USERS).schema("our own").historyTable("done").build().migrate();

        assertThat(database.queryOne("select version from \"our own\".done")).isEqualTo("001");
    }

    @Test
    void missingSchemaIsSaid() {
        assertThat(refusal(
                        "WH-MIG-012",
                        () -> builder(USERS).schema("nowhere").build().migrate()))
                .hasMessageContaining("nowhere");
    }

    @Test
    void migrationGivesWayToReadersAndGetsInAtLast() throws Exception {
        migrator(USERS).migrate();
        CountDownLatch gaveWay = new CountDownLatch(2);
        MigrationListener listener = new MigrationListener() {
            @Override
            public void onRetry(String version, int attempt, SQLException error) {
                gaveWay.countDown();
            }
        };
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Connection reader = database.dataSource().getConnection();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.executeQuery("select * from users").close();

            Future<MigrationReport> run = other.submit(() -> builder(USERS, NAMES)
                    .lockTimeout(Duration.ofMillis(100))
                    .listener(listener)
                    .build()
                    .migrate());
            assertThat(gaveWay.await(60, TimeUnit.SECONDS)).isTrue();
            reader.commit();

            assertThat(run.get(60, TimeUnit.SECONDS).steps().get(0).attempts()).isGreaterThanOrEqualTo(3);
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void migrationThatCannotGetInSaysWhoMayStandInTheWay() throws SQLException {
        migrator(USERS).migrate();
        try (Connection reader = database.dataSource().getConnection();
                Statement statement = reader.createStatement()) {
            statement.execute("set application_name = 'the slow report'");
            reader.setAutoCommit(false);
            statement.executeQuery("select * from users").close();

            Migrator impatient = builder(USERS, NAMES)
                    .lockTimeout(Duration.ofMillis(100))
                    .lockRetry(Duration.ofMillis(200))
                    .build();

            assertThat(refusal("WH-MIG-008", impatient::migrate))
                    .hasMessageContainingAll("55P03", "the slow report", "users", "nothing of it is committed");
            assertThat(history()).isEqualTo("001");
        }
    }

    @Test
    void scriptThatFreesTheLockOfTheRunIsNotCommitted() {
        Migration freeing = Migration.of("2", "frees", "create table x (id int); select pg_advisory_unlock_all()");

        assertThat(refusal("WH-MIG-011", () -> migrator(USERS, freeing).migrate()))
                .hasMessageContainingAll("migration 2", "nothing of it is committed", "committed before it: 001");
        assertThat(history()).isEqualTo("001");
        assertThat(schema()).noneMatch(line -> line.contains("public.x"));
    }

    @Test
    void runWhoseSessionTheServerEndsIsRolledBack() {
        Migration suicide =
                Migration.of("2", "ends", "create table x (id int); select pg_terminate_backend(pg_backend_pid())");

        assertThat(refusal("WH-MIG-007", () -> migrator(USERS, suicide).migrate()))
                .hasMessageContaining("statement 2 of 2");
        assertThat(history()).isEqualTo("001");
        assertThat(migrator(USERS, ORDERS).migrate().steps()).hasSize(1);
    }

    @Test
    void statementTimeoutOfTheUserDoesNotStopMigrations() {
        HostPool pool = new HostPool(database.dataSource(), "set statement_timeout = 300");

        Migrator.builder(pool.dataSource())
                .source(MigrationSource.of(Migration.of("1", "slow", "select pg_sleep(0.6)")))
                .build()
                .migrate();

        assertThat(history()).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void commitWithoutAnAnswerIsSaidToBeUnknown(boolean committed) {
        Interceptor.Around lostCommit = new Interceptor.Around() {
            private Connection connection;
            private boolean commits;

            @Override
            public void before(Object target, String method, Object[] arguments) throws SQLException {
                if (target instanceof Connection seen) {
                    connection = seen;
                    commits = commits
                            || (method.equals("prepareStatement")
                                    && arguments[0].toString().endsWith("; commit"));
                }
                if (!committed && commits && method.equals("execute")) {
                    lose();
                }
            }

            @Override
            public void after(Object target, String method, Object[] arguments, Object result) throws SQLException {
                if (committed && commits && method.equals("execute")) {
                    lose();
                }
            }

            private void lose() throws SQLException {
                connection.close();
                throw new SQLException("no answer", "08006");
            }
        };
        database.execute("create table marks (n int)");
        Migration mark = Migration.of("1", "mark", "insert into marks values (1)");
        migrator(Migration.of("0", "history", "select 1")).migrate();
        Migrator unlucky = Migrator.builder(Interceptor.around(database.dataSource(), lostCommit))
                .source(MigrationSource.of(Migration.of("0", "history", "select 1"), mark))
                .build();

        assertThat(refusal("WH-MIG-013", unlucky::migrate)).hasMessageContainingAll("migration 1", "run it again");
        migrator(Migration.of("0", "history", "select 1"), mark).migrate();

        assertThat(database.queryOne("select count(*) from marks")).isEqualTo("1");
    }

    @Test
    void onlyOneConnectionIsUsed() {
        HostPool pool = new HostPool(database.dataSource(), "select 1");

        Migrator.builder(pool.dataSource())
                .source(MigrationSource.of(USERS, ORDERS))
                .build()
                .migrate();

        assertThat(pool.mostOpen()).isEqualTo(1);
        assertThat(pool.open()).isZero();
    }
}

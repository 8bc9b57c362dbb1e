package dev.wellhead.migrate;

import static dev.wellhead.migrate.MigratorFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.migrate.MigrationStatus.State;
import dev.wellhead.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of PostgreSQL that hold more than one transaction. */
class PostgresSegmentsTest {
    private final TestDatabase database = TestDatabase.postgres();

    @AfterEach
    void drop() {
        database.close();
    }

    private Migrator.Builder builder(Migration... migrations) {
        return Migrator.builder(database.dataSource()).source(MigrationSource.of(migrations));
    }

    private Migrator migrator(Migration... migrations) {
        return builder(migrations).build();
    }

    private Migrator migrator(String sql) {
        return migrator(Migration.of("1", "one", sql));
    }

    private String row(String column) {
        return database.queryOne("select " + column + " from schema_migrations where version = '1'");
    }

    private String valid(String index) {
        return database.queryOne(
                "select indisvalid::text from pg_index where indexrelid = to_regclass('" + index + "')");
    }

    @Test
    void rollbackThatTheServerRefusesInATransactionRunsAlone() {
        Migrator migrator = migrator(Migration.of(
                "1",
                "one",
                "create table t (a int); create procedure p() language plpgsql as"
                        + " $$ begin insert into t values (1); commit; insert into t values (2); end $$;",
                "call p(); drop procedure p; drop table t;"));
        migrator.migrate();

        migrator.rollback(1);

        assertThat(database.queryOne("select count(*) from schema_migrations")).isEqualTo("0");
        assertThat(migrator.migrate().steps()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table t (a int); create index concurrently i on t (a); insert into t values (1);",
                "create table t (a int);\ncreate index i on t (a);\nvacuum full t;\nvacuum (analyze) t;",
                "create table t (a int primary key); reindex table concurrently t; reindex index concurrently t_pkey",
                "create table t (a int); create index i on t (a); drop index concurrently i;",
                "create table t (a int) partition by range (a);\n"
                        + "create table p partition of t for values from (0) to (9);\n"
                        + "alter table t detach partition p concurrently;",
                "create type e as enum ('a'); alter type e add value 'b'; create table t (a e default 'b');"
                        + " insert into t values ('b')",
                "create type e as enum ('a'); create table u (a e); commit; alter type e add value 'b';"
                        + " create table t (a e default 'b'); insert into t values ('b')",
                "create table t (a int);\ncreate procedure p() language plpgsql as $$ begin insert into t values (1);"
                        + " commit; insert into t values (2); rollback; end $$;\ncall p(); insert into t values (3);",
                "create table t (a int); do $$ begin insert into t values (1); commit; end $$; select 1;",
                "begin; create table t (a int); insert into t values (1); commit;",
                "create table t (a int); begin; insert into t values (1); rollback; insert into t values (2);",
                "begin isolation level serializable; create table t (a int); end; start transaction; drop table t;"
                        + " create table t (a int); commit and chain; insert into t values (1); commit;",
                "create table t (a int); create materialized view v as select * from t; create unique index i on v (a);"
                        + " refresh materialized view concurrently v; cluster; reindex schema public;",
                "create schema s; set search_path = s; create table t (a int);\n"
                        + "create index concurrently i on t (a); insert into t values (1);"
                        + " create table public.t (a int);",
                "alter system set log_min_messages = 'warning'; create table t (a int); alter system reset"
                        + " log_min_messages;",
            })
    void filesOfSeveralTransactionsAreApplied(String sql) {
        MigrationReport report = migrator(sql, "").migrate();

        assertThat(report.steps()).hasSize(1);
        assertThat(row("state")).isEqualTo("applied");
        assertThat(row("doubt_sum")).isNull();
        assertThat(database.queryOne("select to_regclass('public.t')::text")).isNotNull();
        assertThat(migrator(sql, "").validate().findings()).isEmpty();
        assertThat(migrator(sql, "").migrate().isEmpty()).isTrue();
    }

    private Migrator migrator(String up, String down) {
        return migrator(Migration.of("1", "one", up, down));
    }

    // What another table has may be somebody's build under way.
    @ParameterizedTest
    @ValueSource(strings = {"reindex table concurrently t", "reindex (verbose) index concurrently s.t_a"})
    void reindexClearsAwayWhatAnEarlierOneLeftOfTheSameTableOnly(String reindex) {
        database.execute(
                "create schema s",
                "create table s.t (a int)",
                "create index t_a on s.t (a)",
                "create index t_a_ccnew on s.t (a)",
                "create table u (a int)",
                "create index u_a_ccnew on u (a)",
                "update pg_index set indisvalid = false where indexrelid::regclass::text like '%_ccnew'");

        migrator("set search_path = s, public;\n" + reindex).migrate();

        assertThat(valid("s.t_a")).isEqualTo("true");
        assertThat(valid("s.t_a_ccnew")).isNull();
        assertThat(valid("u_a_ccnew")).isEqualTo("false");
    }

    @Test
    void procedureThatCommitsRunsOnce() {
        migrator("create table t (a int);\ncreate procedure p() language plpgsql as $$ begin insert into t values (1);"
                        + " commit; insert into t values (2); end $$;\ncall p(); insert into t values (3);")
                .migrate();

        assertThat(database.queryOne("select string_agg(a::text, ',' order by a) from t"))
                .isEqualTo("1,2,3");
    }

    @Test
    void rollbackOfAScriptTakesBackWhatItSays() {
        migrator("create table t (a int); begin; insert into t values (1); rollback; insert into t values (2);")
                .migrate();

        assertThat(database.queryOne("select string_agg(a::text, ',') from t")).isEqualTo("2");
    }

    @Test
    void settingsOfAScriptHoldAcrossItsTransactionsAndEndWithIt() {
        migrator(
                        Migration.of(
                                "1",
                                "one",
                                "create schema s; set search_path = s; create table t (a int);\n"
                                        + "create index concurrently i on t (a);\ncreate table u (a int);"),
                        Migration.of("2", "two", "create table v (a int)"))
                .migrate();

        assertThat(database.queryOne(
                        "select to_regclass('s.i')::text || to_regclass('s.u') || to_regclass('public.v')"))
                .isEqualTo("s.is.uv");
    }

    @Test
    void valueOfAnEnumIsPartedFromItsUseButNotFromItsType() {
        Migrator parted = migrator("alter type e add value 'b'; alter type e add value 'c'; select 'b'::e");
        Migrator whole = migrator("create type e as enum ('a'); alter type e add value 'b'; select 'b'::e");

        assertThat(parted.plan().steps().get(0).statements())
                .extracting(MigrationPlan.Statement::segment)
                .containsExactly(1, 1, 2);
        assertThat(whole.plan().steps().get(0).statements())
                .extracting(MigrationPlan.Statement::segment)
                .containsExactly(1, 1, 1);
        whole.migrate();
    }

    @Test
    void detachingThatWasBegunIsFinished() throws Exception {
        database.execute(
                "create table q (a int) partition by range (a)",
                "create table q1 partition of q for values from (0) to (9)");
        database.execute("update pg_inherits set inhdetachpending = true where inhrelid = 'q1'::regclass");

        migrator("alter table q detach partition q1 concurrently; create table t (a int)")
                .migrate();

        assertThat(database.queryOne("select count(*) from pg_inherits where inhparent = 'q'::regclass"))
                .isEqualTo("0");
        assertThat(row("state")).isEqualTo("applied");
    }

    @Test
    void planShowsSegmentsAndLocks() {
        MigrationPlan plan = migrator(
                        "alter table t add column b int; update t set b = 1;\n"
                                + "create index concurrently i on t (b); alter table t add constraint f foreign key (b) references u")
                .plan();

        assertThat(plan.steps().get(0).statements())
                .extracting(MigrationPlan.Statement::segment)
                .containsExactly(1, 1, 2, 3);
        assertThat(plan.steps().get(0).statements())
                .extracting(MigrationPlan.Statement::transactional)
                .containsExactly(true, true, false, true);
        assertThat(plan.steps().get(0).statements())
                .extracting(MigrationPlan.Statement::locks)
                .containsExactly(
                        List.of("ACCESS EXCLUSIVE on t"),
                        List.of("ROW EXCLUSIVE on t"),
                        List.of("SHARE UPDATE EXCLUSIVE on t"),
                        List.of("SHARE ROW EXCLUSIVE on t", "SHARE ROW EXCLUSIVE on u"));
        assertThat(plan.toString()).contains("2 alone").contains("ACCESS EXCLUSIVE on t");
    }

    @Test
    void failureInTheMiddleIsToldAndGoneOnWith() {
        String good = "create table t (a int);\ncreate index concurrently i on t (a);\n";
        Migrator broken = migrator(good + "insert into nowhere values (1);");

        MigrationException failure = refusal("WH-MIG-007", broken::migrate);

        assertThat(failure)
                .hasMessageContainingAll(
                        "statement 3 of 3 (line 3)",
                        "its statements 1 to 2 are committed",
                        "correct the file from there on and run it again");
        MigrationStatus status = broken.status().get(0);
        assertThat(status.state()).isEqualTo(State.FAILED);
        assertThat(status.midway().committed()).isEqualTo(2);
        assertThat(status.midway().happened()).contains("nowhere");
        assertThat(status.midway().database())
                .isEqualTo("its statements 1 to 2 are committed, and nothing behind them");
        assertThat(status.midway().cure()).contains("migrate()", "markApplied(\"1\")", "markPending(\"1\")");
        assertThat(MigrationStatus.table(broken.status())).contains("what to do: ");

        assertThat(migrator(good + "insert into t values (1);").migrate().steps())
                .hasSize(1);
        assertThat(row("state")).isEqualTo("applied");
        assertThat(row("error")).isNull();
        assertThat(database.queryOne("select count(*) from t")).isEqualTo("1");
    }

    @Test
    void editedBeginningOfAMigrationInItsMiddleIsRefused() {
        refusal(
                "WH-MIG-007",
                () -> migrator("create table t (a int); vacuum; select nothing").migrate());

        assertThat(refusal(
                        "WH-MIG-004",
                        () -> migrator("create table t (a bigint); vacuum; select 1")
                                .migrate()))
                .hasMessageContaining("its first 2 statements are committed");
    }

    @Test
    void failedConcurrentIndexLeavesNoInvalidOne() {
        Migrator migrator = migrator(
                "create table t (a int); insert into t values (1), (1);\ncreate unique index concurrently i on t (a)");

        assertThat(refusal("WH-MIG-007", migrator::migrate)).hasMessageContaining("statement 3 of 3");
        assertThat(valid("i")).isNull();
        assertThat(row("doubt_sum")).isNull();
        database.execute("delete from t");
        migrator.migrate();

        assertThat(valid("i")).isEqualTo("true");
        assertThat(row("state")).isEqualTo("applied");
    }

    @Test
    void invalidIndexIsNotTakenForDoneByIfNotExists() {
        database.execute("create table t (a int)", "create index i on t (a)");
        database.execute("update pg_index set indisvalid = false where indexrelid = 'i'::regclass");

        migrator("create index concurrently if not exists i on t (a)").migrate();

        assertThat(valid("i")).isEqualTo("true");
    }

    @Test
    void rollbackOfSeveralTransactionsIsGoneOnWithToo() {
        Migration first = Migration.of(
                "1", "one", "create table t (a int)", "create index i on t (a); vacuum; drop table nowhere; select 1");
        migrator(first).migrate();

        refusal("WH-MIG-007", () -> migrator(first).rollback(1));
        assertThat(migrator(first).status().get(0).midway().cure()).contains("rollback(1)");
        assertThat(refusal("WH-MIG-017", () -> migrator(first).migrate())).hasMessageContaining("rollback");
        Migration mended = Migration.of(
                "1", "one", "create table t (a int)", "create index i on t (a); vacuum; drop table t; select 1");
        migrator(mended).rollback(1);

        assertThat(row("state")).isNull();
        assertThat(database.queryOne("select to_regclass('t')::text")).isNull();
    }

    @Test
    void redoTakesBackAndAppliesAgain() {
        Migrator migrator = migrator("create table t (a int)", "drop table t");
        migrator.migrate();
        database.execute("insert into t values (1)");

        MigrationReport report = migrator.redo();

        assertThat(report.steps())
                .extracting(MigrationReport.Step::direction)
                .containsExactly(MigrationReport.Direction.ROLLED_BACK, MigrationReport.Direction.APPLIED);
        assertThat(database.queryOne("select count(*) from t")).isEqualTo("0");
    }

    @Test
    void listenerHearsHowFarAnIndexIs() {
        database.execute("create table t (a int)", "insert into t select generate_series(1, 200000)");
        SortedSet<String> phases = new ConcurrentSkipListSet<>();
        MigrationListener listener = new MigrationListener() {
            @Override
            public void onIndexProgress(StatementEvent statement, String phase, int percent) {
                phases.add(
                        statement.number() + " " + phase + (percent >= 0 && percent <= 100 ? "" : " bad " + percent));
            }
        };

        // Slow enough for a look at any machine.
        builder(Migration.of(
                        "1",
                        "one",
                        "create function slow(int) returns int language plpgsql immutable as $$ begin"
                                + " perform case when $1 % 10000 = 0 then pg_sleep(0.05) end; return $1; end $$;\n"
                                + "create index concurrently i on t (slow(a));"))
                .listener(listener)
                .indexProgress(Duration.ofMillis(20))
                .build()
                .migrate();

        assertThat(phases)
                .anyMatch(phase -> phase.startsWith("2 building index"))
                .noneMatch(phase -> phase.contains("bad"));
    }
}

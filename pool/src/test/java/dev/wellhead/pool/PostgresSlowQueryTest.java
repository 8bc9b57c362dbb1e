package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostgresSlowQueryTest extends SlowQueryContract {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Override
    TestDatabase database() {
        return TestDatabase.postgres();
    }

    @Override
    String fill() {
        return "insert into events select i, i % 20000, 'note ' || i, null from generate_series(1, 100000) i";
    }

    @Override
    boolean scans(QueryPlan plan) {
        return plan.toString().contains("Seq Scan on public.events");
    }

    @Test
    void hintIsReadyToRunWithoutLockingTheTable() throws SQLException {
        database.execute(fill(), "analyze");

        QueryPlan plan = plans.explain(FIND, 77);

        assertThat(plan.hints().get(0).createIndex())
                .isEqualTo("CREATE INDEX CONCURRENTLY ON \"public\".\"events\" (\"kind\")");
        assertThat(plan.hints().get(0).table()).isEqualTo("public.events");
        assertThat(plan.text()).contains("Seq Scan on events", "Filter: (kind = 77)");
    }

    @Test
    void namesOfAllKindsAreQuoted() throws SQLException {
        database.execute(
                "create schema \"Odd \"\"schema\"",
                "create table \"Odd \"\"schema\".\"T'able\" as select i \"K\"\"ind\" from generate_series(1, 20000) i",
                "analyze");

        QueryPlan plan = plans.explain("select * from \"Odd \"\"schema\".\"T'able\" x where \"K\"\"ind\" = ?", 1);

        database.execute(plan.hints().get(0).createIndex(), "analyze");
        assertThat(plans.explain("select * from \"Odd \"\"schema\".\"T'able\" where \"K\"\"ind\" = 1")
                        .hints())
                .isEmpty();
    }

    @Test
    void varcharColumnsAreHintedAtThoughTheyAreCast() throws SQLException {
        database.execute(fill(), "analyze");

        assertThat(plans.explain("select * from events where note = ?", "note 5")
                        .hints())
                .extracting(QueryPlan.Hint::columns)
                .containsExactly(List.of("note"));
        assertThat(plans.explain("select * from events where kind::text = ?", "5")
                        .hints())
                .extracting(QueryPlan.Hint::columns)
                .containsExactly(List.of());
    }

    @Test
    void partitionsAreHintedAtOnceOnTheirParent() throws SQLException {
        database.execute(
                "create table log (id int, kind int) partition by range (id)",
                "create table log_1 partition of log for values from (0) to (50000)",
                "create table log_2 partition of log for values from (50000) to (100001)",
                "insert into log select i, i % 20000 from generate_series(1, 100000) i",
                "analyze");

        QueryPlan plan = plans.explain("select * from log where kind = 5");

        assertThat(plan.hints())
                .extracting(QueryPlan.Hint::createIndex)
                .containsOnly("CREATE INDEX ON \"public\".\"log\" (\"kind\")");
        database.execute(plan.hints().get(0).createIndex());
        assertThat(plans.explain("select * from log where kind = 5").hints()).isEmpty();
    }

    @Test
    void conditionThatMostRowsMeetIsNotHintedAt() throws SQLException {
        database.execute(fill(), "analyze");

        assertThat(plans.explain("select * from events where kind >= ?", 5).hints())
                .isEmpty();
    }

    @Test
    void indexThatThePlannerLeavesAloneIsNotHintedAtAgain() throws SQLException {
        database.execute(
                fill(),
                "create index on events (kind)",
                "analyze",
                "alter database " + database.name() + " set enable_indexscan = off",
                "alter database " + database.name() + " set enable_bitmapscan = off");

        QueryPlan plan = plans.explain(FIND, 77);

        assertThat(scans(plan)).isTrue();
        assertThat(plan.hints()).isEmpty();
    }

    @Test
    void capturedParametersOfManyTypesAreExplained() throws SQLException {
        database.execute(
                "create type mood as enum ('good', 'bad')", "create table days (at timestamp, mood mood, data jsonb)");
        try (ConnectionPool capturing = options().captureParameters().build();
                Connection connection = capturing.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "select * from days where at < ? and mood = ? and data ?? ? and data is distinct from ?")) {
            statement.setTimestamp(1, Timestamp.valueOf("2020-01-02 03:04:05"));
            statement.setObject(2, "good", Types.OTHER);
            statement.setString(3, "key");
            statement.setNull(4, Types.OTHER);
            statement.executeQuery();

            SlowQuery slow = capturing.slowQueries().get(0);
            assertThat(slow.parameters()).containsExactly("2020-01-02 03:04:05.0", "good", "key", "null");
            assertThat(plans.explain(slow).text()).contains("2020-01-02 03:04:05", "'good'::mood");
            assertThat(plans.explain(slow).toString()).doesNotContain("2020-01-02", "good");
        }
        assertThat(plans.explain("select * from days where mood = ? and data ?? ?")
                        .text())
                .contains("$1", "$2");
    }

    @Test
    void operatorsInPlainStatementsAreNoPlacesForParameters() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeQuery("select '{}'::jsonb ? 'a'");
        }

        assertThat(plans.explain(pool.slowQueries().get(0)).nodes()).hasSize(1);
    }

    @Test
    void analyzeTellsWhatItReallyTook() throws SQLException {
        database.execute(fill(), "analyze");

        QueryPlan plan = plans.analyze(FIND, LONG, 77);

        QueryPlan.Node scan = plan.nodes().get(0);
        while (!scan.children().isEmpty()) {
            scan = scan.children().get(0);
        }
        assertThat(scan.type()).isEqualTo("Seq Scan");
        assertThat(scan.actualRows()).hasValue(5);
        assertThat(scan.actualMillis().orElseThrow()).isPositive();
        assertThat(scan.condition()).hasValue("(events.kind = 77)");
        assertThat(plan.text()).contains("\"Shared Hit Blocks\"");
        assertThat(plan.hints()).hasSize(1);
    }

    @Test
    void analyzeTakesCapturedParametersAndMissesThoseThatAreNot() throws SQLException {
        find(pool, 5);
        SlowQuery unknown = pool.slowQueries().get(0);
        assertThatThrownBy(() -> plans.analyze(unknown, LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without its 1 parameters")
                .hasMessageContaining("captureParameters()");
        try (ConnectionPool capturing = options().captureParameters().build()) {
            find(capturing, 5);

            assertThat(plans.analyze(capturing.slowQueries().get(0), LONG)
                            .nodes()
                            .get(0)
                            .actualRows())
                    .hasValue(0);
        }
    }

    @Test
    void analyzeRefusesWhatMightWrite() {
        database.execute("insert into events values (1, 1, null, null)");
        for (String sql : List.of(
                "delete from events",
                "update events set kind = 2",
                "insert into events values (2, 2, null, null)",
                "with gone as (delete from events returning *) select * from gone",
                "with gone as materialized (delete from events returning *) select * from gone",
                "with one as (select 1) delete from events",
                "with one as (select 1) insert into events select 2, 2",
                "select * from events for update",
                "select * from events for no key update",
                "select * from (select * from events for share) x",
                "select * into copy from events",
                "merge into events using events e on false when matched then delete")) {
            assertThatThrownBy(() -> plans.analyze(sql, LONG))
                    .as(sql)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("query plans: cannot analyze ")
                    .hasMessageContaining("use explain");
        }

        assertThat(database.queryOne("select count(*) from events where kind = 1"))
                .isEqualTo("1");
    }

    @Test
    void functionThatWritesIsStoppedByTheReadOnlyTransaction() {
        database.execute(
                "insert into events values (1, 1, null, null)",
                "create function wipe() returns int language sql as 'delete from events returning id'");

        assertThatThrownBy(() -> plans.analyze("select wipe()", LONG)).hasFieldOrPropertyWithValue("SQLState", "25006");

        assertThat(database.queryOne("select count(*) from events")).isEqualTo("1");
    }

    @Test
    void analyzeStopsWhenItsTimeIsOver() {
        assertThatThrownBy(() -> plans.analyze("select pg_sleep(600)", Duration.ofMillis(50)))
                .isInstanceOf(SQLTimeoutException.class)
                .hasFieldOrPropertyWithValue("SQLState", "57014")
                .hasMessageContaining("analyze gave no plan within 50 ms");
        assertThatThrownBy(() -> plans.analyze("select 1", Duration.ZERO)).hasMessageContaining("timeout must be > 0");
    }

    @Test
    void explainDoesNotWaitForAMigrationForEver() throws SQLException {
        try (Connection migration = database.dataSource().getConnection();
                Statement statement = migration.createStatement()) {
            migration.setAutoCommit(false);
            statement.execute("lock table events in access exclusive mode");

            assertThatThrownBy(() -> plans.explain(FIND, 1))
                    .isInstanceOf(SQLTimeoutException.class)
                    .hasMessageContaining("a lock on a table could not be had")
                    .hasFieldOrPropertyWithValue("SQLState", "55P03");
        }
    }

    @Test
    void databaseThatIsGoneFailsTheCall() {
        String secret = "canary";
        QueryPlans nowhere = QueryPlans.on(DirectDataSource.of("jdbc:postgresql://127.0.0.1:1/none", "nobody", secret));

        assertThatThrownBy(() -> nowhere.explain("select 1"))
                .isInstanceOf(SQLException.class)
                .hasMessageNotContaining(secret);
    }

    @Test
    void batchThatFailsIsReportedWithWhatItChanged() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.addBatch("insert into events (id, kind) values (1, 1)");
            statement.addBatch("insert into events (id, kind) values (1, 1)");
            assertThatThrownBy(statement::executeBatch).isInstanceOf(SQLException.class);
        }

        SlowQuery slow = pool.slowQueries().get(0);
        assertThat(slow.failed()).isTrue();
        assertThat(slow.sqlState()).hasValue("23505");
    }

    @Test
    void timeSpentOnFetchingCounts() throws SQLException {
        database.execute(fill());
        LeapingTicker ticker = new LeapingTicker();
        try (ConnectionPool timed = options()
                        .slowQueryThreshold(Duration.ofMinutes(10))
                        .ticker(ticker)
                        .withoutLeakDetection()
                        .build();
                Connection connection = timed.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.setFetchSize(10);
            // The pool's clock leaps while the server works for the second lot of rows.
            try (var rows = statement.executeQuery(
                    "select case when i > 10 then pg_sleep(0.5) end, i" + " from generate_series(1, 15) i")) {
                for (int i = 0; i < 10; i++) {
                    rows.next();
                }
                assertThat(timed.slowQueries()).isEmpty();
                Caller<Void> clock = Caller.start(() -> {
                    String sleeping = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'"
                            + " and datname = current_database()";
                    await().until(() -> !"0".equals(database.queryOne(sleeping)));
                    ticker.leap(Duration.ofMinutes(11));
                    timed.housekeep();
                    return null;
                });
                rows.next();
                clock.result();
            } catch (SQLException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }

            assertThat(timed.slowQueries()).hasSize(1);
            assertThat(timed.slowQueries().get(0).rows()).hasValue(11);
            assertThat(timed.slowQueries().get(0).duration()).isGreaterThan(Duration.ofMinutes(10));
        }
    }
}

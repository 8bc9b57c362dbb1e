package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.wellhead.testkit.TestDatabase;
import java.io.ByteArrayInputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is seen of slow queries, and how they are explained, on every database. Everything counts as slow here. */
abstract class SlowQueryContract {
    static final String FIND = "select id, note from events where kind = ?";

    TestDatabase database;
    ConnectionPool pool;
    QueryPlans plans;

    abstract TestDatabase database();

    /** Returns SQL that fills the table with 100,000 events of 20,000 kinds. */
    abstract String fill();

    /** Returns whether the plan reads the table from end to end. */
    abstract boolean scans(QueryPlan plan);

    @BeforeEach
    void open() {
        database = database();
        database.execute("create table events (id integer primary key, kind integer not null, note varchar(100), photo "
                + (database.user().isEmpty() ? "blob" : "bytea") + ")");
        pool = options().build();
        plans = QueryPlans.on(pool.direct());
    }

    ConnectionPool.Builder options() {
        return ConnectionPool.builder(database.url())
                .credentials(database.user(), database.password())
                .name("slow")
                .maxSize(2)
                .acquireTimeout(Duration.ofSeconds(30))
                .slowQueryThreshold(Duration.ofNanos(1));
    }

    @AfterEach
    void close() {
        pool.close(Duration.ZERO);
        database.close();
    }

    private SlowQuery last() {
        return pool.slowQueries().get(0);
    }

    private void insert(int rows) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("insert into events (id, kind, note) values (?, ?, ?)")) {
            for (int i = 1; i <= rows; i++) {
                statement.setInt(1, i);
                statement.setInt(2, i % 10);
                statement.setString(3, "canary");
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    int find(ConnectionPool from, int kind) throws SQLException {
        try (Connection connection = from.getConnection();
                PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setInt(1, kind);
            int found = 0;
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found++;
                }
            }
            return found;
        }
    }

    @Test
    void missingIndexIsHintedAtAndTheHintCuresIt() throws SQLException {
        database.execute(fill(), "analyze");

        int found = find(pool, 77);
        SlowQuery slow = last();
        QueryPlan before = plans.explain(slow);

        assertThat(found).isEqualTo(5);
        assertThat(slow.sql()).isEqualTo(FIND);
        assertThat(slow.rows()).hasValue(5);
        assertThat(scans(before)).isTrue();
        assertThat(before.hints()).hasSize(1);
        QueryPlan.Hint hint = before.hints().get(0);
        assertThat(hint.columns()).containsExactly("kind");
        assertThat(hint.table()).endsWith("events");
        assertThat(hint.message()).contains(hint.createIndex());

        database.execute(hint.createIndex(), "analyze");
        QueryPlan after = plans.explain(slow);

        assertThat(scans(after)).isFalse();
        assertThat(after.hints()).isEmpty();
        assertThat(after.toString()).contains("_kind_idx");
        assertThat(find(pool, 77)).isEqualTo(5);
    }

    @Test
    void columnsComparedForEqualityComeFirstInTheHint() throws SQLException {
        database.execute(fill(), "analyze");

        QueryPlan plan = plans.explain("select * from events as e where e.note > 'x' and e.kind = 4 order by e.id");

        assertThat(plan.hints()).extracting(QueryPlan.Hint::columns).containsExactly(List.of("kind", "note"));
        database.execute(plan.hints().get(0).createIndex());
    }

    @Test
    void conditionTooInvolvedIsNamedWithoutAnIndex() throws SQLException {
        database.execute(fill(), "analyze");

        QueryPlan plan = plans.explain("select * from events where lower(note) = 'canary'");

        assertThat(plan.hints()).hasSize(1);
        assertThat(plan.hints().get(0).columns()).isEmpty();
        assertThat(plan.hints().get(0).createIndex()).isNull();
        assertThat(plan.toString() + plan.nodes() + plan.hints()).doesNotContain("canary");
    }

    @Test
    void smallTablesNeedNoIndex() throws SQLException {
        insert(100);
        database.execute("analyze");

        find(pool, 4);

        assertThat(plans.explain(last()).hints()).isEmpty();
    }

    @Test
    void rowsAreThoseChangedOrThoseReadSoFar() throws SQLException {
        insert(10);
        assertThat(last().rows()).hasValue(10);
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("update events set note = 'x' where id <= 3");
            assertThat(last().rows()).hasValue(3);

            statement.execute("delete from events where id = 1");
            assertThat(last().rows()).isEmpty();
            assertThat(statement.getUpdateCount()).isEqualTo(1);
            assertThat(last().rows()).hasValue(1);

            ResultSet rows = statement.executeQuery("select * from events order by id");
            assertThat(last().rows()).isEmpty();
            rows.next();
            rows.next();
            assertThat(last().rows()).hasValue(2);

            rows = statement.executeQuery("select * from events where id < 0");
            rows.next();
            assertThat(last().rows()).hasValue(0);
        }
    }

    @Test
    void snapshotStaysAsItIs() throws SQLException {
        insert(3);
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select * from events")) {
            SlowQuery early = last();
            while (rows.next()) {
                assertThat(early.rows()).isEmpty();
            }

            assertThat(last().rows()).hasValue(3);
            assertThat(early.startedAt())
                    .isBetween(
                            Instant.now().minus(Duration.ofMinutes(5)),
                            Instant.now().plusSeconds(1));
        }
    }

    @Test
    void failedStatementsAreReported() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.executeQuery("select 'canary' from missing"))
                    .isInstanceOf(SQLException.class);
        }

        assertThat(last().failed()).isTrue();
        assertThat(last().sql()).isEqualTo("select '***' from missing");
        SlowQuery slow = last();
        assertThatThrownBy(() -> plans.explain(slow)).isInstanceOf(SQLException.class);
    }

    @Test
    void parametersAreAbsentUnlessAskedFor() throws SQLException {
        insert(1);

        assertThat(last().parameters()).isEmpty();
        assertThat(last().toString()).doesNotContain("canary");
    }

    @Test
    void parametersAskedForAreShortenedAndStreamsLeftAlone() throws SQLException {
        try (ConnectionPool capturing = options().captureParameters().build();
                Connection connection = capturing.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("insert into events (id, kind, note, photo) values (?, ?, ?, ?)")) {
            statement.setInt(1, 7);
            statement.setObject(2, 8L);
            statement.setString(3, "canary\n" + "x".repeat(90));
            statement.setBinaryStream(4, new ByteArrayInputStream(new byte[10]), 10);
            statement.executeUpdate();
            SlowQuery first = capturing.slowQueries().get(0);
            statement.clearParameters();
            statement.setInt(1, 9);
            statement.setInt(2, 8);
            statement.setString(3, null);
            statement.setBytes(4, new byte[3]);
            statement.executeUpdate();

            assertThat(first.parameters()).containsExactly("7", "8", "canary\\n" + "x".repeat(90), "(stream)");
            assertThat(capturing.slowQueries().get(0).parameters()).containsExactly("9", "8", "null", "(3 bytes)");
            assertThat(capturing.slowQueries().toString()).doesNotContain("canary");
            assertThat(plans.explain(first).text()).doesNotContain("canary");
        }
    }

    @Test
    void longParametersAreShownShortened() throws SQLException {
        try (ConnectionPool capturing = options().captureParameters().build();
                Connection connection = capturing.getConnection();
                PreparedStatement statement = connection.prepareStatement("select 1 from events where note = ?")) {
            statement.setString(1, "x".repeat(5_000));
            statement.executeQuery();

            SlowQuery slow = capturing.slowQueries().get(0);
            assertThat(slow.parameters()).containsExactly("x".repeat(100) + "...");
            assertThat(plans.explain(slow).nodes()).isNotEmpty();
        }
    }

    @Test
    void scriptsAndWhatIsNoQueryAreRefused() throws SQLException {
        database.execute("insert into events values (1, 1, null, null)");
        for (String sql : List.of(
                "select 1; drop table events",
                "select 1; select 2",
                "drop table events",
                "analyze delete from events",
                "analyze events",
                "query plan select 1",
                "explain select 1",
                "(analyze) delete from events",
                "execute x",
                "{call f()}",
                "",
                " -- nothing\n ;")) {
            assertThatThrownBy(() -> plans.explain(sql))
                    .as(sql)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("query plans: cannot explain ");
        }

        assertThat(database.queryOne("select count(*) from events")).isEqualTo("1");
    }

    @Test
    void statementsThatWriteAreExplainedWithoutWriting() throws SQLException {
        database.execute("insert into events values (1, 1, null, null)");

        QueryPlan plan = plans.explain("delete from events where kind = ? -- comment left open /*", 1);

        assertThat(plan.nodes()).isNotEmpty();
        assertThat(database.queryOne("select count(*) from events")).isEqualTo("1");
    }

    @Test
    void numberOfParametersMustFit() {
        assertThatThrownBy(() -> plans.explain(FIND, 1, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a query with 1 places for parameters and 2 parameters");
    }

    @Test
    void incompleteParametersAreNoHindrance() throws SQLException {
        try (ConnectionPool capturing = options().captureParameters().build();
                Connection connection = capturing.getConnection();
                PreparedStatement statement = connection.prepareStatement(FIND + " and id = ?")) {
            statement.setInt(1, 5);
            // PostgreSQL's driver refuses, SQLite's does not mind.
            Throwable ignored = catchThrowable(statement::executeQuery);

            SlowQuery slow = capturing.slowQueries().get(0);
            assertThat(slow.parameters()).containsExactly("5");
            assertThat(plans.explain(slow).nodes()).isNotEmpty();
        }
    }

    @Test
    void tableThatIsGoneIsTheDatabasesToComplainOf() throws SQLException {
        find(pool, 1);
        SlowQuery slow = last();
        database.execute("drop table events");

        assertThatThrownBy(() -> plans.explain(slow))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("events");
    }
}

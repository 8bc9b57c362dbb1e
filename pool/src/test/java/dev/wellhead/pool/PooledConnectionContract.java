package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a borrowed connection is on every database. */
abstract class PooledConnectionContract {
    TestDatabase database;
    ConnectionPool pool;

    abstract TestDatabase database();

    /** Returns the driver's type that borrowers unwrap to. */
    abstract Class<?> driverType();

    @BeforeEach
    void open() {
        database = database();
        database.execute("create table notes (id integer primary key, body text)");
        pool = ConnectionPool.builder(database.url())
                .credentials(database.user(), database.password())
                .name("contract")
                .maxSize(1)
                .acquireTimeout(Duration.ofSeconds(30))
                .build();
    }

    @AfterEach
    void close() {
        pool.close(Duration.ZERO);
        database.close();
    }

    @Test
    void everyWayBackLeadsToThePooledObjects() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                PreparedStatement prepared = connection.prepareStatement("select body from notes where id = ?")) {
            prepared.setInt(1, 1);
            DatabaseMetaData catalogue = connection.getMetaData();

            assertThat(statement.getConnection()).isSameAs(connection);
            assertThat(prepared.getConnection()).isSameAs(connection);
            assertThat(catalogue.getConnection()).isSameAs(connection);
            try (ResultSet rows = prepared.executeQuery()) {
                assertThat(rows.getStatement()).isSameAs(prepared);
            }
            try (ResultSet rows = statement.executeQuery("select 1")) {
                assertThat(rows.getStatement()).isSameAs(statement);
            }
            assertThat(statement.execute("select 1")).isTrue();
            assertThat(statement.getResultSet().getStatement()).isSameAs(statement);
            try (ResultSet tables = catalogue.getTables(null, null, "notes", null)) {
                assertThat(tables.next()).isTrue();
                assertThat(tables.getString("TABLE_NAME")).isEqualTo("notes");
                Statement below = tables.getStatement();
                assertThat(below == null ? connection : below.getConnection()).isSameAs(connection);
            }
        }
    }

    @Test
    void unwrapReachesTheDriver() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(connection.isWrapperFor(driverType())).isTrue();
            assertThat(connection.unwrap(driverType())).isInstanceOf(driverType());
            assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
            assertThat(statement.isWrapperFor(Statement.class)).isTrue();
            assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
        }
    }

    @Test
    void nothingWorksAfterCloseAndClosingAgainIsHarmless() throws SQLException {
        Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement("select body from notes");
        ResultSet rows = prepared.executeQuery();
        DatabaseMetaData catalogue = connection.getMetaData();

        connection.close();
        connection.close();
        statement.close();
        prepared.close();
        rows.close();

        assertThat(connection.isClosed()).isTrue();
        assertThat(statement.isClosed()).isTrue();
        assertThat(rows.isClosed()).isTrue();
        assertThatThrownBy(connection::createStatement).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(connection::getMetaData).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(() -> statement.executeQuery("select 1")).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(statement::getConnection).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(prepared::executeQuery).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(() -> prepared.setInt(1, 1)).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(rows::next).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(() -> rows.getString(1)).hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(() -> catalogue.getTables(null, null, "%", null))
                .hasFieldOrPropertyWithValue("SQLState", "08003");
        assertThatThrownBy(() -> connection.unwrap(driverType())).hasFieldOrPropertyWithValue("SQLState", "08003");
    }

    @Test
    void openTransactionIsRolledBackAndHoldsNoLock() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            insert(connection, 1);
        }

        assertThat(database.queryOne("select count(*) from notes")).isEqualTo("0");
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
            insert(connection, 2);
        }
        database.execute("insert into notes values (3, 'other session')");
        assertThat(database.queryOne("select count(*) from notes")).isEqualTo("2");
    }

    @Test
    void transactionBegunBySqlIsRolledBackAndHoldsNoLock() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("/* by hand */ begin");
            insert(connection, 1);
        }

        database.execute("insert into notes values (2, 'other session')");
        assertThat(database.queryOne("select count(*) from notes")).isEqualTo("1");
        try (Connection connection = pool.getConnection()) {
            insert(connection, 3);
        }
        assertThat(database.queryOne("select count(*) from notes")).isEqualTo("2");
        assertThat(pool.stats().created()).isEqualTo(1);
    }

    @Test
    void committedWorkStays() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            insert(connection, 1);
            connection.commit();
            insert(connection, 2);
        }

        assertThat(database.queryOne("select count(*) from notes")).isEqualTo("1");
    }

    @Test
    void failedStatementLeavesTheConnectionUsableForTheNext() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> statement.execute("select * from missing")).isInstanceOf(SQLException.class);
        }
        try (Connection connection = pool.getConnection()) {
            insert(connection, 1);
        }

        assertThat(pool.stats().created()).isEqualTo(1);
        assertThat(database.queryOne("select count(*) from notes")).isEqualTo("1");
    }

    @Test
    void leftOpenStatementsAndRowsDoNotDisturbTheNext() throws SQLException {
        for (int i = 0; i < 50; i++) {
            Connection connection = pool.getConnection();
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.prepareStatement("select 1").executeQuery().next();
            connection.getMetaData().getTables(null, null, "%", null).next();
            connection.createStatement().executeQuery("select 1");
            connection.close();
        }

        try (Connection connection = pool.getConnection()) {
            insert(connection, 1);
        }
        assertThat(pool.stats().created()).isEqualTo(1);
    }

    @Test
    void batchesAndGeneratedKeysPassThrough() throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement insert = connection.prepareStatement("insert into notes values (?, ?)")) {
            for (int i = 0; i < 3; i++) {
                insert.setInt(1, i);
                insert.setString(2, "note " + i);
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).containsExactly(1, 1, 1);
            assertThat(pool.borrowed().get(0).lastSql()).hasValue("insert into notes values (?, ?)");
        }

        assertThat(database.queryOne("select count(*) from notes")).isEqualTo("3");
    }

    @Test
    void directConnectionsAreNotPooled() throws SQLException {
        try (Connection held = pool.getConnection();
                Connection direct = pool.direct().getConnection()) {
            insert(direct, 1);
            assertThat(pool.stats().active()).isEqualTo(1);
        }

        assertThat(database.queryOne("select count(*) from notes")).isEqualTo("1");
    }

    private static void insert(Connection connection, int id) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into notes values (?, 'x')")) {
            insert.setInt(1, id);
            insert.executeUpdate();
        }
    }
}

package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The probes on SQLite, which has no server that could be away. */
class SqliteProbeTest extends ProbeContract {
    private TestDatabase database;

    @BeforeEach
    void open() {
        database = TestDatabase.sqlite();
        database.execute("create table notes (id int)");
    }

    @AfterEach
    void shut() {
        closePools();
        database.close();
    }

    @Override
    ConnectionPool.Builder plain() {
        return ConnectionPool.builder(database.url()).name("sqlite");
    }

    @Override
    void write(Connection connection) throws SQLException {
        connection.createStatement().execute("insert into notes values (1)");
    }

    @Override
    void assertNothingWritten() {
        assertThat(database.queryOne("select count(*) from notes")).isEqualTo("0");
        // Would find the file locked.
        database.execute("begin immediate", "rollback");
    }

    @Override
    List<String> properties() {
        return List.of("isolation", "type map", "autocommit");
    }
}

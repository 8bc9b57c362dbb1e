package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.FaultProxy;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.postgresql.PGConnection;

/** The probes on PostgreSQL, behind a proxy that hangs and refuses as a network does. */
class PostgresProbeTest extends ServerProbeContract {
    private TestDatabase database;
    private FaultProxy proxy;

    @BeforeEach
    void open() {
        database = TestDatabase.postgres();
        database.execute("create table notes (id int)", "create schema elsewhere");
        proxy = FaultProxy.to(PostgresServer.shared().port());
    }

    @AfterEach
    void shut() {
        closePools();
        proxy.close();
        database.close();
    }

    @Override
    ConnectionPool.Builder plain() {
        return ConnectionPool.builder("jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database.name())
                .credentials(database.user(), database.password())
                .name("pg");
    }

    @Override
    void write(Connection connection) throws SQLException {
        connection.createStatement().execute("insert into notes values (1)");
    }

    @Override
    void assertNothingWritten() {
        database.execute("begin; lock table notes in access exclusive mode nowait; commit");
        assertThat(database.queryOne("select count(*) from notes")).isEqualTo("0");
    }

    @Override
    List<String> properties() {
        // The catalog of a connection is fixed.
        return List.of(
                "read-only",
                "isolation",
                "schema",
                "holdability",
                "network timeout",
                "type map",
                "client info",
                "autocommit");
    }

    @Override
    void hang() {
        proxy.freeze();
    }

    @Override
    void refuse() {
        proxy.refuse();
    }

    @Override
    void heal() {
        proxy.heal();
    }

    @Override
    void terminate(Connection connection) throws SQLException {
        int pid = connection.unwrap(PGConnection.class).getBackendPID();
        database.execute("select pg_terminate_backend(" + pid + ")");
    }

    @Override
    void makeRollbackFail(Connection connection) throws SQLException {
        terminate(connection);
    }
}

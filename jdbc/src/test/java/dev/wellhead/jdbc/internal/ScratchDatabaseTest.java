package dev.wellhead.jdbc.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class ScratchDatabaseTest {
    @Test
    void isEmptyUsableAndGoneAfterwardsEvenWithSomebodyConnected() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres()) {
            DirectDataSource server = DirectDataSource.of(database.url(), database.user(), database.password());
            String name;
            try (ScratchDatabase scratch = ScratchDatabase.create(server)) {
                name = scratch.name();
                Connection left = scratch.dataSource().getConnection();
                assertThat(Catalog.of(left).tables()).isEmpty();
                left.createStatement().execute("create table t (n int)");
            }

            assertThat(database.queryOne("select count(*) from pg_database where datname = '" + name + "'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void isDroppedByWhoeverWasInterruptedAndStaysSo() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres()) {
            // With a login timeout the driver connects on a thread of its own and waits for it.
            DirectDataSource server =
                    DirectDataSource.of(database.url() + "?loginTimeout=30", database.user(), database.password());
            ScratchDatabase scratch = ScratchDatabase.create(server);

            Thread.currentThread().interrupt();
            scratch.close();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(database.queryOne("select count(*) from pg_database where datname = '" + scratch.name() + "'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void hasTheEncodingAndLocaleOfItsModelAndHeedsNoTimeoutOfTheRole() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        server.administrate("create database latin template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'");
        server.administrate("alter database latin set statement_timeout = 40");
        try {
            DirectDataSource model = DirectDataSource.of(server.url("latin"), server.user(), server.password());
            try (ScratchDatabase scratch = ScratchDatabase.create(model);
                    Connection connection = scratch.dataSource().getConnection();
                    ResultSet row = connection.createStatement().executeQuery("show server_encoding")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo("LATIN1");
            }
        } finally {
            server.administrate("drop database latin with (force)");
        }
    }
}

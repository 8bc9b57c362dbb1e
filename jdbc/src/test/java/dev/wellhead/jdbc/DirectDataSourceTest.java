package dev.wellhead.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectDataSourceTest {
    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db/app, jdbc:postgresql://db/other",
        "jdbc:postgresql://db:5433/app?ssl=true, jdbc:postgresql://db:5433/other?ssl=true",
        "jdbc:postgresql://db, jdbc:postgresql://db/other",
        "jdbc:postgresql://db/, jdbc:postgresql://db/other",
        "jdbc:postgresql:app, jdbc:postgresql:other",
        "jdbc:postgresql:/, jdbc:postgresql:/other",
        "'jdbc:postgresql://a:1,b:2/app', 'jdbc:postgresql://a:1,b:2/other'",
    })
    void otherDatabaseOfTheSameServerKeepsHostsAndParameters(String url, String other) {
        assertThat(DirectDataSource.of(url).onDatabase("other").url()).isEqualTo(other);
    }

    @Test
    void reachesAnotherDatabaseWithTheSameCredentialsWhateverItsName() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        String name = "Odd ?&/%name";
        server.administrate("create database \"" + name + "\"");
        try (TestDatabase database = TestDatabase.postgres()) {
            DirectDataSource direct = DirectDataSource.of(database.url(), database.user(), database.password());

            try (Connection connection = direct.onDatabase(name).getConnection()) {
                assertThat(connection.getCatalog()).isEqualTo(name);
            }
        } finally {
            server.administrate("drop database \"" + name + "\"");
        }
    }

    @Test
    void sqliteHasNoOtherDatabases() {
        assertThatThrownBy(() -> DirectDataSource.of("jdbc:sqlite:/tmp/x.db").onDatabase("y"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("only PostgreSQL");
    }

    @Test
    void passwordShowsNowhere() {
        DirectDataSource direct =
                DirectDataSource.of("jdbc:postgresql://u:canary@db/app?password=canary", "u", "canary");

        assertThat(direct + direct.url()).doesNotContain("canary");
    }
}

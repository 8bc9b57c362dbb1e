package dev.wellhead.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://app:canary@127.0.0.1:1/app",
                "jdbc:nobody://app:canary@127.0.0.1:1/app",
                "jdbc:postgresql://127.0.0.1:1/app?user=app&password=canary%",
                "jdbc:postgresql://app:canary@127.0.0.1:1/app",
                "jdbc:postgresql://canary@127.0.0.1:1/app",
                "jdbc:postgresql://app:can/ary@127.0.0.1:1/app"
            })
    void passwordInAUrlThatIsWrongShowsInNoFailure(String url) {
        DirectDataSource direct = DirectDataSource.of(url);

        for (Throwable failure : List.of(
                catchThrowable(direct::getConnection), catchThrowable(() -> direct.getConnection("app", "canary")))) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace, true));
            assertThat(failure).isInstanceOf(SQLException.class);
            assertThat(trace.toString()).doesNotContain("canary").doesNotContain("ary@");
        }
    }

    @Test
    void userInFrontOfTheHostIsRefusedAndTold() {
        assertThatThrownBy(() ->
                        DirectDataSource.of("jdbc:postgresql://app@db/app").getConnection())
                .isInstanceOf(SQLNonTransientConnectionException.class)
                .hasMessageContaining("jdbc:postgresql://***@db/app has a user in front of the host");
        assertThatThrownBy(() ->
                        DirectDataSource.of("jdbc:postgresql://127.0.0.1:1/a@b").getConnection())
                .hasMessageContaining("refused");
    }
}

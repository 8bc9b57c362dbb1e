package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Invariant: what a server cannot take is said with all that it lacks, before anything is made there. */
class PreflightTest {
    private static final String HERE = "13.0";

    @Test
    void serverThatIsOlderThanTheBackupIsRefused() {
        assertThatThrownBy(() -> require("99.1 (Debian 99.1-1)", List.of()))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("restore of 1: it was made of PostgreSQL 99, and this server is ")
                .hasMessageContaining("the same or a newer major version");
    }

    @Test
    void extensionsThatTheServerDoesNotHaveAreAllNamed() {
        List<String> schema =
                List.of("extension nowhere", "extension plpgsql", "extension \"no-where\"", "schema extension");

        assertThatThrownBy(() -> require(HERE, schema))
                .isInstanceOf(BackupException.class)
                .hasMessage("restore of 1: the server has no extension \"no-where\", nowhere, which the backup needs;"
                        + " install it there first");
    }

    @Test
    void whatTheServerHasIsNoHindrance() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                Connection connection = PostgresSession.open(
                        DirectDataSource.of(database.url(), database.user(), database.password()))) {
            database.execute("create extension pg_trgm", "create extension \"uuid-ossp\"");

            TreeSet<String> schema = new TreeSet<>(SchemaLines.of(connection));

            assertThatCode(() -> Preflight.require(connection, manifest(HERE), schema))
                    .doesNotThrowAnyException();
        }
    }

    private static void require(String version, List<String> schema) throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                Connection connection = PostgresSession.open(
                        DirectDataSource.of(database.url(), database.user(), database.password()))) {
            Preflight.require(connection, manifest(version), schema);
        }
    }

    private static Manifest manifest(String version) {
        return new Manifest(
                "1",
                "postgresql",
                "app",
                Instant.EPOCH,
                "",
                Map.of("serverVersion", version),
                List.of(),
                List.of(),
                List.of());
    }
}

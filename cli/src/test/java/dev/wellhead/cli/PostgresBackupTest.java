package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.cli.Wellhead.Outcome;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresBackupTest extends BackupContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }

    @Override
    List<String> ownPlace() {
        return List.of("--to-database", database().name());
    }

    @Override
    List<String> newPlace() {
        return List.of("--to-database", database().name() + "_restored");
    }

    @Override
    String askNewPlace(String query) {
        try (Connection connection = PostgresServer.shared().connect(database().name() + "_restored");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getString(1) : null;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    void dropKept(String kept) {
        PostgresServer.shared().administrate("drop database if exists " + kept + " with (force)");
    }

    @AfterEach
    void dropRestored() {
        dropKept(database().name() + "_restored");
    }

    @Test
    void listNeedsNoServer() {
        wellhead().run("backup", "create");

        Outcome outcome =
                wellhead().with("WELLHEAD_URL", "postgresql://127.0.0.1:1/lost").run("backup", "list");

        assertThat(outcome.code()).as(outcome.all()).isZero();
        assertThat(outcome.out()).contains("complete");
    }

    @Test
    void missingClientProgramsAreNamed() {
        Outcome outcome =
                wellhead().run("backup", "create", "--schema-by", "pg_dump", "--client-programs", folder().toString());

        assertThat(outcome.code()).isEqualTo(ExitCodes.FAILED);
        assertThat(outcome.err()).contains("WH-BACKUP-009", "pg_dump");
    }
}

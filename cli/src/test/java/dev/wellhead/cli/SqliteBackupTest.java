package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.cli.Wellhead.Outcome;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

class SqliteBackupTest extends BackupContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }

    @Override
    List<String> ownPlace() {
        return List.of("--to-file", database().name());
    }

    @Override
    List<String> newPlace() {
        return List.of("--to-file", "restored.db");
    }

    @Override
    String askNewPlace(String query) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder().resolve("restored.db"));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getString(1) : null;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void lostFileIsBroughtBack() throws IOException {
        wellhead().run("backup", "create");
        Files.delete(Path.of(database().name()));

        Outcome list = wellhead().run("backup", "list");
        Outcome verify = wellhead().run("backup", "verify");
        Outcome restored = wellhead()
                .run("backup", "restore", "latest", "--to-file", database().name());

        assertThat(list.code()).isZero();
        assertThat(verify.code()).as(verify.all()).isZero();
        assertThat(restored.code()).as(restored.all()).isZero();
        assertThat(database().queryOne("select count(*) from users")).isEqualTo("2");
        assertThat(wellhead()
                        .with("WELLHEAD_URL", "sqlite:none.db")
                        .run("backup", "create")
                        .code())
                .isEqualTo(ExitCodes.UNREACHABLE);
    }
}

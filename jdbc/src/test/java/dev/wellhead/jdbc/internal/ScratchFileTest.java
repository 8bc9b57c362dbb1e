package dev.wellhead.jdbc.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class ScratchFileTest {
    @Test
    void copyHasWhatWasThereAndLivesOnItsOwn() throws SQLException {
        try (ScratchFile scratch = ScratchFile.create()) {
            execute(scratch, "create table t (a int)");

            try (ScratchFile copy = scratch.copy()) {
                execute(copy, "drop table t");
            }

            try (Connection connection = scratch.dataSource().getConnection()) {
                assertThat(Catalog.of(connection).tables()).containsExactly(new TableName("main", "t"));
            }
        }
    }

    @Test
    void closeLeavesNothingBehind() throws SQLException {
        ScratchFile scratch = ScratchFile.create();
        execute(scratch, "create table t (a int)");
        Path folder = Path.of(scratch.dataSource().url().substring("jdbc:sqlite:".length()))
                .getParent();
        assertThat(folder).isNotEmptyDirectory();

        scratch.close();

        assertThat(Files.exists(folder)).isFalse();
    }

    private static void execute(ScratchFile scratch, String sql) throws SQLException {
        try (Connection connection = scratch.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MixedConventionsTest {
    private static final String DBMATE = "-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;\n";

    @Test
    void mixedConventionsAreRefusedWithTheFilesOfEach() {
        refused(
                Map.of("1_a.sql", "", "2_b.up.sql", "", "V3__c.sql", "", "4_d/up.sql", "", "5_e.sql", DBMATE),
                "1_a.sql as 001_name.sql",
                "2_b.up.sql as 001_name.up.sql",
                "V3__c.sql as V1__name.sql",
                "4_d/up.sql as 001_name/up.sql",
                "5_e.sql as -- migrate:up",
                "nothing was run");
    }

    @Test
    void downFileBesideAnotherConventionIsRefused() {
        refused(
                Map.of("1_a.sql", DBMATE, "1_a.down.sql", ""),
                "1_a.down.sql as 001_name.sql",
                "1_a.sql as -- migrate:up");
    }

    @Test
    void longListsAreCut() {
        Map<String, String> files = new TreeMap<>(Map.of("V99__z.sql", ""));
        for (int i = 1; i <= 8; i++) {
            files.put(i + "_a.sql", "");
        }

        refused(files, "5_a.sql and 3 more as 001_name.sql");
    }

    @Test
    void faultInACommentNamesFileAndLine() {
        refused(Map.of("1_a.sql", "-- migrate:up\nselect 1;\n-- migrate:dwon\n"), "1_a.sql, line 3", "misspelled");
        refused(Map.of("1_a.sql", "-- +goose Up\n-- +goose ENVSUB ON\n"), "1_a.sql, line 2", "environment");
    }

    @Test
    void nearMissInTheFolderOfAVersionIsRefused() {
        refused(Map.of("1_a/up.sql", "", "1_a/dwon.sql", ""), "1_a/dwon.sql", "up.sql and down.sql");
        refused(Map.of("1_a/up.sql", "", "2/up.sql", ""), "2/up.sql", "the name of the folder");
    }

    @Test
    void foldersAreNoMatterWhereFilesAreNumbered() {
        assertThat(MigrationSource.of(Map.of("1_a.sql", "", "2024/old.sql", "", "README.md", ""))
                        .load())
                .extracting(Migration::origin)
                .containsExactly("1_a.sql");
    }

    @Test
    void largeFileWithCommentsIsPartedToo(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("1_a.sql"), DBMATE.replace("select 2", "select 2" + " ".repeat(2 << 20)));

        Migration migration = MigrationSource.directory(folder).load().get(0);

        assertThat(migration.up()).isEqualTo("-- migrate:up\nselect 1;\n");
        assertThat(migration.down()).isPresent();
    }

    private static void refused(Map<String, String> files, String... words) {
        assertThatThrownBy(() -> MigrationSource.of(files).load())
                .isInstanceOfSatisfying(
                        MigrationException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo("WH-MIG-001"))
                .hasMessageContainingAll(words);
    }
}

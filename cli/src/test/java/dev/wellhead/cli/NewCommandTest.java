package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.cli.Wellhead.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NewCommandTest {
    @TempDir
    private Path folder;

    @Test
    void firstMigrationBeginsTheFolder() {
        Outcome first = Wellhead.in(folder).run("migrate", "new", "Create users!");
        Outcome second = Wellhead.in(folder).run("migrate", "new", "more", "--json");

        assertThat(first.code()).as(first.all()).isZero();
        assertThat(first.out()).startsWith("made migrations/001_create_users.sql\n");
        assertThat(Results.json(second)).containsKey("files");
        assertThat(folder.resolve("migrations"))
                .isDirectoryContaining("glob:**/001_create_users.sql")
                .isDirectoryContaining("glob:**/001_create_users.down.sql")
                .isDirectoryContaining("glob:**/002_more.sql");
    }

    @ParameterizedTest
    @CsvSource({
        "0009_a.up.sql,          select 1;,                    0010_b.up.sql,    0010_b.down.sql",
        "V7__a.sql,              select 1;,                    V8__b.sql,        U8__b.sql",
        "003_a/up.sql,           select 1;,                    004_b/up.sql,     004_b/down.sql",
        "20250101000000_a.sql,   -- migrate:up,                20260102030405_b.sql, ",
        "00001_a.sql,            -- +goose Up,                 00002_b.sql, ",
        "1.5_a.sql,              select 1;,                    2_b.sql,          2_b.down.sql",
    })
    void namesAreThoseOfTheFolder(String present, String text, String up, String down) throws IOException {
        Path migrations = folder.resolve("migrations");
        Files.createDirectories(migrations.resolve(present).getParent());
        Files.writeString(migrations.resolve(present), text + "\n");

        Outcome outcome = Wellhead.in(folder)
                .at(Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC))
                .run("migrate", "new", "b");

        assertThat(outcome.code()).as(outcome.all()).isZero();
        assertThat(migrations.resolve(up)).exists();
        if (down != null) {
            assertThat(migrations.resolve(down)).exists();
        }
    }

    @Test
    void timestampIsTakenWhenAskedFor() throws IOException {
        Wellhead.in(folder)
                .at(Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC))
                .run("migrate", "new", "b", "--timestamp");

        try (Stream<Path> files = Files.list(folder.resolve("migrations"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("20260102030405_b.sql", "20260102030405_b.down.sql");
        }
    }

    @Test
    void badWordsAndPlacesAreRefused() throws IOException {
        Files.writeString(folder.resolve("migrations"), "a file");

        assertThat(Wellhead.in(folder).run("migrate", "new", "--", "!!!").code())
                .isEqualTo(ExitCodes.USAGE);
        assertThat(Wellhead.in(folder).run("migrate", "new", "x").err()).contains("is no folder");
        assertThat(Wellhead.in(folder).run("migrate", "new").code()).isEqualTo(ExitCodes.USAGE);
    }
}

package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.cli.Wellhead.Outcome;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands below {@code migrate}, on either database. */
abstract class MigrateContract {
    @TempDir
    private Path folder;

    private TestDatabase database;
    private Wellhead wellhead;

    abstract TestDatabase create();

    @BeforeEach
    void open() throws IOException {
        database = create();
        Files.createDirectory(folder.resolve("migrations"));
        file("001_create_users.sql", "create table users (id integer primary key, name text);");
        file("001_create_users.down.sql", "drop table users;");
        wellhead = Wellhead.in(folder)
                .with("WELLHEAD_URL", database.url())
                .with("WELLHEAD_USER", database.user())
                .with("WELLHEAD_PASSWORD", database.password())
                // For other commands, in the same environment.
                .with("WELLHEAD_STORE", "store");
        database.execute("create table before_all (id integer)");
    }

    @AfterEach
    void close() {
        database.close();
    }

    final TestDatabase database() {
        return database;
    }

    final Wellhead wellhead() {
        return wellhead;
    }

    final void file(String name, String sql) throws IOException {
        Files.writeString(folder.resolve("migrations").resolve(name), sql + "\n");
    }

    @Test
    void planShowsStatementsAndChangesNothing() {
        Outcome text = wellhead.run("migrate", "plan");
        Outcome json = wellhead.run("migrate", "plan", "--json");

        assertThat(text.code()).isZero();
        assertThat(text.out())
                .startsWith("version  file")
                .contains("001      001_create_users.sql", "create table users");
        assertThat(Results.json(json)).containsEntry("pending", 1L);
        assertThat(wellhead.run("migrate", "plan", "--check").code()).isEqualTo(ExitCodes.FOUND);
        assertThat(wellhead.run("migrate", "status").out()).contains("pending");
    }

    @Test
    void upAppliesAndStatusShowsIt() {
        Outcome up = wellhead.run("migrate", "up");
        Outcome again = wellhead.run("migrate", "up", "--json");
        Outcome status = wellhead.run("migrate", "status", "--check");
        Map<String, Object> row = Results.list(Results.json(wellhead.run("migrate", "status", "--json")), "migrations")
                .get(0);

        assertThat(up.code()).as(up.all()).isZero();
        assertThat(up.out()).contains("001", "create users", "applied", "1 migration");
        assertThat(up.err()).isEmpty();
        assertThat(Results.object(Results.json(again), "report").get("steps")).isEqualTo(List.of());
        assertThat(status.code()).isZero();
        assertThat(row)
                .containsEntry("state", "APPLIED")
                .containsEntry("version", "001")
                .containsEntry("midway", null);
        assertThat(database.queryOne("select count(*) from users")).isEqualTo("0");
    }

    @Test
    void upStopsAtItsTarget() throws IOException {
        file("002_more.sql", "create table more (id integer);");

        assertThat(wellhead.run("migrate", "up", "--to", "001").code()).isZero();
        assertThat(wellhead.run("migrate", "status").out()).contains("1 pending, 1 applied");
        assertThat(wellhead.run("migrate", "status", "--check").code()).isEqualTo(ExitCodes.FOUND);
    }

    @Test
    void dryRunsChangeNothing() {
        Outcome up = wellhead.run("migrate", "up", "--dry-run");
        Results.json(wellhead.run("migrate", "up", "--dry-run", "--json"));

        assertThat(up.out()).contains("create table users");
        assertThat(wellhead.run("migrate", "status").out()).contains("1 pending");

        wellhead.run("migrate", "up");
        Outcome down = wellhead.run("migrate", "down", "--dry-run");
        Results.json(wellhead.run("migrate", "down", "--dry-run", "--json"));

        assertThat(down.code()).isZero();
        assertThat(down.out()).contains("001      create users");
        assertThat(wellhead.run("migrate", "status").out()).contains("1 applied");
    }

    @Test
    void downTakesBackByStepsAndByVersion() throws IOException {
        file("002_more.sql", "create table more (id integer);");
        file("002_more.down.sql", "drop table more;");
        wellhead.run("migrate", "up");

        Outcome one = wellhead.run("migrate", "down", "--json");
        assertThat(Results.list(Results.object(Results.json(one), "report"), "steps"))
                .singleElement()
                .satisfies(step -> assertThat(step).containsEntry("version", "002"));
        wellhead.run("migrate", "up");

        Outcome all = wellhead.run("migrate", "down", "--to", "0");
        assertThat(all.out()).contains("002", "001", "rolled back", "2 migrations");

        Outcome none = wellhead.run("migrate", "down");
        assertThat(none.code()).isEqualTo(ExitCodes.FAILED);
        assertThat(none.err()).contains("WH-MIG-009");

        Outcome both = wellhead.run("migrate", "down", "--steps", "1", "--to", "001");
        assertThat(both.code()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void dryRunOfDownSaysWhatWouldBeRefused() throws IOException {
        file("002_more.sql", "create table more (id integer);");
        wellhead.run("migrate", "up");

        Outcome outcome = wellhead.run("migrate", "down", "--dry-run");

        assertThat(outcome.code()).isEqualTo(ExitCodes.FOUND);
        assertThat(outcome.out()).contains("none: would be refused");
    }

    @Test
    void failedMigrationNamesFileAndLine() throws IOException {
        file("002_broken.sql", "create table good (id integer);\n\ninsert into missing values (1);");

        Outcome text = wellhead.run("migrate", "up");
        Outcome json = wellhead.run("migrate", "up", "--json");

        assertThat(text.code()).isEqualTo(ExitCodes.FAILED);
        assertThat(text.err())
                .contains("002_broken.sql", "line 3", "[WH-MIG-007]")
                .doesNotContain("at dev.wellhead");
        assertThat(text.out()).isEmpty();
        assertThat(Results.object(Results.json(json), "error"))
                .containsEntry("code", "WH-MIG-007")
                .containsEntry("exit", 1L);
        assertThat(wellhead.run("migrate", "status").out()).contains("1 pending, 1 applied");
    }

    @Test
    void malformedMigrationsAreRefusedBeforeAnythingRuns() throws IOException {
        file("002_broken.sql", "insert into users values (1, 'no end);");

        Outcome quote = wellhead.run("migrate", "up");
        assertThat(quote.code()).isEqualTo(ExitCodes.FAILED);
        assertThat(quote.err()).contains("002_broken.sql", "WH-MIG-002");
        assertThat(wellhead.run("migrate", "status").out()).contains("2 pending");

        file("2_almost.SQL", "select 1;");
        assertThat(wellhead.run("migrate", "status").err()).contains("2_almost.SQL", "WH-MIG-001");
    }

    @Test
    void missingFolderIsNamed() {
        Outcome outcome = wellhead.run("migrate", "up", "--migrations", "nowhere");

        assertThat(outcome.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(outcome.err()).contains(folder.resolve("nowhere").toString(), "--migrations", "[WH-CLI-004]");
    }

    @Test
    void verifyFindsChangedFilesAndRepairTakesThem() throws IOException {
        wellhead.run("migrate", "up");
        assertThat(wellhead.run("migrate", "verify").out()).contains("files and history agree");
        file("001_create_users.sql", "create table users (id integer primary key, name text not null);");

        Outcome verify = wellhead.run("migrate", "verify");
        Outcome up = wellhead.run("migrate", "up");
        Outcome would = wellhead.run("migrate", "repair", "--dry-run");
        Results.json(wellhead.run("migrate", "verify", "--json"));
        Results.json(wellhead.run("migrate", "repair", "--dry-run", "--json"));

        assertThat(verify.code()).isEqualTo(ExitCodes.FOUND);
        assertThat(verify.out()).contains("changed", "yes", "001_create_users.sql");
        assertThat(up.err()).contains("WH-MIG-004").doesNotContain("()");
        assertThat(would.out()).contains("would be mended");
        assertThat(wellhead.run("migrate", "verify").code()).isEqualTo(ExitCodes.FOUND);
        assertThat(wellhead.run("migrate", "repair").code()).isZero();
        assertThat(wellhead.run("migrate", "verify").code()).isZero();
    }

    @Test
    void verifyTriesRollbacks() throws IOException {
        file("002_bad.sql", "create table more (id integer);");
        file("002_bad.down.sql", "drop table missing;");

        Outcome outcome = wellhead.run("migrate", "verify", "--rollbacks");
        Map<String, Object> json = Results.json(wellhead.run("migrate", "verify", "--rollbacks", "--json"));

        assertThat(outcome.code()).as(outcome.all()).isEqualTo(ExitCodes.FOUND);
        assertThat(outcome.out()).contains("reversible", "down failed", "002_bad.down.sql");
        assertThat(Results.object(json, "rollbacks")).containsEntry("reversible", false);
    }

    @Test
    void driftIsFoundAndStored() {
        wellhead.run("migrate", "up");
        assertThat(wellhead.run("migrate", "drift").code()).isZero();
        database.execute("alter table users add column note text");

        Outcome drift = wellhead.run("migrate", "drift");
        Results.json(wellhead.run("migrate", "drift", "--json"));
        Results.json(wellhead.run("migrate", "drift", "--accept", "--json"));

        assertThat(drift.code()).isEqualTo(ExitCodes.FOUND);
        assertThat(drift.out()).contains("note");
        assertThat(wellhead.run("migrate", "drift").code()).isZero();
    }

    @Test
    void driftWithoutAnythingStoredSaysWhatToType() {
        Outcome outcome = wellhead.run("migrate", "drift");

        assertThat(outcome.code()).isEqualTo(ExitCodes.FAILED);
        assertThat(outcome.err())
                .contains("WH-MIG-030", "wellhead migrate drift --accept")
                .doesNotContain("storeSnapshot");
    }

    @Test
    void historyIsMendedByHand() throws IOException {
        Outcome baseline = wellhead.run("migrate", "baseline", "001");
        assertThat(baseline.code()).as(baseline.all()).isZero();
        assertThat(wellhead.run("migrate", "status").out()).contains("1 applied");

        Results.json(wellhead.run("migrate", "mark", "001", "--pending", "--json"));
        assertThat(wellhead.run("migrate", "status").out()).contains("1 pending");
        assertThat(wellhead.run("migrate", "mark", "001", "--applied").out()).contains("counts as applied");

        Outcome neither = wellhead.run("migrate", "mark", "001");
        assertThat(neither.code()).isEqualTo(ExitCodes.USAGE);

        Outcome resume = wellhead.run("migrate", "resume", "001");
        assertThat(resume.code()).isEqualTo(ExitCodes.FAILED);
        assertThat(resume.err()).contains("WH-MIG-017");

        Outcome unknown = wellhead.run("migrate", "mark", "999", "--applied");
        assertThat(unknown.err()).contains("WH-MIG-010", "wellhead migrate status");

        Results.json(wellhead.run("migrate", "import", "flyway", "--json"));
        assertThat(wellhead.run("migrate", "import", "nonsense").code()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void placeholdersComeFromFlagsAndFile() throws IOException {
        file("002_more.sql", "create table ${table} (id integer);");
        Path settings = Files.writeString(folder.resolve("wellhead.properties"), "placeholder.table=from_file\n");
        Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString("rw-------"));

        assertThat(wellhead.run("migrate", "up", "--placeholder", "table=from_flag")
                        .code())
                .isZero();

        assertThat(database.queryOne("select count(*) from from_flag")).isEqualTo("0");
        assertThat(wellhead.run("migrate", "plan", "--placeholder", "secret_word=x")
                        .code())
                .isEqualTo(ExitCodes.USAGE);
    }
}

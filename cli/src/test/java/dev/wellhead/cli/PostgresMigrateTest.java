package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.cli.Wellhead.Outcome;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PostgresMigrateTest extends MigrateContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }

    @Test
    void statusSaysWhatToTypeAfterAFailureMidway() throws IOException {
        file("002_midway.sql", "create index concurrently users_name on users (name);\nselect no_such_function();");

        Outcome up = wellhead().run("migrate", "up");
        Outcome status = wellhead().run("migrate", "status");
        Map<String, Object> json = Results.json(wellhead().run("migrate", "status", "--json"));

        assertThat(up.code()).isEqualTo(ExitCodes.FAILED);
        assertThat(status.out())
                .contains("failed", "what to do:", "wellhead migrate up")
                .doesNotContain("migrate()");
        assertThat(Results.list(json, "migrations").get(1)).containsEntry("state", "FAILED");

        file("002_midway.sql", "create index concurrently users_name on users (name);\nselect 1;");
        assertThat(wellhead().run("migrate", "up").code()).isZero();
    }

    @Test
    void lintFindsWhatHurtsAndFailsAsAsked() throws IOException {
        wellhead().run("migrate", "up");
        file("002_index.sql", "create index users_name on users (name);");

        Outcome danger = wellhead().run("migrate", "lint");
        Map<String, Object> json = Results.json(wellhead().run("migrate", "lint", "--all", "--json"));

        assertThat(danger.code()).isEqualTo(ExitCodes.FOUND);
        assertThat(danger.out())
                .contains("danger", "create-index", "create index concurrently", "002_index.sql, line 1");
        assertThat(Results.list(Results.object(json, "lint"), "findings")).isNotEmpty();

        file("002_index.sql", "truncate users;");
        assertThat(wellhead().run("migrate", "lint").code()).isZero();
        assertThat(wellhead().run("migrate", "lint", "--fail-on", "warning").code())
                .isEqualTo(ExitCodes.FOUND);
    }

    @Test
    void historyOfAnotherToolIsTakenOver() {
        database()
                .execute(
                        "create table schema_migrations (version varchar(128) primary key)",
                        "insert into schema_migrations values ('001')",
                        "create table users (id integer primary key, name text)");

        Outcome refused = wellhead().run("migrate", "up");
        Outcome imported = wellhead().run("migrate", "import", "dbmate");

        assertThat(refused.err())
                .contains("WH-MIG-005", "wellhead migrate import DBMATE", "--history-table")
                .doesNotContain("(...)");
        assertThat(imported.code()).as(imported.all()).isZero();
        assertThat(imported.out()).contains("imported: 001");
        assertThat(wellhead().run("migrate", "status").out()).contains("1 applied");
    }
}

package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.cli.Wellhead.Outcome;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SqliteMigrateTest extends MigrateContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }

    @Test
    void onlyUpMakesAFileThatIsNotThere() {
        Path file = Path.of(database().name()).resolveSibling("fresh.db");
        Wellhead fresh = wellhead().with("WELLHEAD_URL", "sqlite:" + file);

        Outcome plan = fresh.run("migrate", "plan");
        assertThat(plan.code()).isZero();
        assertThat(plan.out()).contains("create table users");
        assertThat(plan.err()).contains("there is no file " + file);
        assertThat(fresh.run("migrate", "status").out()).contains("1 pending");
        Outcome down = fresh.run("migrate", "down");
        assertThat(down.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(down.err()).contains(file.toString(), "WH-CLI-004");
        assertThat(file).doesNotExist();

        assertThat(fresh.run("migrate", "up").code()).isZero();
        assertThat(Files.exists(file)).isTrue();
    }

    @Test
    void folderOfANewFileMustBeThere() {
        Outcome outcome = wellhead().with("WELLHEAD_URL", "sqlite:none/app.db").run("migrate", "up");

        assertThat(outcome.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(outcome.err()).contains("there is no folder");
    }

    @Test
    void lintLooksAtSqliteToo() throws Exception {
        file("002_more.sql", "alter table users add column email text not null;");

        assertThat(wellhead().run("migrate", "lint", "--all").out()).contains("sqlite-add-column");
    }
}

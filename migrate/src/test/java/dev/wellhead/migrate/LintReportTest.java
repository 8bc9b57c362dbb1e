package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.migrate.LintReport.Finding;
import dev.wellhead.migrate.LintReport.Severity;
import dev.wellhead.testkit.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LintReportTest {
    private static final Migration TABLE =
            Migration.of("1", "table", "create table t (id bigint primary key, a int);\ncreate index t_a on t (a);");
    private static final Migration INDEX = Migration.of("2", "index", "select 1;\n\ncreate index t_id on t (id, a);");
    private static final Migration DROP =
            Migration.of("3", "drop", "-- wellhead:allow drop-index nothing uses it\ndrop index t_a;");

    private final TestDatabase database = TestDatabase.postgres();

    @AfterEach
    void drop() {
        database.close();
    }

    private Migrator migrator(Migration... migrations) {
        return Migrator.builder(database.dataSource())
                .source(MigrationSource.of(migrations))
                .build();
    }

    @Test
    void onlyWhatIsPendingIsLookedAtAndNewTablesAreExempt() {
        assertThat(migrator(TABLE, INDEX).lint().isEmpty()).isTrue();
        migrator(TABLE).migrate();

        LintReport report = migrator(TABLE, INDEX, DROP).lint();

        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.rule()).isEqualTo("create-index");
            assertThat(finding.severity()).isEqualTo(Severity.DANGER);
            assertThat(finding.version()).isEqualTo("2");
            assertThat(finding.file()).isEqualTo("version 2");
            assertThat(finding.line()).isEqualTo(3);
            assertThat(finding.locks()).containsExactly(new LintReport.Lock("t", "SHARE", "all writes"));
            assertThat(finding.recipe()).startsWith("create index concurrently t_id on t (id, a);");
        });
        // Which table the index is on was said by a migration that is applied.
        assertThat(report.allowed()).singleElement().satisfies(finding -> {
            assertThat(finding.allowed()).isEqualTo("nothing uses it");
            assertThat(finding.locks().get(0).table()).isEqualTo("t");
        });
        assertThat(migrator(TABLE, INDEX).status()).hasSize(2);
    }

    @Test
    void migrationThatStoppedMidwayIsPending() {
        migrator(TABLE).migrate();
        Migration midway = Migration.of("2", "midway", "vacuum t;\ncreate index t_id on t (id, a);\nselect 1 / 0;");
        MigratorFixture.refusal("WH-MIG-007", () -> migrator(TABLE, midway).migrate());

        assertThat(migrator(TABLE, midway).lint().findings())
                .extracting(Finding::rule)
                .containsExactly("create-index");
    }

    @Test
    void allMigrationsAreLookedAtEachOnItsOwn() {
        LintReport report = migrator(TABLE, INDEX, DROP).lintAll();

        assertThat(report.findings()).extracting(Finding::rule).containsExactly("create-index");
        assertThat(report.findings(Severity.DANGER)).hasSize(1);
        assertThat(report.allowed()).hasSize(1);
    }

    @Test
    void waitingForLocksWithoutEndIsFoundWhereTheMigratorDoes() {
        migrator(TABLE).migrate();
        Migration add = Migration.of("2", "add", "alter table t add column b int");

        LintReport report = Migrator.builder(database.dataSource())
                .source(MigrationSource.of(TABLE, add))
                .withoutLockTimeout()
                .build()
                .lint();

        assertThat(report.findings()).extracting(Finding::rule).containsExactly("no-lock-timeout");
        assertThat(migrator(TABLE, add).lint().isEmpty()).isTrue();
    }

    @Test
    void reportPrintsAsATableWithRecipesAndAsJson() {
        LintReport report = migrator(TABLE, INDEX, DROP).lintAll();

        assertThat(report.toString())
                .startsWith("severity  rule          file       line  locks    why\n")
                .contains("DANGER    create-index  version 2  3     t SHARE  builds an index on t while")
                .contains("\n\nversion 2, line 3, create-index, safe:\n  create index concurrently t_id on t (id, a);");
        assertThat(report.toJson())
                .startsWith("{\"findings\":[{\"rule\":\"create-index\",\"severity\":\"DANGER\",\"version\":\"2\"")
                .contains("\"locks\":[{\"table\":\"t\",\"mode\":\"SHARE\",\"blocks\":\"all writes\"}]")
                .contains("\"allowed\":\"nothing uses it\"");
        assertThat(migrator(TABLE, DROP).lintAll()).hasToString("nothing found, 1 allowed");
    }

    @Test
    void scriptThatCannotBeSplitIsNamed() {
        Migration open = Migration.of("1", "open", "select 1;\nselect 'x");

        assertThat(MigratorFixture.refusal("WH-MIG-002", () -> migrator(open).lint()))
                .hasMessageContainingAll("version 1", "line 2");
    }
}

package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.CatalogObject;
import dev.wellhead.migrate.RollbackReport.Step;
import dev.wellhead.migrate.RollbackReport.Verdict;
import dev.wellhead.migrate.SchemaSnapshot.Change;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a trial of rollbacks finds, on any database. */
abstract class RollbackContract {
    final TestDatabase database = create();
    final List<Migration> migrations = new ArrayList<>();

    abstract TestDatabase create();

    @AfterEach
    void drop() {
        database.close();
    }

    Migrator migrator() {
        return Migrator.builder(DirectDataSource.of(database.url(), database.user(), database.password()))
                .source(MigrationSource.of(migrations.toArray(new Migration[0])))
                .build();
    }

    void add(String up, String down) {
        String version = String.valueOf(migrations.size() + 1);
        migrations.add(Migration.of(version, "m" + version, up, down));
    }

    Step only(RollbackReport report) {
        return report.steps().get(report.steps().size() - 1);
    }

    SortedSet<CatalogObject> objects() throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return Catalog.of(connection).objects();
        }
    }

    @Test
    void whatIsTakenBackWholeIsReversible() throws SQLException {
        add("create table t (a int primary key, b int)", "drop table t");
        add("create index i on t (a); create view v as select a from t", "drop view v; drop index i");
        add("alter table t add column c int default 3", "alter table t drop column c");
        SortedSet<CatalogObject> before = objects();

        RollbackReport report = migrator().verifyRollbacks();

        assertThat(report.steps()).extracting(Step::verdict).containsOnly(Verdict.REVERSIBLE);
        assertThat(report.isReversible()).isTrue();
        assertThat(report.problems()).isEmpty();
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void badOneDoesNotKeepTheOthersFromBeingTried() {
        add("create table t (a int)", "drop table t");
        add("create index i on t (a)", "select 1");
        add("create table u (a int)", "drop table nowhere");
        add("create table w (a int)", "drop table w");

        RollbackReport report = migrator().verifyRollbacks();

        assertThat(report.steps())
                .extracting(Step::verdict)
                .containsExactly(Verdict.REVERSIBLE, Verdict.DIFFERENT, Verdict.DOWN_FAILED, Verdict.REVERSIBLE);
        assertThat(report.problems()).extracting(Step::version).containsExactly("2", "3");
    }

    @Test
    void missingAndEmptyDownsAreIrreversible() {
        migrations.add(Migration.of("1", "none", "create table t (a int)"));
        add("create table u (a int)", "");
        add("create table v (a int)", "-- nothing to do here\n/* really */ ;");

        RollbackReport report = migrator().verifyRollbacks();

        assertThat(report.steps()).extracting(Step::verdict).containsOnly(Verdict.IRREVERSIBLE);
        assertThat(report.isReversible()).isFalse();
        assertThat(report.problems()).isEmpty();
    }

    @Test
    void failingDownNamesFileLineAndStatement() {
        add("create table t (a int)", "drop table t;\n\ndrop table\n  nowhere");

        Step step = only(migrator().verifyRollbacks());

        assertThat(step.verdict()).isEqualTo(Verdict.DOWN_FAILED);
        assertThat(step.failure()).isNotNull();
        assertThat(step.failure().file()).isEqualTo("version 1 (down)");
        assertThat(step.failure().line()).isEqualTo(3);
        assertThat(step.failure().statement()).isEqualTo("drop table nowhere");
        assertThat(step.failure().message()).contains("nowhere");
    }

    @Test
    void forgottenIndexIsNamedAndTheSecondUpFailsBecauseOfIt() {
        add("create table t (a int)", "drop table t");
        add("create table u (a int); create index i on t (a)", "drop table u");

        Step step = only(migrator().verifyRollbacks());

        assertThat(step.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(step.differences()).singleElement().satisfies(difference -> {
            assertThat(difference.change()).isEqualTo(Change.ADDED);
            assertThat(difference.kind()).isEqualTo("index");
            assertThat(difference.name()).endsWith(".t.i");
        });
        assertThat(step.failure()).isNotNull();
        assertThat(step.failure().file()).isEqualTo("version 2");
    }

    @Test
    void orderOfColumnsIsToldFromContent() {
        add("create table t (a int, b int, c int)", "drop table t");
        add("alter table t drop column b", "alter table t add column b int");

        Step step = only(migrator().verifyRollbacks());

        assertThat(step.verdict()).isEqualTo(Verdict.COLUMN_ORDER);
        assertThat(step.differences()).singleElement().satisfies(difference -> {
            assertThat(difference.before()).isEqualTo("a, b, c");
            assertThat(difference.after()).isEqualTo("a, c, b");
        });
    }

    @Test
    void rowsThatAreNotBroughtBackAreTold() {
        add("create table t (a int); insert into t values (1), (2)", "drop table t");
        add("delete from t where a = 2", "select 1");
        add("insert into t values (5)", "delete from t where a = 5");

        RollbackReport report = migrator().verifyRollbacks();

        assertThat(report.steps())
                .extracting(Step::verdict)
                .containsExactly(Verdict.REVERSIBLE, Verdict.ROWS_DIFFER, Verdict.REVERSIBLE);
        assertThat(report.steps().get(1).differences().get(0).before()).startsWith("2 rows");
    }

    @Test
    void firstUpThatFailsEndsTheTrial() {
        add("create table t (a int)", "drop table t");
        add("create table u (a int);\nselect * from nowhere", "drop table u");
        add("create table v (a int)", "drop table v");

        RollbackReport report = migrator().verifyRollbacks();

        assertThat(report.steps())
                .extracting(Step::verdict)
                .containsExactly(Verdict.REVERSIBLE, Verdict.UP_FAILED, Verdict.NOT_REACHED);
        assertThat(report.steps().get(1).failure()).isNotNull();
        assertThat(report.steps().get(1).failure().line()).isEqualTo(2);
    }

    @Test
    void downThatCannotBeSplitIsAFailedOne() {
        add("create table t (a int)", "drop table t;\nselect 'open");

        Step step = only(migrator().verifyRollbacks());

        assertThat(step.verdict()).isEqualTo(Verdict.DOWN_FAILED);
        assertThat(step.failure()).isNotNull();
        assertThat(step.failure().line()).isEqualTo(2);
    }

    @Test
    void secondUpThatMakesSomethingElseIsFound() {
        add("create table t (a int); create table log (n int)", "drop table t; drop table log");
        add("create table if not exists u (a int)", "drop table u; create table extra (a int); drop table extra");
        add("create table w (a int); insert into log values (1)", "drop table w");

        RollbackReport report = migrator().verifyRollbacks();

        assertThat(report.steps())
                .extracting(Step::verdict)
                .containsExactly(Verdict.REVERSIBLE, Verdict.REVERSIBLE, Verdict.ROWS_DIFFER);
    }

    @Test
    void reportPrintsAsATableAndAsJson() {
        add("create table t (a int)", "drop table t");
        add("create index i on t (a)", "-- none");
        add("create table u (a int)", "drop table nowhere");

        RollbackReport report = migrator().verifyRollbacks();

        assertThat(report.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .hasSize(4)
                .anyMatch(line -> line.startsWith("1 version 1 (down) REVERSIBLE"))
                .anyMatch(line -> line.startsWith("2 version 2 (down) IRREVERSIBLE"))
                .anyMatch(line -> line.contains("DOWN_FAILED version 3 (down), line 1: drop table nowhere: "));
        assertThat(report.toJson())
                .startsWith("{\"reversible\":false,\"steps\":[{\"version\":\"1\",\"description\":\"m1\"")
                .contains("\"verdict\":\"DOWN_FAILED\"", "\"line\":1", "\"failure\":null");
    }
}

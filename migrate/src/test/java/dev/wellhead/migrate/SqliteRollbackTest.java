package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.migrate.RollbackReport.Step;
import dev.wellhead.migrate.RollbackReport.Verdict;
import dev.wellhead.testkit.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqliteRollbackTest extends RollbackContract {
    @Override
    TestDatabase create() {
        return TestDatabase.sqlite();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            alter table t add column d int default 4  | alter table t drop column d; alter table t drop column c   | column
            create trigger g after insert on t begin select 1; end | select 1                                      | trigger
            drop view v                               | create view v as select b from t                           | view
            create index j on t (b)                   | drop index i                                               | index
            alter table t rename column b to x        | alter table t rename column x to y                         | column
            """)
    void plantedFaultIsFound(String up, String down, String kind) {
        add(
                "create table t (a int, b text default 'x', c int); create index i on t (a);"
                        + " create view v as select a from t",
                "drop view v; drop table t");
        add(up, down);

        Step step = only(migrator().verifyRollbacks());

        assertThat(step.verdict()).as(step.toString()).isEqualTo(Verdict.DIFFERENT);
        assertThat(step.differences()).anyMatch(difference -> difference.kind().equals(kind));
    }

    @Test
    void whatAlterTableLeavesOfBlanksAndQuotesIsNoDifference() {
        add("create table t (a int /* the a */, b text)", "drop table t");
        add(
                "alter table t add column c int; alter table t rename to u",
                "alter table u rename to t; alter table t drop c");

        assertThat(only(migrator().verifyRollbacks()).verdict()).isEqualTo(Verdict.REVERSIBLE);
    }

    @Test
    void scriptsThatChangeTheConnectionAreTriedOnACopy() {
        add("create table t (a int)", "drop table t");
        add("pragma foreign_keys = off; create index i on t (a);", "drop index i");
        add("vacuum; create table u (a int)", "select 1");

        RollbackReport report = migrator().verifyRollbacks();

        assertThat(report.steps())
                .extracting(Step::verdict)
                .containsExactly(Verdict.REVERSIBLE, Verdict.REVERSIBLE, Verdict.DIFFERENT);
    }

    @Test
    void otherFilesAreNotReached() {
        add("attach 'other.db' as other; create table t (a int)", "drop table t");

        Step step = only(migrator().verifyRollbacks());

        assertThat(step.verdict()).isEqualTo(Verdict.NOT_TRIED);
    }
}

package dev.wellhead.migrate.internal.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.internal.lint.LintExamples.Example;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LintRulesTest {
    // Recipes that are SQL from beginning to end, and end where the statement did.
    private static final Set<Hazard> WHOLE_RECIPES = EnumSet.of(
            Hazard.CREATE_INDEX,
            Hazard.DROP_INDEX,
            Hazard.REINDEX,
            Hazard.SET_NOT_NULL,
            Hazard.ADD_FOREIGN_KEY,
            Hazard.ADD_CHECK,
            Hazard.ADD_UNIQUE,
            Hazard.ADD_PRIMARY_KEY,
            Hazard.REFRESH_MATERIALIZED_VIEW);

    static Stream<Example> examples() {
        return Stream.concat(LintExamples.TRANSACTIONAL.stream(), LintExamples.ALONE.stream());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleIsFoundForWhatItIs(Example example) {
        List<Problem> problems = Lint.postgres(LintExamples.MADE, example.statement() + ";");

        if (example.hazard() == null) {
            assertThat(Lint.hazards(problems)).isEmpty();
        } else {
            assertThat(Lint.hazards(problems)).contains(example.hazard());
            assertThat(problems).allSatisfy(problem -> {
                assertThat(problem.why()).isNotBlank();
                assertThat(problem.recipe()).isNotBlank();
                assertThat(problem.line()).isEqualTo(1);
            });
        }
    }

    @Test
    void recipesRunAndAreFoundSafeThemselves() {
        List<Hazard> tried = new ArrayList<>();
        for (Example example : LintExamples.TRANSACTIONAL) {
            for (Problem problem : Lint.postgres(LintExamples.MADE, example.statement())) {
                boolean whole = WHOLE_RECIPES.contains(problem.hazard())
                        && !problem.recipe().contains("...")
                        && !problem.recipe().contains("as add-");
                if (!whole || example.statement().contains("add column")) {
                    continue;
                }
                String[] migrations = problem.recipe().split("-- in a (later )?migration( of its own)?");
                List<Hazard> found = Lint.hazards(Lint.postgres(LintExamples.MADE, migrations));
                assertThat(found).as(problem.recipe()).isEmpty();
                try (TestDatabase database = TestDatabase.postgres()) {
                    database.execute(LintExamples.MADE);
                    for (String statement :
                            problem.recipe().replaceAll("--[^\\n]*", "").split(";")) {
                        if (!statement.isBlank()) {
                            database.execute(statement);
                        }
                    }
                }
                tried.add(problem.hazard());
            }
        }
        assertThat(tried).containsAll(WHOLE_RECIPES);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void tablesThatTheRunMakesAreNobodysYet(Example example) {
        // Advice on types is meant for new tables, and these are about what is in use anyhow.
        Set<Hazard> always = EnumSet.of(
                Hazard.JSON_COLUMN,
                Hazard.CHAR_COLUMN,
                Hazard.TIMESTAMP_COLUMN,
                Hazard.SERIAL_COLUMN,
                Hazard.INT_PRIMARY_KEY,
                Hazard.DROP_SCHEMA,
                Hazard.RENAME_SCHEMA,
                Hazard.RENAME_ENUM_VALUE,
                Hazard.VACUUM_FULL,
                Hazard.DROP_CASCADE);

        List<Problem> problems = Lint.postgres("select 1", LintExamples.MADE, example.statement());

        assertThat(Lint.hazards(problems).stream()
                        .filter(hazard -> !always.contains(hazard) && hazard != Hazard.VALIDATE_IN_SAME_TRANSACTION))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create index concurrently i on t (b)",
                "alter table t add constraint k unique using index i",
                "alter table t add column x varchar(10) default lower('X')",
                "alter table t add column x int default null",
                "alter table u add column x jsonb not null default '{}'::jsonb",
                "create table z (a timestamp(3) with time zone, b timestamptz, c varchar(3))",
                "create table if not exists z as select 1 as a; create index on z (a); drop table z",
                "create temp table z (id bigint); truncate z; update z set id = 2; delete from z",
                "alter type mood add value 'fine'",
                "create function g() returns int language sql as $$ delete from t; update t set a = 1; select 1 $$",
                "insert into t (id, d) values (1, 2) on conflict (id) do update set a = 3",
                "select 'drop table t' /* ; drop table t */ -- drop table t",
                "comment on table t is 'x'; grant select on t to public; drop function f",
                "refresh materialized view concurrently mv",
                "update t set a = (select max(id) from p where id = 3) where id > 4",
            })
    void harmlessStatementsAreLeftAlone(String sql) {
        assertThat(Lint.hazards(Lint.postgres(LintExamples.MADE, sql))).isEmpty();
    }

    @Test
    void notNullIsFreeOnceACheckedConstraintSaysSo() {
        String open = "alter table t add constraint t_a_nn check (a is not null) not valid";

        assertThat(Lint.hazards(Lint.postgres(
                        LintExamples.MADE,
                        open,
                        "alter table t validate constraint t_a_nn",
                        "alter table t alter column a set not null")))
                .isEmpty();
        assertThat(Lint.hazards(Lint.postgres(LintExamples.MADE, open, "alter table t alter column a set not null")))
                .containsExactly(Hazard.SET_NOT_NULL);
    }

    @Test
    void partitionWithACheckedConstraintIsAttachedAtOnce() {
        assertThat(Lint.hazards(Lint.postgres(
                        LintExamples.MADE,
                        "alter table m2 add constraint m2_k check (k >= 10 and k < 20) not valid",
                        "alter table m2 validate constraint m2_k",
                        "alter table m attach partition m2 for values from (10) to (20)")))
                .isEmpty();
    }

    @Test
    void validatingInTheSameTransactionGainsNothing() {
        String add = "alter table t add constraint k check (a > 0) not valid;";
        String validate = "alter table t validate constraint k;";

        assertThat(Lint.hazards(Lint.postgres(LintExamples.MADE, add + validate)))
                .containsExactly(Hazard.VALIDATE_IN_SAME_TRANSACTION);
        assertThat(Lint.hazards(Lint.postgres(LintExamples.MADE, add, validate)))
                .isEmpty();
    }

    @Test
    void locksOnSeveralTablesAndRowsBehindThemAreFound() {
        assertThat(Lint.hazards(Lint.postgres(
                        LintExamples.MADE,
                        "alter table t add x int; alter table u add x int; alter table w add x int;")))
                .containsExactly(Hazard.SEVERAL_EXCLUSIVE_LOCKS);
        assertThat(Lint.hazards(
                        Lint.postgres(LintExamples.MADE, "alter table t add x int; update t set x = 1 where id > 0;")))
                .containsExactly(Hazard.ROWS_BEHIND_LOCK);
        assertThat(Lint.hazards(Lint.postgres(
                        LintExamples.MADE, "alter table t add x int;", "update t set x = 1 where id > 0;")))
                .isEmpty();
    }

    @Test
    void lockThatIsWaitedForWithoutEndIsFound() {
        String add = "alter table t add x int";

        assertThat(Lint.hazards(Lint.lint(Dialect.POSTGRESQL, false, LintExamples.MADE, add)))
                .containsExactly(Hazard.NO_LOCK_TIMEOUT);
        assertThat(Lint.hazards(Lint.lint(
                        Dialect.POSTGRESQL, false, LintExamples.MADE, "set local lock_timeout = '2s';" + add)))
                .isEmpty();
        assertThat(Lint.hazards(Lint.postgres(LintExamples.MADE, "set lock_timeout to 0;" + add)))
                .containsExactly(Hazard.NO_LOCK_TIMEOUT);
    }

    @Test
    void concurrentlyInsideATransactionOfTheScriptIsFound() {
        assertThat(Lint.hazards(
                        Lint.postgres(LintExamples.MADE, "begin; create index concurrently i on t (b); commit;")))
                .containsExactly(Hazard.CONCURRENTLY_IN_TRANSACTION);
        assertThat(Lint.hazards(
                        Lint.postgres(LintExamples.MADE, "begin; commit; create index concurrently i on t (b);")))
                .isEmpty();
    }

    @Test
    void tableThatAnotherReplacesIsNotLost() {
        assertThat(Lint.hazards(Lint.postgres(
                        LintExamples.MADE,
                        "create table w2 (a bigint); insert into w2 select * from w where a > 0; drop table w;"
                                + " alter table w2 rename to w")))
                .isEmpty();
    }

    @Test
    void linesAndNamesAreThoseOfTheScript() {
        List<Problem> problems =
                Lint.postgres("create table app.\"My T\" (a int)", "select 1;\n\ncreate index\n  on app.\"My T\" (a);");

        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(3);
            assertThat(problem.file()).isEqualTo("1.sql");
            assertThat(problem.locks()).containsExactly(new TableLock("app.\"My T\"", LockMode.SHARE));
            assertThat(problem.recipe()).startsWith("create index concurrently on app.\"My T\" (a);");
        });
    }

    @Test
    void commentWithAReasonAllowsItsStatementOnly() {
        String index = "create index on t (b);\n";
        for (String allowed : new String[] {
            "-- wellhead:allow create-index ten rows\n" + index,
            "create index -- wellhead:allow create-index ten rows\n on t (b);",
            "select 1;\ncreate index on t (b); -- wellhead:allow create-index ten rows",
        }) {
            List<Problem> problems = Lint.postgres(LintExamples.MADE, allowed);
            assertThat(problems)
                    .as(allowed)
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.allowed()).isEqualTo("ten rows"));
        }
        assertThat(Lint.hazards(
                        Lint.postgres(LintExamples.MADE, "-- wellhead:allow create-index ten rows\n" + index + index)))
                .containsExactly(Hazard.CREATE_INDEX);
    }

    @Test
    void commentThatAllowsNothingIsFound() {
        assertThat(Lint.hazards(
                        Lint.postgres(LintExamples.MADE, "-- wellhead:allow create-index\ncreate index on t (b)")))
                .containsExactly(Hazard.CREATE_INDEX, Hazard.ALLOW_WITHOUT_REASON);
        assertThat(Lint.hazards(Lint.postgres(LintExamples.MADE, "-- wellhead:allow all because\nselect 1")))
                .containsExactly(Hazard.ALLOW_UNKNOWN);
        assertThat(Lint.hazards(Lint.postgres(LintExamples.MADE, "-- wellhead:allow cluster because\nselect 1")))
                .containsExactly(Hazard.ALLOW_UNUSED);
    }

    @Test
    void whatSqliteRefusesOrDoesSilentlyIsFound() {
        String made = "create table t (id integer primary key, a int); create table k (t int references t)";
        for (String refused : new String[] {
            "alter table t add column x int not null",
            "alter table t add column x int unique",
            "alter table t add x text default current_timestamp",
            "alter table t add column x int default (1 + 1)",
            "alter table t add column x int references t default 1",
            "alter table t add column x as (a + 1) stored",
        }) {
            assertThat(Lint.hazards(Lint.sqlite(made, refused))).as(refused).containsExactly(Hazard.SQLITE_ADD_COLUMN);
            assertThat(isRefusedBySqlite(refused)).as(refused).isTrue();
        }
        assertThat(Lint.hazards(Lint.sqlite(made, "alter table t add column x int not null default 4")))
                .isEmpty();
        assertThat(Lint.hazards(Lint.sqlite(made, "alter table t drop column a; alter table t rename to u")))
                .containsExactly(Hazard.DROP_COLUMN, Hazard.RENAME_TABLE);
        assertThat(Lint.hazards(Lint.sqlite(made, "create index i on t (a); update t set a = 1; delete from k")))
                .containsExactly(Hazard.UPDATE_ALL, Hazard.DELETE_ALL);
    }

    private static boolean isRefusedBySqlite(String sql) {
        try (TestDatabase database = TestDatabase.sqlite();
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table t (id integer primary key, a int)");
            statement.execute("insert into t values (1, 1)");
            statement.execute("pragma foreign_keys = on");
            statement.execute(sql);
            return false;
        } catch (SQLException e) {
            return true;
        }
    }

    @Test
    void rebuildOfASqliteTableNeedsForeignKeysOff() {
        String made = "create table t (id integer primary key, a int)";
        String rebuild = "create table t2 (id integer primary key, a text); insert into t2 select * from t;"
                + " drop table t; alter table t2 rename to t;";

        assertThat(Lint.hazards(Lint.sqlite(made, rebuild))).containsExactly(Hazard.SQLITE_REBUILD);
        assertThat(Lint.hazards(
                        Lint.sqlite(made, "pragma foreign_keys = off;" + rebuild + "pragma foreign_keys = on;")))
                .isEmpty();
        assertThat(Lint.hazards(Lint.sqlite(made, "select 1; pragma foreign_keys = off;" + rebuild)))
                .containsExactly(Hazard.SQLITE_FOREIGN_KEYS, Hazard.SQLITE_REBUILD);
    }

    @Test
    void everyRuleHasItsLineInTheDocumentation() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/migrate.md"))) {
            folder = folder.getParent();
        }
        String text = Files.readString(folder.resolve("docs/migrate.md"));

        assertThat(Arrays.stream(Hazard.values()).map(hazard -> "| `" + hazard.id() + "` |"))
                .allSatisfy(row -> assertThat(text).contains(row));
    }
}

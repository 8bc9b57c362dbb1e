package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.migrate.RollbackReport.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What placeholders do on any database. */
abstract class PlaceholdersContract extends MigratorFixture {
    private static final String SECRET = "hunter2_of_the_app";
    private static final Map<String, String> VALUES = Map.of("table", "people", "word", SECRET);
    private static final Migration PEOPLE = Migration.of(
            "1",
            "people",
            "-- ${nobody} is asked in comments\ncreate table ${table}_v1 (name text); /* ${nobody} */\n"
                    + "insert into \"${table}_v1\" values ('${word}');",
            "drop table ${table}_v1");

    @Test
    void placeholdersAreFilledInWordsNamesAndStringsButNotInComments() {
        with(PEOPLE).migrate();

        assertThat(database.queryOne("select name from people_v1")).isEqualTo(SECRET);
    }

    @Test
    void rollbackFillsThemToo() {
        with(PEOPLE).migrate();
        with(PEOPLE).rollback(1);

        assertThat(schema()).noneMatch(line -> line.contains("people"));
    }

    @Test
    void withoutPlaceholdersStatementsAreSentAsTheyStand() {
        migrator(Migration.of("1", "as it stands", "create table t (x text); insert into t values ('${word} {{x}}');"))
                .migrate();

        assertThat(database.queryOne("select x from t")).isEqualTo("${word} {{x}}");
    }

    @Test
    void unknownPlaceholderIsRefusedWithLineAndColumnBeforeAnythingRuns() {
        Migration unknown = Migration.of("2", "unknown", "select 1;\r\n\n  select 2,\n    '${ord}' as x;");

        for (Runnable call : List.<Runnable>of(
                () -> with(PEOPLE, unknown).migrate(),
                () -> with(PEOPLE, unknown).plan(),
                () -> with(PEOPLE, unknown).lint())) {
            assertThat(refusal("WH-MIG-018", call::run))
                    .hasMessageContainingAll("version 2, line 4, column 6:", "placeholder 'ord' was not given");
        }
        assertThat(schema()).isEqualTo(empty);
    }

    @Test
    void columnOfTheFirstLineCountsFromItsStart() {
        Migration unknown = Migration.of("2", "unknown", "\uFEFFselect 1; select ${ord};");

        assertThat(refusal("WH-MIG-018", () -> with(unknown).migrate())).hasMessageContaining("line 1, column 18:");
    }

    @Test
    void misspeltPlaceholderIsRefused() {
        Migration open = Migration.of("2", "open", "select '${word';");

        assertThat(refusal("WH-MIG-018", () -> with(open).migrate())).hasMessageContaining("line 1, column 9:");
    }

    @Test
    void valueThatWouldEndTheStringAroundItIsRefusedAndNotShown() {
        Migration quoted = Migration.of("2", "quoted", "select '${word}';");
        String injection = "x'); drop table users; --";

        MigrationException refusal = refusal(
                "WH-MIG-018",
                () -> builder(quoted)
                        .placeholders(Map.of("word", injection))
                        .build()
                        .migrate());

        assertThat(refusal).hasMessageContaining("value of placeholder 'word' has ' ");
        assertThat(everything(refusal)).doesNotContain(injection);
    }

    @Test
    void valueThatWouldMakeTwoStatementsOfOneIsRefusedAndNotShown() {
        Migration plain = Migration.of("2", "plain", "select ${word}");

        MigrationException refusal = refusal(
                "WH-MIG-018",
                () -> builder(plain)
                        .placeholders(Map.of("word", "1; select \\secret"))
                        .build()
                        .migrate());

        assertThat(refusal).hasMessageContaining("no longer one statement");
        assertThat(everything(refusal)).doesNotContain("secret");
    }

    @Test
    void anotherValueDoesNotMakeAMigrationAChangedOne() {
        with(PEOPLE).migrate();

        Migrator other =
                builder(PEOPLE).placeholders(Map.of("table", "x", "word", "y")).build();

        assertThat(other.validate().isValid()).isTrue();
        assertThat(other.migrate().isEmpty()).isTrue();
    }

    @Test
    void valuesAreInNoMessageNoCauseNoEventNoPlanAndNotInTheHistory() {
        Migration failing = Migration.of(
                "1", "failing", "create table t (x text); commit; insert into ${word}.t values ('${word}');");
        List<String> heard = new ArrayList<>();
        MigrationListener listener = new MigrationListener() {
            @Override
            public void onStatementStarted(StatementEvent statement) {
                heard.add(statement.sql());
            }
        };
        Migrator migrator =
                builder(failing).placeholders(VALUES).listener(listener).build();

        String plan = migrator.plan().toString() + migrator.lint();
        MigrationException failure = refusal("WH-MIG-007", migrator::migrate);
        String status = MigrationStatus.table(migrator.status());

        assertThat(failure).hasMessageContaining("${word}").hasMessageContaining("statement 3 of 3");
        assertThat(heard).anyMatch(sql -> sql.contains("${word}"));
        assertThat(plan).contains("${word}");
        assertThat(everything(failure) + heard + plan + status).doesNotContain(SECRET);
    }

    @Test
    void runThatFailedMidwayIsGoneOnWithAndWithAnotherValue() {
        Migration two =
                Migration.of("1", "two", "create table ${table} (x int); commit; insert into ${into} values (1);");
        refusal(
                "WH-MIG-007",
                () -> builder(two)
                        .placeholders(Map.of("table", "here", "into", "nowhere"))
                        .build()
                        .migrate());

        builder(two)
                .placeholders(Map.of("table", "here", "into", "here"))
                .build()
                .migrate();

        assertThat(database.queryOne("select count(*) from here")).isEqualTo("1");
    }

    @Test
    void otherSignsMayMarkThem() {
        builder(Migration.of(
                        "1", "mustache", "create table {{table}} (x text); insert into {{table}} values ('${x}');"))
                .placeholders(VALUES, "{{", "}}")
                .build()
                .migrate();

        assertThat(database.queryOne("select x from people")).isEqualTo("${x}");
    }

    @Test
    void trialsOfRollbacksFillThem() {
        Migrator trial = Migrator.builder(DirectDataSource.of(database.url(), database.user(), database.password()))
                .source(MigrationSource.of(PEOPLE))
                .placeholders(VALUES)
                .build();

        assertThat(trial.verifyRollbacks().steps())
                .extracting(RollbackReport.Step::verdict)
                .containsExactly(Verdict.REVERSIBLE);
    }

    private Migrator with(Migration... migrations) {
        return builder(migrations).placeholders(VALUES).build();
    }

    private static String everything(Throwable failure) {
        StringWriter all = new StringWriter();
        failure.printStackTrace(new PrintWriter(all));
        return all.toString();
    }
}

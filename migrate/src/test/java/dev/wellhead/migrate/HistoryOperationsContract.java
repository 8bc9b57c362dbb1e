package dev.wellhead.migrate;

import static dev.wellhead.migrate.MigratorFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.wellhead.migrate.MigrationStatus.State;
import dev.wellhead.migrate.RepairReport.Repair;
import dev.wellhead.testkit.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a person can do to a history, on any database. */
abstract class HistoryOperationsContract {
    private static final Migration ONE = Migration.of("1", "one", "create table a (id int)", "drop table a");
    private static final Migration TWO = Migration.of("2", "two", "create table b (id int)", "drop table b");
    private static final Migration THREE = Migration.of("3", "three", "create table c (id int)", "drop table c");

    private final TestDatabase database = create();

    abstract TestDatabase create();

    @AfterEach
    void drop() {
        database.close();
    }

    private Migrator migrator(Migration... migrations) {
        return Migrator.builder(database.dataSource())
                .source(MigrationSource.of(migrations))
                .build();
    }

    private String log() {
        return database.queryOne("select action || ' ' || version || ': ' || detail from schema_migrations_log"
                + " order by id desc limit 1");
    }

    @Test
    void markedMigrationsAreNotRun() {
        Migrator migrator = migrator(ONE, TWO);

        migrator.history().markApplied("1");

        assertThat(migrator.migrate().steps())
                .extracting(MigrationReport.Step::version)
                .containsExactly("2");
        assertThat(log()).isEqualTo("markApplied 1: was pending");
        assertThat(database.queryOne("select count(*) from schema_migrations_log where logged_by <> ''"))
                .isEqualTo("1");
        migrator.history().markApplied("1");
        assertThat(database.queryOne("select count(*) from schema_migrations_log"))
                .isEqualTo("1");
    }

    @Test
    void migrationMarkedPendingRunsAgain() {
        Migrator migrator = migrator(ONE, TWO);
        migrator.migrate();
        database.execute("drop table b");

        migrator.history().markPending("2");

        assertThat(log()).startsWith("markPending 2: was applied, sum ");
        assertThat(migrator.migrate().steps())
                .extracting(MigrationReport.Step::version)
                .containsExactly("2");
    }

    @Test
    void unknownVersionsAreRefused() {
        Migrator migrator = migrator(ONE);

        refusal("WH-MIG-010", () -> migrator.history().markApplied("7"));
        refusal("WH-MIG-010", () -> migrator.history().markPending("7"));
        refusal("WH-MIG-010", () -> migrator.history().baseline("7"));
        refusal("WH-MIG-010", () -> migrator.history().markApplied("x"));
        assertThat(refusal("WH-MIG-017", () -> migrator.history().resume("1")))
                .hasMessageContaining("did not end in its middle");
        refusal("WH-MIG-017", () -> migrator.history().resumeAfter("1"));
    }

    @Test
    void baselineRecordsWhatTheDatabaseHasAlready() {
        Migrator migrator = migrator(ONE, TWO, THREE);
        database.execute("create table a (id int)", "create table b (id int)");

        migrator.history().baseline("2");

        assertThat(migrator.migrate().steps())
                .extracting(MigrationReport.Step::version)
                .containsExactly("3");
        assertThat(migrator.validate().findings()).isEmpty();
        assertThat(refusal("WH-MIG-004", () -> migrator.history().baseline("3")))
                .hasMessageContaining("has 3 migrations already");
    }

    @Test
    void repairTakesTheSumsOfChangedFilesAndExplainsTheRest() {
        migrator(ONE, TWO).migrate();
        Migration changed = Migration.of("1", "one", "create table a (id int) -- mended", "drop table a -- too");
        Migrator migrator = migrator(changed, Migration.of("1.5", "late", "select 1"));

        RepairReport diagnosis = migrator.history().diagnose();

        assertThat(diagnosis.repairs())
                .extracting(Repair::version, Repair::automatic)
                .containsExactly(tuple("1", true), tuple("1", true), tuple("1.5", false), tuple("2", false));
        assertThat(diagnosis.toString()).contains("history().markPending(\"2\")", "history().markApplied(\"1.5\")");
        assertThat(migrator.status()).extracting(MigrationStatus::state).contains(State.CHANGED);

        assertThat(migrator.history().repair()).hasToString(diagnosis.toString());

        assertThat(migrator(changed, TWO).validate().findings()).isEmpty();
        assertThat(database.queryOne("select count(*) from schema_migrations_log where action = 'repair'"))
                .isEqualTo("2");
        assertThat(migrator(changed, TWO).history().repair()).hasToString("nothing to repair");
    }

    @Test
    void migrationInItsMiddleCanBeMarkedEitherWay() {
        String half = "create table a (id int); vacuum; insert into nowhere values (1)";
        Migration broken = Migration.of("1", "half", half, "drop table a");
        refusal("WH-MIG-007", () -> migrator(broken).migrate());
        assertThat(refusal("WH-MIG-017", () -> migrator(broken).history().resumeAfter("1")))
                .hasMessageContaining("no statement in doubt");

        migrator(broken).history().markApplied("1");

        assertThat(migrator(broken).status().get(0).state()).isEqualTo(State.APPLIED);
        assertThat(log()).isEqualTo("markApplied 1: was in its middle");
        migrator(broken).rollback(1);
        refusal("WH-MIG-007", () -> migrator(broken).migrate());
        database.execute("drop table a");
        migrator(broken).history().markPending("1");
        assertThat(migrator(ONE).migrate().steps()).hasSize(1);
    }

    @Test
    void resumeGoesOnBehindWhatIsCommitted() {
        refusal(
                "WH-MIG-007",
                () -> migrator(Migration.of("1", "half", "create table a (id int); vacuum; insert into b values (1)"))
                        .migrate());
        database.execute("create table b (id int)");

        MigrationReport report = migrator(
                        Migration.of("1", "half", "create table a (id int); vacuum; insert into b values (1)"), TWO)
                .history()
                .resume("1");

        assertThat(report.steps()).extracting(MigrationReport.Step::version).containsExactly("1");
        assertThat(database.queryOne("select count(*) from b")).isEqualTo("1");
    }
}

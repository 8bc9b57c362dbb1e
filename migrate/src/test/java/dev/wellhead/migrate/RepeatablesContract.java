package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.wellhead.migrate.MigrationStatus.State;
import dev.wellhead.migrate.RollbackReport.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Migrations that run behind all versions, whenever they have changed. */
abstract class RepeatablesContract extends MigratorFixture {
    private static final Migration GRADES = grades(1);

    /** A view that says which edition it is of. */
    private static Migration grades(int edition) {
        return Migration.repeatable(
                "grades",
                "drop view if exists grades;\ncreate view grades as select id, " + edition + " as edition from users;");
    }

    private static Migration counting(String name, int edition) {
        return Migration.repeatable(
                name,
                "create table if not exists runs (name text);\ninsert into runs values ('" + name + edition + "');");
    }

    private static List<String> versions(MigrationReport report) {
        return report.steps().stream().map(MigrationReport.Step::version).toList();
    }

    private List<State> states(Migration... migrations) {
        return migrator(migrations).status().stream()
                .map(MigrationStatus::state)
                .toList();
    }

    private String edition() {
        return database.queryOne("select edition from grades");
    }

    @Test
    void theyRunBehindAllVersionsInTheOrderOfTheirNames() {
        Migration[] all = {counting("b", 1), USERS, counting("a", 1), NAMES};

        assertThat(versions(migrator(all).migrate())).containsExactly("001", "010", "R__a", "R__b");
        assertThat(migrator(all).migrate().isEmpty()).isTrue();
        assertThat(migrator(all).status())
                .extracting(MigrationStatus::version, MigrationStatus::description, MigrationStatus::hasRollback)
                .endsWith(tuple("R__a", "a", false), tuple("R__b", "b", false));
    }

    @Test
    void onlyOneThatHasChangedRunsAgain() {
        migrator(USERS, counting("a", 1), GRADES).migrate();
        Migration[] changed = {USERS, counting("a", 1), grades(2)};

        assertThat(states(changed)).containsExactly(State.APPLIED, State.APPLIED, State.OUTDATED);
        assertThat(migrator(changed).validate().findings()).isEmpty();
        assertThat(migrator(changed).plan().steps())
                .extracting(MigrationPlan.Step::version)
                .containsExactly("R__grades");
        assertThat(versions(migrator(changed).migrate())).containsExactly("R__grades");

        assertThat(edition()).isEqualTo("2");
        assertThat(states(changed)).containsExactly(State.APPLIED, State.APPLIED, State.APPLIED);
        assertThat(migrator(changed).migrate().isEmpty()).isTrue();
        assertThat(database.queryOne("select count(*) from schema_migrations")).isEqualTo("3");
    }

    @Test
    void rollbackHasThemRunAgain() {
        Migration users = Migration.of(
                "1",
                "users",
                "create table users (id int); insert into users values (1)",
                "drop view grades; drop table users");
        migrator(users, GRADES).migrate();

        assertThat(versions(migrator(users, GRADES).rollback(1))).containsExactly("1");

        assertThat(states(users, GRADES)).containsExactly(State.PENDING, State.OUTDATED);
        assertThat(versions(migrator(users, GRADES).migrate())).containsExactly("1", "R__grades");
        assertThat(edition()).isEqualTo("1");
    }

    @Test
    void redoRepeatsWhatStandsOnTheVersion() {
        Migration users = Migration.of(
                "1",
                "users",
                "create table users (id int); insert into users values (1)",
                "drop view grades; drop table users");
        migrator(users, GRADES).migrate();

        assertThat(versions(migrator(users, GRADES).redo())).containsExactly("1", "1", "R__grades");
        assertThat(edition()).isEqualTo("1");
        assertThat(migrator(users, GRADES).migrate().isEmpty()).isTrue();
    }

    @Test
    void theyAreNoVersionsToStopAtOrTakeBack() {
        Migrator migrator = migrator(USERS, ORDERS, GRADES);

        assertThat(versions(migrator.migrate("1"))).containsExactly("001");
        refusal("WH-MIG-010", () -> migrator.migrate("R__grades"));
        refusal("WH-MIG-010", () -> migrator.rollbackTo("R__grades"));
        refusal("WH-MIG-010", () -> migrator.history().baseline("R__grades"));
        assertThat(versions(migrator.migrate())).containsExactly("002", "R__grades");
        assertThat(versions(migrator.rollbackTo("001"))).containsExactly("002");
        refusal("WH-MIG-009", () -> migrator.rollback(2));
    }

    @Test
    void oneThatIsGoneFromTheSourceStopsNobody() {
        migrator(USERS, GRADES).migrate();

        assertThat(versions(migrator(USERS, ORDERS).migrate())).containsExactly("002");
        assertThat(states(USERS, ORDERS)).containsExactly(State.APPLIED, State.APPLIED, State.MISSING);
        assertThat(migrator(USERS, ORDERS).validate().isValid()).isTrue();
    }

    @Test
    void lateVersionIsNoLaterThanThem() {
        migrator(USERS, GRADES).migrate();

        assertThat(versions(migrator(USERS, ORDERS, GRADES).migrate())).containsExactly("002");
    }

    @Test
    void failureLeavesTheEditionBefore() {
        migrator(USERS, GRADES).migrate();
        Migration broken = Migration.repeatable("grades", "drop view grades;\nselect * from nowhere");

        assertThat(refusal("WH-MIG-007", () -> migrator(USERS, broken).migrate()))
                .hasMessageContainingAll("R__grades", "statement 2 of 2");

        assertThat(edition()).isEqualTo("1");
        assertThat(states(USERS, broken)).containsExactly(State.APPLIED, State.OUTDATED);
        assertThat(migrator(USERS, GRADES).migrate().isEmpty()).isTrue();
    }

    @Test
    void historyCanBeToldThatOneIsDoneOrIsNot() {
        migrator(USERS, GRADES).migrate();

        migrator(USERS, grades(2)).history().markApplied("R__grades");

        assertThat(database.queryOne("select detail from schema_migrations_log where action = 'markApplied'"))
                .isEqualTo("was outdated");
        assertThat(migrator(USERS, grades(2)).migrate().isEmpty()).isTrue();
        assertThat(edition()).isEqualTo("1");

        migrator(USERS, grades(2)).history().markPending("R__grades");

        assertThat(versions(migrator(USERS, grades(2)).migrate())).containsExactly("R__grades");
        assertThat(edition()).isEqualTo("2");
    }

    @Test
    void repetitionWhoseLinkBreaksAtAnyCallIsCompletedByTheNextRun() {
        // The second one has several transactions.
        migrator(USERS, GRADES, parted(0)).migrate();
        int breaksAt = 0;
        boolean broken;
        do {
            int edition = ++breaksAt;
            BrokenLink link = new BrokenLink(breaksAt, breaksAt % 2 == 0);
            Migration[] changed = {USERS, grades(edition), parted(edition)};
            try {
                Migrator.builder(Interceptor.around(database.dataSource(), link))
                        .source(MigrationSource.of(changed))
                        .withoutSnapshots()
                        .build()
                        .migrate();
            } catch (MigrationException e) {
                assertThat(e.code()).as(e.getMessage()).isIn("WH-MIG-007", "WH-MIG-012", "WH-MIG-013");
            }
            broken = link.hasBroken();

            migrator(changed).migrate();

            assertThat(edition()).as("broken at call %d", breaksAt).isEqualTo("" + edition);
            assertThat(database.queryOne("select count(*) from marks where n = " + edition))
                    .as("broken at call %d", breaksAt)
                    .isEqualTo("2");
            assertThat(states(changed)).containsOnly(State.APPLIED);
        } while (broken);
        assertThat(breaksAt).isGreaterThan(25);
    }

    private static Migration parted(int edition) {
        return Migration.repeatable(
                "parted",
                "create table if not exists marks (n int);\ninsert into marks values (" + edition
                        + ");\nvacuum;\ninsert into marks values (" + edition + ");");
    }

    @Test
    void trialRunsThemTwice() {
        Migration stubborn = Migration.repeatable("stubborn", "create table once (id int)");
        Migration growing = Migration.repeatable(
                "growing", "create table if not exists grown (id int); alter table grown add column a int");
        Migration[] all = {USERS, growing, stubborn, GRADES};

        RollbackReport report = trying(all).verifyRollbacks();

        assertThat(report.steps())
                .extracting(RollbackReport.Step::version, RollbackReport.Step::verdict)
                .containsExactly(
                        tuple("001", Verdict.REVERSIBLE),
                        tuple("R__grades", Verdict.REPEATABLE),
                        tuple("R__growing", Verdict.UP_AGAIN_FAILED),
                        tuple("R__stubborn", Verdict.UP_AGAIN_FAILED));
        assertThat(report.isReversible()).isFalse();
        assertThat(trying(USERS, GRADES).verifyRollbacks().isReversible()).isTrue();
    }

    @Test
    void filesAreToldByTheirNamesBesideAnyConvention() {
        for (String version : List.of("001_users.sql", "001_users.up.sql", "V1__users.sql", "001_users/up.sql")) {
            List<Migration> migrations = MigrationSource.of(
                            Map.of(version, USERS.up(), "R__grades_of_users.sql", GRADES.up()))
                    .load();

            assertThat(migrations)
                    .extracting(Migration::description, Migration::isRepeatable)
                    .containsExactly(tuple("users", false), tuple("grades of users", true));
        }
        MigrationSource down = MigrationSource.of(Map.of("R__grades.down.sql", "drop view grades"));
        assertThat(refusal("WH-MIG-001", down::load)).hasMessageContaining("repeatable migrations are not taken back");
    }

    @Test
    void namesThatSayNothingAreRefused() {
        for (String name : Arrays.asList("", "_", " ")) {
            assertThatThrownBy(() -> Migration.repeatable(name, "select 1"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("name");
        }
        assertThatThrownBy(() -> Migration.of("R__x", "x", "select 1")).isInstanceOf(IllegalArgumentException.class);
    }
}

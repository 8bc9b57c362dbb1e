package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.migrate.MigrationStatus.State;
import dev.wellhead.migrate.ValidationReport.Finding;
import dev.wellhead.migrate.ValidationReport.Kind;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

/** What a migrator does on any database. */
abstract class MigratorContract extends MigratorFixture {
    @Test
    void migrateAppliesWhatIsPendingInTheOrderOfVersions() {
        MigrationReport report = migrator(NAMES, ORDERS, USERS).migrate();

        assertThat(report.steps()).extracting(MigrationReport.Step::version).containsExactly("001", "002", "010");
        assertThat(report.steps()).extracting(MigrationReport.Step::statements).containsExactly(2, 2, 1);
        assertThat(history()).isEqualTo("001,002,010");
        assertThat(database.queryOne("select count(*) from users where name is null"))
                .isEqualTo("1");
    }

    @Test
    void secondRunHasNothingToDo() {
        Migrator migrator = migrator(USERS, ORDERS);
        migrator.migrate();

        MigrationReport second = migrator.migrate();

        assertThat(second.isEmpty()).isTrue();
        assertThat(second).hasToString("nothing to do");
        assertThat(database.queryOne("select count(*) from users")).isEqualTo("1");
    }

    @Test
    void migrateStopsBehindItsTarget() {
        Migrator migrator = migrator(USERS, ORDERS, NAMES);

        migrator.migrate("2");

        assertThat(history()).isEqualTo("001,002");
        assertThat(migrator.migrate("001").isEmpty()).isTrue();
        assertThat(history()).isEqualTo("001,002");
    }

    @Test
    void unknownTargetIsRefusedBeforeAnythingRuns() {
        Migrator migrator = migrator(USERS, ORDERS);

        assertThat(refusal("WH-MIG-010", () -> migrator.migrate("7"))).hasMessageContaining("no version 7");
        assertThat(refusal("WH-MIG-010", () -> migrator.migrate("latest"))).hasMessageContaining("'latest'");
        assertThat(refusal("WH-MIG-010", () -> migrator.rollbackTo("1"))).hasMessageContaining("not applied");
        assertThat(schema()).isEqualTo(empty);
    }

    @Test
    void lateMigrationIsRefusedAndNamedUnlessItIsAllowed() {
        migrator(USERS, NAMES).migrate();

        assertThat(refusal("WH-MIG-004", () -> migrator(USERS, ORDERS, NAMES).migrate()))
                .hasMessageContainingAll("version 002 OUT_OF_ORDER", "later version 10 is", "outOfOrder()");
        assertThat(schema()).noneMatch(line -> line.contains("orders"));

        Migrator patient = builder(USERS, ORDERS, NAMES).outOfOrder().build();
        assertThat(patient.validate().isValid()).isTrue();
        assertThat(patient.history().diagnose().repairs()).isEmpty();
        assertThat(patient.status())
                .extracting(MigrationStatus::state)
                .containsExactly(State.APPLIED, State.OUT_OF_ORDER, State.APPLIED);
        assertThat(patient.plan().steps())
                .extracting(MigrationPlan.Step::version)
                .containsExactly("002");
        assertThat(patient.migrate().steps()).hasSize(1);
        assertThat(history()).isEqualTo("001,002,010");
        assertThat(patient.rollback(1).steps())
                .extracting(MigrationReport.Step::version)
                .containsExactly("010");
        assertThat(patient.rollbackTo("1").steps()).hasSize(1);
    }

    @Test
    void allowedLateMigrationStaysBelowTheTarget() {
        migrator(USERS, NAMES).migrate();
        Migration later = Migration.of("5", "later", "create table later (id int)");

        assertThat(builder(USERS, ORDERS, later, NAMES)
                        .outOfOrder()
                        .build()
                        .migrate("2")
                        .steps())
                .extracting(MigrationReport.Step::version)
                .containsExactly("002");
    }

    @Test
    void planShowsStatementsAndChangesNothing() {
        MigrationPlan plan = migrator(USERS, ORDERS, Migration.of("3", "nothing", "-- later"))
                .plan();

        assertThat(plan.steps()).extracting(MigrationPlan.Step::version).containsExactly("001", "002", "3");
        assertThat(plan.steps().get(1).statements())
                .extracting(MigrationPlan.Statement::line, MigrationPlan.Statement::sql)
                .containsExactly(
                        tuple(1, "create table orders (id int)"), tuple(2, "create index orders_id on orders (id)"));
        assertThat(plan.steps().get(1).statements())
                .allMatch(statement -> statement.transactional() && statement.segment() == 1);
        assertThat(plan.toString().lines().map(line -> line.replaceAll(" {2,}", "|")))
                .startsWith(
                        "version|file|line|segment|locks|statement",
                        "001|version 001|1|1|-|create table users (id int)")
                .endsWith("3|version 3|-|-|-|(no statement)");
        assertThat(schema()).isEqualTo(empty);
    }

    @Test
    void planOfAMigratedDatabaseIsEmpty() {
        migrator(USERS).migrate();

        MigrationPlan plan = migrator(USERS).plan();

        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan).hasToString("nothing pending");
    }

    @Test
    void statusTellsWhereEachMigrationStands() {
        Instant now = Instant.parse("2026-01-02T03:04:05.678Z");
        builder(USERS, ORDERS).clock(Clock.fixed(now, ZoneOffset.UTC)).build().migrate();
        Migration changed = Migration.of("002", "create orders", "create table orders (id bigint)");

        List<MigrationStatus> status =
                migrator(USERS, Migration.of("1.5", "late", ""), changed, NAMES).status();

        assertThat(status)
                .extracting(MigrationStatus::state)
                .containsExactly(State.APPLIED, State.OUT_OF_ORDER, State.CHANGED, State.PENDING);
        assertThat(status).extracting(MigrationStatus::appliedAt).containsExactly(now, null, now, null);
        assertThat(status).extracting(MigrationStatus::hasRollback).containsExactly(true, false, false, true);
        assertThat(MigrationStatus.table(status).lines().toList().get(0))
                .isEqualTo("version  description    state         applied at                ms  rollback");
        assertThat(migrator(ORDERS).status())
                .extracting(MigrationStatus::state)
                .containsExactly(State.MISSING, State.APPLIED);
    }

    @Test
    void validateNamesWhatMigrateRefuses() {
        migrator(USERS, ORDERS, NAMES).migrate();
        Migrator spoilt = migrator(
                Migration.of("001", "create users", USERS.up() + " ", "drop table users"),
                Migration.of("1.1", "late", "select 1"),
                Migration.of("010", "names", NAMES.up(), "select 1"));

        ValidationReport report = spoilt.validate();

        assertThat(report.isValid()).isFalse();
        assertThat(report.findings())
                .extracting(Finding::kind)
                .containsExactly(Kind.CHANGED, Kind.OUT_OF_ORDER, Kind.MISSING, Kind.DOWN_CHANGED);
        assertThat(refusal("WH-MIG-004", spoilt::migrate))
                .hasMessageContainingAll("version 001 CHANGED", "version 1.1 OUT_OF_ORDER", "version 002 MISSING")
                .hasMessageNotContaining("DOWN_CHANGED");
        assertThat(refusal("WH-MIG-004", spoilt::plan)).hasMessageContaining("nothing was run");
        assertThat(report.toString()).contains("OUT_OF_ORDER  1.1      version 1.1");
    }

    @Test
    void changedDownIsNoticedAndDoesNotBlock() {
        migrator(USERS).migrate();
        Migrator mended = migrator(Migration.of("1", "users", USERS.up(), "drop table users -- mended"), ORDERS);

        ValidationReport report = mended.validate();
        mended.migrate();
        mended.rollback(2);

        assertThat(report.isValid()).isTrue();
        assertThat(report.findings()).extracting(Finding::kind).containsExactly(Kind.DOWN_CHANGED);
        assertThat(history()).isNull();
    }

    @Test
    void lineEndsOfAnotherSystemAreNoChange() {
        migrator(ORDERS).migrate();

        Migration windows =
                Migration.of("002", "create orders", "\uFEFF" + ORDERS.up().replace("\n", "\r\n"), "drop table orders");

        assertThat(migrator(windows).validate()).hasToString("nothing found: files and history agree");
    }

    @Test
    void failedMigrationLeavesNothingToClean() {
        MigrationException failure = refusal(
                "WH-MIG-007", () -> migrator(USERS, ORDERS, BROKEN, NAMES).migrate());

        assertThat(failure)
                .hasMessageContainingAll(
                        "migration 003 (version 003)",
                        "statement 2 of 2 (line 3)",
                        "nowhere",
                        "nothing of it is committed",
                        "committed before it: 001, 002")
                .hasCauseInstanceOf(SQLException.class);
        assertThat(history()).isEqualTo("001,002");
        assertThat(schema()).noneMatch(line -> line.contains("half"));
        migrator(USERS, ORDERS, Migration.of("003", "mended", "create table half (id int)"), NAMES)
                .migrate();
        assertThat(history()).isEqualTo("001,002,003,010");
    }

    @Test
    void failedRollbackLeavesTheMigrationApplied() {
        Migrator migrator = migrator(
                USERS,
                Migration.of("2", "no way back", "create table half (id int)", "drop table half; drop table nowhere"));
        migrator.migrate();
        SortedSet<String> before = schema();

        MigrationException failure = refusal("WH-MIG-007", () -> migrator.rollback(2));

        assertThat(failure).hasMessageContainingAll("rollback of 2", "(down)", "nothing else was run");
        assertThat(schema()).isEqualTo(before);
        assertThat(history()).contains("2", "001");
    }

    @Test
    void rollbackTakesBackNewestFirst() {
        Migrator migrator = migrator(USERS, ORDERS, NAMES);
        migrator.migrate();

        MigrationReport report = migrator.rollback(2);

        assertThat(report.steps()).extracting(MigrationReport.Step::version).containsExactly("010", "002");
        assertThat(report.steps())
                .extracting(MigrationReport.Step::direction)
                .containsOnly(MigrationReport.Direction.ROLLED_BACK);
        assertThat(history()).isEqualTo("001");
    }

    @Test
    void upAndDownAgainLeavesTheSchemaAsItWas() {
        Migrator migrator = migrator(USERS, ORDERS, NAMES);
        migrator.migrate("1");
        SortedSet<String> before = schema();
        migrator.migrate();

        migrator.rollbackTo("1");

        assertThat(schema()).isEqualTo(before);
        migrator.rollbackTo("0");
        assertThat(history()).isNull();
        assertThat(schema()).noneMatch(line -> line.contains("users"));
    }

    @Test
    void rollbackWithoutADownIsRefusedBeforeAnythingRuns() {
        Migrator migrator = migrator(USERS, Migration.of("2", "one way", "create table x (id int)"), NAMES);
        migrator.migrate();
        SortedSet<String> before = schema();

        assertThat(refusal("WH-MIG-009", () -> migrator.rollback(2))).hasMessageContaining("version 2 has no down");
        assertThat(refusal("WH-MIG-009", () -> migrator.rollback(4))).hasMessageContaining("only 3");
        assertThat(refusal("WH-MIG-009", () -> migrator(USERS).rollback(1))).hasMessageContaining("not in the source");
        assertThatThrownBy(() -> migrator.rollback(0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(schema()).isEqualTo(before);
    }

    @Test
    void rolledBackMigrationCanBeChangedAndAppliedAgain() {
        migrator(USERS, ORDERS).migrate();
        Migration other = Migration.of("2", "other", "create table others (id int)", "drop table others");

        migrator(USERS, ORDERS).rollback(1);
        migrator(USERS, other).migrate();

        assertThat(history()).contains("001").contains("2");
        assertThat(schema()).anyMatch(line -> line.contains("others"));
    }

    @Test
    void renamedVersionOfTheSameNumberIsTheSame() {
        migrator(USERS).migrate();
        Migrator renamed = migrator(Migration.of("1", "create users", USERS.up(), "drop table users"));

        assertThat(renamed.migrate().isEmpty()).isTrue();
        renamed.rollback(1);
        assertThat(history()).isNull();
    }

    @Test
    void duplicateVersionsAreRefusedByName() {
        Migrator migrator = migrator(USERS, Migration.of("1.0", "again", "select 1"));

        assertThat(refusal("WH-MIG-001", migrator::status)).hasMessageContainingAll("version 001", "version 1.0");
    }

    @Test
    void unreadableScriptIsRefusedBeforeAnythingRuns() {
        Migrator migrator = migrator(USERS, Migration.of("2", "open", "select 1;\nselect 'open"));

        assertThat(refusal("WH-MIG-002", migrator::migrate))
                .hasMessageContainingAll("version 2", "line 2", "nothing was run");
        assertThat(schema()).isEqualTo(empty);
    }

    @Test
    void statementsThatLeaveTheTransactionAreRefusedBeforeAnythingRuns() {
        for (String sql : List.of("begin", "begin; begin", "begin; vacuum; commit", "prepare transaction 'x'")) {
            Migrator migrator = migrator(USERS, Migration.of("2", "out", "select 1;\n\n" + sql));

            assertThat(refusal("WH-MIG-003", migrator::migrate)).hasMessageContainingAll("version 2", "line 3");
            assertThat(refusal("WH-MIG-003", migrator::plan)).hasMessageContaining("nothing was run");
        }
        assertThat(schema()).isEqualTo(empty);
    }

    @Test
    void savepointsOfAScriptAreItsOwn() {
        migrator(Migration.of(
                        "1",
                        "savepoints",
                        "create table a (id int); savepoint s; create table b (id int); rollback to s; release s"))
                .migrate();

        assertThat(database.queryOne("select count(*) from a")).isEqualTo("0");
        assertThat(schema()).noneMatch(line -> line.matches(".*(table b|public\\.b).*"));
        assertThat(history()).isEqualTo("1");
    }

    @Test
    void tablesOfOtherToolsAreRefusedAndLeftAlone() {
        database.execute(
                "create table schema_migrations (version bigint, dirty boolean)",
                "insert into schema_migrations values (7, false)");

        MigrationException refusal = refusal("WH-MIG-005", () -> migrator(USERS).migrate());

        assertThat(refusal).hasMessageContainingAll("version, dirty", "golang-migrate", "historyTable(...)");
        refusal("WH-MIG-005", () -> migrator(USERS).plan());
        assertThat(database.queryOne("select version from schema_migrations")).isEqualTo("7");
        MigrationException other = refusal(
                "WH-MIG-040",
                () -> builder(USERS).historyTable("our \"own\" history").build().migrate());
        assertThat(other)
                .hasMessageContainingAll("importFrom(ForeignHistory.GOLANG_MIGRATE)", "besideOtherHistories()");
        builder(USERS)
                .historyTable("our \"own\" history")
                .besideOtherHistories()
                .build()
                .migrate();
        assertThat(database.queryOne("select version from \"our \"\"own\"\" history\""))
                .isEqualTo("001");
    }

    @Test
    void historyOfANewerReleaseIsRefused() {
        migrator(USERS).migrate();
        database.execute("alter table schema_migrations add column later text");
        assertThat(migrator(USERS).migrate().isEmpty()).isTrue();

        database.execute("update schema_migrations set state = 'paused'");

        assertThat(refusal("WH-MIG-005", () -> migrator(USERS).migrate())).hasMessageContaining("'paused'");
    }

    @Test
    void historyThatWasEditedByHandIsToldOf() {
        migrator(USERS, ORDERS).migrate();

        database.execute("update schema_migrations set checksum = 'abc' where version = '002'");
        assertThat(refusal("WH-MIG-004", () -> migrator(USERS, ORDERS).migrate()))
                .hasMessageContaining("version 002 CHANGED");
        database.execute("update schema_migrations set version = '1' where version = '002'");
        assertThat(refusal("WH-MIG-005", () -> migrator(USERS, ORDERS).migrate()))
                .hasMessageContaining("are the same version");
        database.execute("update schema_migrations set version = 'seven' where version = '1'");
        assertThat(refusal("WH-MIG-005", () -> migrator(USERS, ORDERS).migrate()))
                .hasMessageContaining("'seven'");
    }

    @Test
    void clockThatGoesBackChangesNothing() {
        builder(USERS)
                .clock(Clock.fixed(Instant.parse("2026-01-02T00:00:00Z"), ZoneOffset.UTC))
                .build()
                .migrate();

        Migrator earlier = builder(USERS, ORDERS)
                .clock(Clock.fixed(Instant.parse("2020-01-01T00:00:00Z"), ZoneOffset.UTC))
                .build();

        assertThat(earlier.migrate().steps())
                .extracting(MigrationReport.Step::version)
                .containsExactly("002");
        assertThat(earlier.validate().findings()).isEmpty();
        assertThat(earlier.rollback(1).steps())
                .extracting(MigrationReport.Step::version)
                .containsExactly("002");
    }

    @Test
    void listenerHearsOfEachStatement() {
        List<String> told = new ArrayList<>();
        MigrationListener listener = new MigrationListener() {
            @Override
            public void onStatementStarted(StatementEvent statement) {
                told.add("started " + statement.version() + " " + statement.number() + "/" + statement.total());
            }

            @Override
            public void onStatementCompleted(StatementEvent statement) {
                told.add("completed " + statement.line() + " " + statement.sql());
            }
        };

        builder(ORDERS).listener(listener).build().migrate();

        assertThat(told)
                .containsExactly(
                        "started 002 1/2",
                        "completed 1 create table orders (id int)",
                        "started 002 2/2",
                        "completed 2 create index orders_id on orders (id)");
    }

    @Test
    void historyKeepsSumsAndWhoAppliedIt() {
        migrator(USERS, Migration.of("2", "one way", "select 1")).migrate();

        assertThat(database.queryOne("select checksum from schema_migrations where version = '001'"))
                .hasSize(64);
        assertThat(database.queryOne("select algorithm from schema_migrations where version = '2'"))
                .isEqualTo("1");
        assertThat(database.queryOne("select down_checksum from schema_migrations where version = '2'"))
                .isNull();
        assertThat(database.queryOne("select applied_by from schema_migrations where version = '2'"))
                .isNotEmpty();
    }

    @Test
    void textOfAScriptIsSentAsItStands() {
        migrator(Migration.of(
                        "1",
                        "text",
                        "create table t (a text);\r\ninsert into t values ('{d x}; ?\r\n:name ${x} é');\r\n"))
                .migrate();

        assertThat(database.queryOne("select a from t")).isEqualTo("{d x}; ?\r\n:name ${x} é");
    }

    @Test
    void temporaryTablesEndWithTheirMigration() {
        migrator(
                        Migration.of("1", "one", "create temp table scratch (id int)"),
                        Migration.of("2", "two", "create temp table scratch (id int)"))
                .migrate();

        assertThat(history()).isEqualTo("1,2");
    }

    @Test
    void listenerIsToldAndItsFailuresChangeNothing() {
        List<String> told = new ArrayList<>();
        MigrationListener listener = new MigrationListener() {
            @Override
            public void onStarted(String version, MigrationReport.Direction direction) {
                told.add("started " + version);
                throw new IllegalStateException("a listener's own trouble");
            }

            @Override
            public void onCompleted(MigrationReport.Step step) {
                told.add("completed " + step.version());
            }

            @Override
            public void onFailed(String version, MigrationException error) {
                told.add("failed " + version + " " + error.code());
            }
        };

        refusal(
                "WH-MIG-007",
                () -> builder(USERS, BROKEN).listener(listener).build().migrate());

        assertThat(told).containsExactly("started 001", "completed 001", "started 003", "failed 003 WH-MIG-007");
    }

    @Test
    void migrationsAreCounted() {
        CountingSink sink = new CountingSink();
        Migrator migrator = builder(USERS, ORDERS, BROKEN).metrics(sink).build();

        refusal("WH-MIG-007", migrator::migrate);
        migrator.rollback(1);

        assertThat(sink.counts())
                .containsEntry("wellhead.migrate.applied", 2L)
                .containsEntry("wellhead.migrate.rolledback", 1L)
                .containsEntry("wellhead.migrate.failed", 1L)
                .containsEntry("wellhead.migrate.duration", 3L);
    }

    @Test
    void secretsAreInNoMessage() {
        Migrator unreachable = Migrator.builder(
                        DirectDataSource.of("jdbc:postgresql://127.0.0.1:1/x", "canary-user", "canary-secret"))
                .source(MigrationSource.of(USERS))
                .build();

        assertThat(refusal("WH-MIG-012", unreachable::migrate).getMessage()).doesNotContain("canary");
    }
}

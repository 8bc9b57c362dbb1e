package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.migrate.ImportReport.Outcome;
import dev.wellhead.migrate.MigrationReport.Step;
import dev.wellhead.testkit.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is taken over from the histories of other tools, made here by the DDL that they document. */
abstract class HistoryImportContract extends MigratorFixture {
    /** The dialect's words for a column that counts up. */
    abstract String serial();

    private static final Migration[] ALL = {USERS, ORDERS, NAMES};

    private void schemaOfOneAndTwo() {
        database.execute(USERS.up(), "create table orders (id int)", "create index orders_id on orders (id)");
    }

    private void golangMigrate(String row) {
        database.execute(
                "create table schema_migrations (version bigint not null primary key, dirty boolean not null)");
        if (!row.isEmpty()) {
            database.execute("insert into schema_migrations values (" + row + ")");
        }
    }

    private void dbmate(String... versions) {
        database.execute("create table schema_migrations (version varchar(128) primary key)");
        for (String version : versions) {
            database.execute("insert into schema_migrations values ('" + version + "')");
        }
    }

    private void goose() {
        database.execute("create table goose_db_version (id " + serial() + ", version_id bigint not null,"
                + " is_applied boolean not null, tstamp timestamp default current_timestamp)");
        goose("0, true");
    }

    private void goose(String row) {
        database.execute("insert into goose_db_version (version_id, is_applied) values (" + row + ")");
    }

    private void flyway(String... rows) {
        database.execute("create table flyway_schema_history (installed_rank int primary key, version varchar(50),"
                + " description varchar(200) not null, type varchar(20) not null, script varchar(1000) not null,"
                + " checksum int, installed_by varchar(100) not null, installed_on timestamp not null"
                + " default current_timestamp, execution_time int not null, success boolean not null)");
        int rank = 0;
        for (String row : rows) {
            database.execute("insert into flyway_schema_history (installed_rank, version, description, type, script,"
                    + " checksum, installed_by, execution_time, success) values (" + ++rank + ", " + row + ")");
        }
    }

    private static String flywayRow(Migration migration, String type, Object checksum) {
        return "'" + migration.version() + "', '" + migration.description() + "', '" + type + "', 'V"
                + migration.version() + "__x.sql', " + checksum + ", 'ann', 12, true";
    }

    private static String flywayRow(Migration migration) {
        return flywayRow(migration, "SQL", FlywayReader.sum(migration.up()));
    }

    private void liquibase(String... rows) {
        database.execute("create table databasechangelog (id varchar(255) not null, author varchar(255) not null,"
                + " filename varchar(255) not null, dateexecuted timestamp not null, orderexecuted int not null,"
                + " exectype varchar(10) not null, md5sum varchar(35), description varchar(255))");
        int order = 0;
        for (String row : rows) {
            database.execute(
                    "insert into databasechangelog (orderexecuted, dateexecuted, id, author, filename, exectype)"
                            + " values (" + ++order + ", current_timestamp, " + row + ")");
        }
    }

    private ImportReport imports(ForeignHistory tool, String... versions) {
        ImportReport report = migrator(ALL).history().importFrom(tool);

        assertThat(report.outcome()).isEqualTo(Outcome.IMPORTED);
        assertThat(report.versions()).containsExactly(versions);
        assertThat(migrator(ALL).history().importFrom(tool).outcome())
                .isIn(Outcome.ALREADY_IMPORTED, Outcome.NOTHING_TO_IMPORT);
        return report;
    }

    private void refuses(ForeignHistory tool, String... words) {
        refuses(tool, ALL, words);
    }

    private void refuses(ForeignHistory tool, Migration[] source, String... words) {
        SortedSet<String> before = schema();

        MigrationException refusal =
                refusal("WH-MIG-041", () -> migrator(source).history().importFrom(tool));

        assertThat(refusal).hasMessageContainingAll(words).hasMessageContaining("nothing was changed");
        assertThat(schema()).isEqualTo(before);
    }

    private List<String> run() {
        return migrator(ALL).migrate().steps().stream().map(Step::version).toList();
    }

    @Test
    void golangMigratesRowStandsForAllVersionsUpToIt() {
        schemaOfOneAndTwo();
        golangMigrate("2, false");

        ImportReport report = imports(ForeignHistory.GOLANG_MIGRATE, "001", "002");

        assertThat(report.notes()).singleElement().asString().contains("schema_migrations_of_golang_migrate");
        assertThat(database.queryOne("select version from schema_migrations_of_golang_migrate"))
                .isEqualTo("2");
        assertThat(run()).containsExactly("010");
    }

    @Test
    void golangMigrateWithoutRowsLeavesEverythingToRun() {
        golangMigrate("");

        imports(ForeignHistory.GOLANG_MIGRATE);

        assertThat(run()).containsExactly("001", "002", "010");
    }

    @Test
    void dirtyGolangMigrateIsRefused() {
        golangMigrate("2, true");

        refuses(ForeignHistory.GOLANG_MIGRATE, "version 2 is dirty", "migrate force");
    }

    @Test
    void golangMigrateAtAVersionThatTheSourceDoesNotHaveIsRefused() {
        golangMigrate("7, false");

        refuses(ForeignHistory.GOLANG_MIGRATE, "version 7 is applied, and the source has no such version");
    }

    @Test
    void dbmatesRowsAreTakenOver() {
        schemaOfOneAndTwo();
        dbmate("001", "002");

        assertThat(imports(ForeignHistory.DBMATE, "001", "002").notes())
                .singleElement()
                .asString()
                .contains("schema_migrations_of_dbmate");

        assertThat(run()).containsExactly("010");
    }

    @Test
    void allVersionsThatTheSourceDoesNotHaveAreNamedAtOnce() {
        dbmate("001", "7", "20200101", "first_one");

        refuses(ForeignHistory.DBMATE, "version 7 is", "version 20200101 is", "version first_one is");
    }

    @Test
    void nameThatIsTakenKeepsTheOldTableFromMakingWay() {
        dbmate("001");
        database.execute("create table schema_migrations_of_dbmate (id int)");

        refuses(ForeignHistory.DBMATE, "schema_migrations_of_dbmate is taken");
    }

    @Test
    void tableOfAnotherNameStaysWhereItIs() {
        schemaOfOneAndTwo();
        dbmate("001", "002");
        Migrator migrator = builder(ALL).historyTable("history").build();

        assertThat(migrator.history().importFrom(ForeignHistory.DBMATE).versions())
                .containsExactly("001", "002");

        assertThat(database.queryOne("select count(*) from schema_migrations")).isEqualTo("2");
        assertThat(migrator.migrate().steps()).hasSize(1);
    }

    @Test
    void latestRowOfEachVersionCountsInGoose() {
        schemaOfOneAndTwo();
        goose();
        for (String row : List.of("1, true", "2, true", "10, true", "10, false", "2, false", "2, true")) {
            goose(row);
        }

        imports(ForeignHistory.GOOSE, "001", "002");

        assertThat(run()).containsExactly("010");
    }

    @Test
    void gooseWithItsFirstRowAloneLeavesEverythingToRun() {
        goose();
        refusal("WH-MIG-040", () -> migrator(ALL).migrate());

        imports(ForeignHistory.GOOSE);

        assertThat(run()).containsExactly("001", "002", "010");
    }

    @Test
    void dieselsRowsAreTakenOverWithTheirTimes() {
        schemaOfOneAndTwo();
        database.execute(
                "create table __diesel_schema_migrations (version varchar(50) primary key not null,"
                        + " run_on timestamp not null default current_timestamp)",
                "insert into __diesel_schema_migrations values ('1', '2021-02-03 04:05:06'), ('2', '2021-02-04 04:05:06')");

        imports(ForeignHistory.DIESEL, "001", "002");

        assertThat(migrator(ALL).status().get(0).appliedAt()).asString().startsWith("2021-02-0");
        assertThat(run()).containsExactly("010");
    }

    @Test
    void flywaysRowsAreTakenOverWithTimesUsersAndDurations() {
        schemaOfOneAndTwo();
        flyway(
                "null, '<< Flyway Schema Creation >>', 'SCHEMA', 'app', null, 'ann', 0, true",
                flywayRow(USERS),
                flywayRow(ORDERS));

        assertThat(imports(ForeignHistory.FLYWAY, "001", "002").notes()).isEmpty();

        assertThat(database.queryOne(
                        "select applied_by || ' ' || duration_ms from schema_migrations where version = '002'"))
                .isEqualTo("ann 12");
        assertThat(database.queryOne("select action || ' ' || version || ': ' || detail from schema_migrations_log"))
                .isEqualTo("import 002: 2 versions of Flyway, flyway_schema_history");
        assertThat(run()).containsExactly("010");
    }

    @Test
    void flywaysBaselineStandsForAllVersionsUpToIt() {
        schemaOfOneAndTwo();
        flyway("'2', 'there', 'BASELINE', 'there', null, 'ann', 0, true");

        assertThat(imports(ForeignHistory.FLYWAY, "001", "002").notes())
                .containsExactly("all versions up to the baseline 2 count as applied");
    }

    @Test
    void whatFlywayHasUndoneOrDeletedIsPending() {
        flyway(
                flywayRow(USERS),
                flywayRow(ORDERS),
                flywayRow(NAMES),
                flywayRow(NAMES, "UNDO_SQL", 1),
                flywayRow(ORDERS, "DELETE", "null"));

        imports(ForeignHistory.FLYWAY, "001");
    }

    @Test
    void flywaysRepeatablesAreTakenOverUnlessTheyHaveChangedSince() {
        Migration same = Migration.repeatable("same", "select 1");
        Migration changed = Migration.repeatable("changed", "select 2");
        database.execute(USERS.up());
        flyway(
                flywayRow(USERS),
                repeatableRow("same", "SQL", 4711),
                repeatableRow("changed", "SQL", FlywayReader.sum(changed.up())),
                repeatableRow("same", "SQL", FlywayReader.sum(same.up())),
                repeatableRow("changed", "SQL", 4711),
                repeatableRow("gone", "SQL", 4711),
                repeatableRow("deleted", "SQL", 4711),
                repeatableRow("deleted", "DELETE", "null"));
        Migrator migrator = migrator(USERS, same, changed);

        ImportReport report = migrator.history().importFrom(ForeignHistory.FLYWAY);

        assertThat(report.versions()).containsExactly("001", "R__same");
        assertThat(report.notes())
                .containsExactly(
                        "sql/R__changed.sql has changed since Flyway ran it: the next run runs it",
                        "sql/R__gone.sql was run, and is no longer in the source");
        assertThat(migrator.migrate().steps())
                .extracting(MigrationReport.Step::version)
                .containsExactly("R__changed");
    }

    private static String repeatableRow(String name, String type, Object checksum) {
        return "null, '" + name + "', '" + type + "', 'sql/R__" + name + ".sql', " + checksum + ", 'ann', 1, true";
    }

    @Test
    void whatFailedOrChangedSinceFlywayRanItIsRefusedInOneMessage() {
        flyway(
                flywayRow(USERS, "SQL", 4711),
                "'2', 'two', 'SQL', 'V2__two.sql', 1, 'ann', 1, false",
                "'9', 'nine', 'SQL', 'V9__nine.sql', 1, 'ann', 1, true");

        refuses(
                ForeignHistory.FLYWAY,
                "version 001 was changed since Flyway ran it",
                "V2__two.sql failed",
                "V9__nine.sql (version 9) is applied, and the source has no such version");
    }

    @Test
    void changeSetsBelongToTheMigrationThatTheirFileIsNamedFor() {
        schemaOfOneAndTwo();
        liquibase("'1', 'ann', 'db/001_users.sql', 'EXECUTED'", "'1', 'ann', 'db/002_orders.sql', 'MARK_RAN'");

        imports(ForeignHistory.LIQUIBASE, "001", "002");

        assertThat(run()).containsExactly("010");
    }

    @Test
    void changeSetsOfOneFileBelongToTheMigrationsThatTheirIdsName() {
        liquibase(
                "'1', 'ann', 'changelog.sql', 'EXECUTED'",
                "'2', 'ann', 'changelog.sql', 'RERAN'",
                "'10', 'ann', 'changelog.sql', 'SKIPPED'");

        imports(ForeignHistory.LIQUIBASE, "001", "002");
    }

    @Test
    void changeSetsThatFailedOrBelongNowhereAreRefusedInOneMessage() {
        liquibase(
                "'1', 'ann', 'a.sql', 'EXECUTED'",
                "'1', 'bob', 'b.sql', 'EXECUTED'",
                "'2', 'ann', 'a.sql', 'FAILED'",
                "'x', 'ann', 'a.sql', 'EXECUTED'");

        refuses(
                ForeignHistory.LIQUIBASE,
                "change set bob:1 of b.sql and change set ann:1 of a.sql have one id",
                "change set ann:2 of a.sql failed",
                "change set ann:x of a.sql is applied, and the source has no version");
    }

    @Test
    void fileOfWhichNotAllChangeSetsAreAppliedIsRefused() {
        Migration two = Migration.of(
                "1", "two", "--changeset ann:a\nselect 1;\n--changeset ann:b splitStatements:false\nselect 2;");
        liquibase("'a', 'ann', '1_two.sql', 'EXECUTED'");

        refuses(ForeignHistory.LIQUIBASE, new Migration[] {two}, "version 1 is applied in part, without ann:b");
    }

    @Test
    void liquibaseAtWorkIsRefused() {
        liquibase();
        database.execute(
                "create table databasechangeloglock (id int primary key, locked boolean not null, lockgranted timestamp,"
                        + " lockedby varchar(255))",
                "insert into databasechangeloglock values (1, true, current_timestamp, 'pod 7')");

        refuses(ForeignHistory.LIQUIBASE, "its lock is held by pod 7", "release-locks");
    }

    @Test
    void runThatFindsTheHistoryOfAnotherToolAndNoneOfItsOwnNamesTheCure() {
        schemaOfOneAndTwo();
        flyway(flywayRow(USERS), flywayRow(ORDERS));

        MigrationException refusal = refusal("WH-MIG-040", () -> migrator(ALL).migrate());

        assertThat(refusal)
                .hasMessageContainingAll("Flyway", "history().importFrom(ForeignHistory.FLYWAY)", "nothing was run");
        refusal("WH-MIG-040", () -> migrator(ALL).plan());
        assertThat(migrator().migrate().isEmpty()).isTrue();
    }

    @Test
    void emptyDatabaseHasNothingToImport() {
        for (ForeignHistory tool : ForeignHistory.values()) {
            assertThat(migrator(ALL).history().importFrom(tool).outcome()).isEqualTo(Outcome.NOTHING_TO_IMPORT);
        }

        assertThat(run()).containsExactly("001", "002", "010");
        assertThat(migrator(ALL).history().importFrom(ForeignHistory.FLYWAY).outcome())
                .isEqualTo(Outcome.NOTHING_TO_IMPORT);
    }

    @Test
    void historyThatHasBegunTakesNothingOver() {
        run();
        flyway(flywayRow(USERS));

        refuses(ForeignHistory.FLYWAY, "the history has 3 migrations of its own already");
        assertThat(run()).isEmpty();
    }

    @Test
    void tableOfAnotherNameIsTakenOverByItsName() {
        flyway(flywayRow(USERS));
        database.execute("alter table flyway_schema_history rename to schema_version");
        MigrationHistory history = migrator(ALL).history();

        assertThat(history.importFrom(ForeignHistory.FLYWAY).outcome()).isEqualTo(Outcome.NOTHING_TO_IMPORT);
        assertThat(history.importFrom(ForeignHistory.FLYWAY, "schema_version").versions())
                .containsExactly("001");
        assertThat(history.importFrom(ForeignHistory.FLYWAY, "schema_version").outcome())
                .isEqualTo(Outcome.ALREADY_IMPORTED);
    }

    @Test
    void nameThatLeadsNowhereIsRefused() {
        assertThat(refusal("WH-MIG-041", () -> migrator(ALL).history().importFrom(ForeignHistory.FLYWAY, "nowhere")))
                .hasMessageContaining("there is no table");
    }

    @Test
    void ofThreadsThatImportAtOnceOneDoes() throws Exception {
        schemaOfOneAndTwo();
        dbmate("001", "002");
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Outcome>> imports = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                imports.add(threads.submit(() -> {
                    start.await();
                    return migrator(ALL)
                            .history()
                            .importFrom(ForeignHistory.DBMATE)
                            .outcome();
                }));
            }
            start.countDown();

            int done = 0;
            for (Future<Outcome> each : imports) {
                done += each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS) == Outcome.IMPORTED ? 1 : 0;
            }
            assertThat(done).isEqualTo(1);
            assertThat(run()).containsExactly("010");
        } finally {
            threads.shutdownNow();
        }
    }

    private void databaseOfDbmate() {
        database.execute(
                "drop table if exists orders",
                "drop table if exists users",
                "drop table if exists schema_migrations_log",
                "drop table if exists schema_migrations",
                "drop table if exists schema_migrations_of_dbmate",
                USERS.up(),
                "create table schema_migrations (version varchar(128) primary key)",
                "insert into schema_migrations values ('001')");
    }

    private void nextImportCompletes(String what) {
        of(database.dataSource()).history().importFrom(ForeignHistory.DBMATE);

        assertThat(database.queryOne("select count(*) from schema_migrations where state = 'applied'"))
                .as(what)
                .isEqualTo("1");
        assertThat(database.queryOne("select count(*) from schema_migrations_log"))
                .as(what)
                .isEqualTo("1");
        assertThat(of(database.dataSource()).migrate().steps()).as(what).hasSize(2);
    }

    @Tag("thorough")
    @Test
    void processKilledAtAnyCommitOfAnImportLeavesAllOrNothing() {
        int points = 0;
        boolean reached = true;
        while (reached) {
            databaseOfDbmate();
            try (ChildJvm victim = ChildJvm.start(
                    ImportVictim.class, database.url(), database.user(), database.password(), "" + (points + 1))) {
                reached = victim.awaitLine(ImportVictim.SIGN, PATIENCE).contains(ImportVictim.STOPPED);
                victim.kill();
            }
            points += reached ? 1 : 0;

            nextImportCompletes("killed at point " + points);
        }
        // Before and behind one commit at least.
        assertThat(points).isGreaterThanOrEqualTo(2);
    }

    @Test
    void importThatBreaksAtAnyCallIsDoneWholeOrNotAtAll() {
        int breaksAt = 0;
        boolean broken;
        do {
            databaseOfDbmate();
            BrokenLink link = new BrokenLink(++breaksAt, breaksAt % 2 == 0);
            MigrationHistory history =
                    of(Interceptor.around(database.dataSource(), link)).history();
            try {
                history.importFrom(ForeignHistory.DBMATE);
            } catch (MigrationException e) {
                assertThat(e.code()).as(e.getMessage()).isIn("WH-MIG-012", "WH-MIG-008");
            }
            broken = link.hasBroken();

            nextImportCompletes("broken at call " + breaksAt);
        } while (broken);
        assertThat(breaksAt).isGreaterThan(15);
    }

    private static Migrator of(DataSource dataSource) {
        return Migrator.builder(dataSource).source(MigrationSource.of(ALL)).build();
    }
}

package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.migrate.SchemaSnapshot.Change;
import dev.wellhead.migrate.SchemaSnapshot.Difference;
import dev.wellhead.testkit.TestDatabase;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is known of a schema's changes by hand, on any database. */
abstract class DriftContract {
    static final Migration USERS = Migration.of(
            "1",
            "users",
            "create table users (id int primary key, name text default 'x'); create index by_name on users (name);",
            "drop table users");
    static final Migration BROKEN = Migration.of("2", "broken", "create table half (id int); select * from nowhere;");

    final TestDatabase database = create();

    abstract TestDatabase create();

    @AfterEach
    void drop() {
        database.close();
    }

    Migrator.Builder builder(Migration... migrations) {
        return Migrator.builder(database.dataSource()).source(MigrationSource.of(migrations));
    }

    Migrator migrator(Migration... migrations) {
        return builder(migrations).build();
    }

    @Test
    void thereIsNoDriftAfterARun() {
        Migrator migrator = builder(USERS)
                .clock(Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC))
                .build();
        migrator.migrate();

        DriftReport drift = migrator.drift();

        assertThat(drift.isEmpty()).as(drift.toString()).isTrue();
        assertThat(drift).hasToString("no drift since 2026-01-02T03:04:05Z");
        assertThat(drift.isOtherRelease()).isFalse();
        assertThat(drift.toJson()).endsWith("\"differences\":[]}");
    }

    @Test
    void whatWasChangedByHandIsFoundWithBothSides() {
        Migrator migrator = migrator(USERS);
        migrator.migrate();

        database.execute(
                "drop index by_name", "create table extra (id int)", "alter table users add column age int default 3");

        DriftReport drift = migrator.drift();
        assertThat(drift.differences())
                .extracting(Difference::change, difference -> difference.name().replaceAll("^\\w+\\.", ""))
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(Change.MISSING, "users.by_name"),
                        org.assertj.core.groups.Tuple.tuple(Change.ADDED, "extra"),
                        org.assertj.core.groups.Tuple.tuple(Change.ADDED, "users.age"));
        assertThat(drift.differences())
                .filteredOn(difference -> difference.change() == Change.MISSING)
                .allSatisfy(difference -> {
                    assertThat(difference.before()).containsIgnoringCase("create index by_name");
                    assertThat(difference.after()).isNull();
                });
        assertThat(drift.toString()).startsWith("changed since ").contains("MISSING  index");
        assertThat(drift.toJson()).contains("\"change\":\"ADDED\",\"kind\":\"table\"");
    }

    @Test
    void ownTablesAreNoPartOfTheSchema() {
        Migrator migrator = migrator(USERS);
        migrator.migrate();

        assertThat(migrator.snapshot().text()).contains("users").doesNotContain("schema_migrations");
    }

    @Test
    void rollbackIsNoDrift() {
        Migrator migrator = migrator(USERS);
        migrator.migrate();
        migrator.rollback(1);

        assertThat(migrator.drift().differences()).isEmpty();
        assertThat(migrator.snapshot().text()).doesNotContain("users");
    }

    @Test
    void runThatFailedMidwayStoresWhatItLeft() {
        Migrator migrator = migrator(USERS, BROKEN);
        MigratorFixture.refusal("WH-MIG-007", migrator::migrate);

        assertThat(migrator.drift().differences()).isEmpty();
        assertThat(migrator.snapshot().text()).contains("users").doesNotContain("half");
    }

    @Test
    void withoutAStoredSchemaThereIsNothingToCompareWith() {
        Migrator migrator = builder(USERS).withoutSnapshots().build();
        migrator.migrate();
        MigratorFixture.refusal("WH-MIG-030", migrator::drift);

        SchemaSnapshot stored = migrator.storeSnapshot();

        assertThat(stored).isEqualTo(migrator.snapshot());
        assertThat(migrator.drift().isEmpty()).isTrue();
    }

    @Test
    void acceptedDriftIsNoDrift() {
        Migrator migrator = migrator(USERS);
        migrator.migrate();
        database.execute("drop index by_name");

        migrator.storeSnapshot();

        assertThat(migrator.drift().differences()).isEmpty();
    }

    @Test
    void storedSchemaThatWasChangedByHandIsRefused() {
        Migrator migrator = migrator(USERS);
        migrator.migrate();
        for (String change : new String[] {
            "snapshot = snapshot || 'x'", "snapshot = 'wellhead schema 1' || '\n'", "taken_at = 'yesterday'"
        }) {
            migrator.storeSnapshot();
            database.execute("update schema_migrations_snapshot set " + change);

            assertThat(MigratorFixture.refusal("WH-MIG-030", migrator::drift)).hasMessageContaining("storeSnapshot()");
        }
    }

    @Test
    void runThatStoredNothingIsToldFromChangesByHand() {
        migrator(USERS).migrate();
        Migration more = Migration.of("3", "more", "create table more (id int)");
        builder(USERS, more).withoutSnapshots().build().migrate();

        DriftReport drift = migrator(USERS, more).drift();

        assertThat(drift.isOutdated()).isTrue();
        assertThat(drift.toString()).contains("migrations ran since that stored no schema");
        assertThat(drift.differences()).hasSize(1);
        migrator(USERS, more).storeSnapshot();
        assertThat(migrator(USERS, more).drift().isOutdated()).isFalse();
    }

    @Test
    void longestNameOfAHistoryHasRoomForWhatStandsBesideIt() {
        String name = "é".repeat(29);
        Migrator migrator = builder(USERS).historyTable(name).build();
        migrator.migrate();

        assertThat(migrator.drift().differences()).isEmpty();
        assertThat(database.queryOne("select count(*) from \"" + "é".repeat(27) + "_snapshot\""))
                .isEqualTo("1");
    }
}

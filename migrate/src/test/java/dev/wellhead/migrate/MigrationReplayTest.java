package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.SchemaSource;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The schema that migrations make, made anew for a backup. */
class MigrationReplayTest {
    private static final Migration USERS = Migration.of("001", "users", "create table users (id int)");
    private static final Migration ORDERS = Migration.of("002", "orders", "create table orders (id int)");
    private static final Migration NAMES = Migration.of("10", "names", "alter table users add column name text");
    private static final Migration VIEW =
            Migration.repeatable("everybody", "create or replace view everybody as select id from users");

    // The migrator's own database is not asked.
    private static final DirectDataSource NOWHERE =
            DirectDataSource.of("jdbc:postgresql://127.0.0.1:1/nowhere", "nobody", "none");

    private final TestDatabase database = TestDatabase.postgres();

    @AfterEach
    void drop() {
        database.close();
    }

    private static SchemaSource replay(Migration... migrations) {
        return Migrator.builder(NOWHERE)
                .source(MigrationSource.of(migrations))
                .build()
                .replay();
    }

    private String columns() {
        return database.queryOne(
                "select string_agg(table_name || '.' || column_name, ' ' order by table_name, column_name)"
                        + " from information_schema.columns where table_name in ('users', 'orders', 'everybody')");
    }

    @Test
    void allMigrationsRunWithWhatTheirMigratorWasToldAndNobodyHearsOfIt() throws SQLException {
        CountingSink metrics = new CountingSink();
        Migrator migrator = Migrator.builder(NOWHERE)
                .source(MigrationSource.of(Migration.of("1", "named", "create table ${name} (id int)")))
                .placeholders(Map.of("name", "users"))
                .schema("own \"schema\"")
                .historyTable("own_history")
                .metrics(metrics)
                .listener(new MigrationListener() {
                    @Override
                    public void onRunStarted(List<String> versions) {
                        throw new AssertionError("is told of a replay");
                    }
                })
                .build();

        migrator.replay().apply(database.dataSource());

        assertThat(columns()).isEqualTo("users.id");
        assertThat(database.queryOne("select version from \"own \"\"schema\"\"\".own_history"))
                .isEqualTo("1");
        assertThat(metrics.counts()).isEmpty();
    }

    @Test
    void fingerprintIsOfTheMigrationsAndNotOfTheOrderInWhichTheyAreRead() {
        String fingerprint = replay(USERS, ORDERS, VIEW).fingerprint();

        assertThat(replay(VIEW, ORDERS, USERS).fingerprint()).isEqualTo(fingerprint);
        assertThat(replay(USERS, ORDERS).fingerprint()).isNotEqualTo(fingerprint);
        assertThat(replay(USERS, ORDERS, NAMES, VIEW).fingerprint()).isNotEqualTo(fingerprint);
        assertThat(replay(USERS, Migration.of("002", "orders", "create table orders (id bigint)"), VIEW)
                        .fingerprint())
                .isNotEqualTo(fingerprint);
    }

    @Test
    void schemaFromBeforeTheNewestMigrationsIsKnownAndMadeWithoutThem() throws SQLException {
        String before = replay(USERS, VIEW).fingerprint();

        SchemaSource earlier =
                replay(USERS, ORDERS, NAMES, VIEW).withFingerprint(before).orElseThrow();
        earlier.apply(database.dataSource());

        assertThat(earlier.fingerprint()).isEqualTo(before);
        assertThat(columns()).isEqualTo("everybody.id users.id");
    }

    @Test
    void schemaOfNowAndThatBeforeTheFirstMigrationAreKnown() {
        SchemaSource now = replay(USERS, ORDERS);

        assertThat(now.withFingerprint(now.fingerprint())).isPresent();
        assertThat(now.withFingerprint(replay().fingerprint())).isPresent();
    }

    @Test
    void databaseHasTheSchemaOfWhatWasRunInIt() throws SQLException {
        Migration otherView = Migration.repeatable("everybody", "create or replace view everybody as select 1");
        SchemaSource before = replay(USERS, VIEW);
        before.apply(database.dataSource());

        SchemaSource now = replay(USERS, ORDERS, NAMES, VIEW);
        SchemaSource changed = replay(USERS, otherView);

        assertThat(List.of(of(before), of(now), of(changed))).containsOnly(before.fingerprint());
        now.apply(database.dataSource());
        assertThat(List.of(of(before), of(now), of(changed))).containsOnly(now.fingerprint());
    }

    @Test
    void databaseThatWasNeverMigratedOrIsInTheMiddleHasNoSchemaOfItsOwn() throws SQLException {
        SchemaSource source = replay(USERS, ORDERS);
        assertThat(of(source)).as("no history").isEqualTo(source.fingerprint());

        source.apply(database.dataSource());
        database.execute("update schema_migrations set state = 'failed' where version = '002'");

        assertThat(of(source)).as("failed").isEqualTo(source.fingerprint());
        assertThat(of(replay(USERS))).as("failed").isEqualTo(replay(USERS).fingerprint());
    }

    /** Returns the fingerprint of the database, which is only read. */
    private String of(SchemaSource source) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            return source.fingerprint(connection);
        }
    }

    @Test
    void schemaThatTheseMigrationsHaveNotMadeIsNotKnown() {
        Migration changed = Migration.of("001", "users", "create table users (id bigint)");

        assertThat(replay(changed, ORDERS).withFingerprint(replay(USERS).fingerprint()))
                .as("one was changed")
                .isEmpty();
        assertThat(replay(USERS, ORDERS, NAMES)
                        .withFingerprint(replay(USERS, NAMES).fingerprint()))
                .as("one came late")
                .isEmpty();
        assertThat(replay(ORDERS, NAMES).withFingerprint(replay(USERS, ORDERS).fingerprint()))
                .as("one was removed")
                .isEmpty();
        assertThat(replay(
                                USERS,
                                ORDERS,
                                Migration.repeatable("everybody", "create or replace view everybody as select 1"))
                        .withFingerprint(replay(USERS, VIEW).fingerprint()))
                .as("a repeatable one has changed")
                .isEmpty();
    }
}

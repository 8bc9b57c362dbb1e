package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.AdvisoryLock;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresBackupsTest extends BackupsContract {
    private static final String PASSWORD = "canary-role-password";

    /** Everything that stands in the way of a naive load. */
    private static final SqlSchema DIFFICULT = SqlSchema.of(
            "create type mood as enum ('sad', 'ok')",
            "create domain positive as integer check (value > 0)",
            "create table \"Odd \"\"name\" (id bigint generated always as identity primary key, \"select\" mood,"
                    + " twice integer generated always as (how_many * 2) stored, how_many positive,"
                    + " boss bigint references \"Odd \"\"name\" deferrable)",
            "create table a (id integer primary key, b integer)",
            "create table b (id integer primary key, a integer references a on delete cascade)",
            "alter table a add constraint a_to_b foreign key (b) references b",
            "create table parted (id integer, at date, v double precision, j jsonb, t timestamptz, x bytea,"
                    + " n numeric, r int4range, i interval, l text[]) partition by range (id)",
            "create table parted_1 partition of parted for values from (0) to (100)",
            "create table parted_2 partition of parted for values from (100) to (200)",
            "create table no_columns ()",
            "create table history (version text, at timestamptz default now())",
            "insert into history values ('1')",
            "create sequence counter start 5 increment 3",
            "create function refuse() returns trigger language plpgsql as $$ begin"
                    + " raise exception 'a trigger has fired'; end $$",
            "create trigger refuse_all before insert on b for each row execute function refuse()",
            "alter table b enable always trigger refuse_all",
            "create trigger never before insert on a for each row execute function refuse()",
            "alter table a disable trigger never",
            "create view v as select count(*) as c from a",
            "create materialized view m as select count(*) as c from a",
            "create materialized view mm as select c from m");

    private final List<String> cleanups = new ArrayList<>();

    @Override
    TestDatabase open() {
        return TestDatabase.postgres();
    }

    @Override
    Database database(TestDatabase database) {
        return Database.postgres(direct(database), new SqlSchema(SCHEMA));
    }

    private static DirectDataSource direct(TestDatabase database) {
        return DirectDataSource.of(database.url(), database.user(), database.password());
    }

    @Override
    RestoreTarget freshTarget() {
        String name = "restored_" + source.name() + "_" + cleanups.size();
        cleanups.add("drop database if exists " + name + " with (force)");
        return RestoreTarget.newDatabase(name);
    }

    @Override
    String query(RestoreTarget target, String sql) throws SQLException {
        return query(direct(source).onDatabase(((RestoreTarget.NewDatabase) target).name()), sql);
    }

    private static String query(DirectDataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    @Override
    boolean exists(RestoreTarget target) throws SQLException {
        return databases(((RestoreTarget.NewDatabase) target).name()) == 1;
    }

    private int databases(String pattern) throws SQLException {
        return Integer.parseInt(
                query(direct(source), "select count(*) from pg_database where datname like '" + pattern + "'"));
    }

    @AfterEach
    void cleanUp() {
        cleanups.forEach(PostgresServer.shared()::administrate);
    }

    @Test
    void everythingThatAVerificationMadeIsGoneAfterwards() throws SQLException {
        Backups backups = builder().build();

        backups.verify(backups.create().id());

        assertThat(databases("wellhead\\_scratch\\_%")).isZero();
        assertThat(query(
                        direct(source),
                        "select count(*) from pg_stat_activity where application_name = 'wellhead-backup'"
                                + " and datname = current_database()"))
                .isEqualTo("0");
    }

    @Test
    void superuserRestoresTheDifficultSchemaExactly() throws SQLException {
        try (TestDatabase difficult = TestDatabase.postgres()) {
            DIFFICULT.apply(difficult.dataSource());
            fillDifficult(difficult);

            assertRestoredExactly(direct(difficult));
        }
    }

    @Test
    void plainOwnerRestoresTheDifficultSchemaExactly() throws SQLException {
        try (TestDatabase difficult = TestDatabase.postgres()) {
            DirectDataSource owner = role(difficult, "createdb");
            PostgresServer.shared().administrate("alter database " + difficult.name() + " owner to " + role(difficult));
            DIFFICULT.apply(owner);
            fillDifficult(difficult);

            assertRestoredExactly(owner);
        }
    }

    private void assertRestoredExactly(DirectDataSource dataSource) throws SQLException {
        Backups backups = Backups.builder(Database.postgres(dataSource, DIFFICULT), BackupStore.directory(store))
                .build();
        String id = backups.create().id();
        RestoreTarget target = freshTarget();

        assertThat(backups.verify(id).problems()).isEmpty();
        backups.restore(id, target);

        assertThat(query(target, "select string_agg(version, ',') from history"))
                .isEqualTo("real");
        assertThat(query(target, "select c from mm")).isEqualTo("1");
        assertThat(query(target, "select nextval('counter')")).isEqualTo("11");
        assertThat(query(target, "select count(*) from no_columns")).isEqualTo("2");
        assertThat(query(target, "insert into \"Odd \"\"name\" (how_many) values (4) returning id || ':' || twice"))
                .isEqualTo("3:8");
        assertThat(query(
                        target,
                        "select string_agg(tgname || tgenabled::text, ',' order by tgname) from pg_trigger"
                                + " where not tgisinternal"))
                .isEqualTo("neverD,refuse_allA");
        assertThat(query(target, "select count(*) from pg_constraint where contype = 'f' and convalidated"))
                .isEqualTo("3");
    }

    private static void fillDifficult(TestDatabase database) {
        database.execute(
                "update history set version = 'real'",
                "insert into \"Odd \"\"name\" (\"select\", how_many, boss) values ('ok', 1, 2), (null, 2, 1)",
                "insert into a values (1, null)",
                "alter table b disable trigger refuse_all",
                "insert into b values (1, 1)",
                "alter table b enable always trigger refuse_all",
                "update a set b = 1",
                "insert into parted values (1, '0044-03-15 BC', 'NaN', '{\"a\": [1, null]}', 'infinity', '\\x00ff',"
                        + " 1e-40, '[1,5)', '1 mon -3 days 04:05:06.789', array['x', null, '{\"}'])",
                "insert into parted values (150, 'infinity', '-0', 'null', '2026-03-29 02:30:00 Europe/Berlin', '',"
                        + " 'NaN', 'empty', '-1 year', '{}'), (151, null, 0.1, null, null, null, null, null, null, null)",
                "insert into no_columns default values",
                "insert into no_columns default values",
                "select nextval('counter')",
                "select nextval('counter')",
                "refresh materialized view m",
                "refresh materialized view mm");
    }

    @Test
    void rowsThatAPolicyWouldHideMakeTheBackupFail() throws SQLException {
        DirectDataSource reader = role(source, "");
        source.execute(
                "grant select on all tables in schema public to " + role(source),
                "alter table note enable row level security",
                "create policy few on note using (id = 1)");
        Backups backups = Backups.builder(
                        Database.postgres(reader, new SqlSchema(SCHEMA)), BackupStore.directory(store))
                .build();

        assertThat(query(reader, "select count(*) from note")).isEqualTo("1");
        assertThatThrownBy(backups::create)
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("row-level security");
        assertThat(backups.list()).isEmpty();
    }

    @Test
    void timeoutsOfTheRoleDoNotCutTheBackupShort() throws SQLException {
        DirectDataSource reader = role(source, "");
        source.execute(
                "grant select on all tables in schema public to " + role(source),
                "insert into note select i, repeat(md5(i::text), 10) from generate_series(10, 150000) i");
        List<String> timeouts =
                new ArrayList<>(List.of("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"));
        // PostgreSQL 14 and newer.
        if (source.queryOne("select 1 from pg_settings where name = 'idle_session_timeout'") != null) {
            timeouts.add("idle_session_timeout");
        }
        for (String timeout : timeouts) {
            PostgresServer.shared().administrate("alter role " + role(source) + " set " + timeout + " = '200ms'");
        }
        Backups backups = Backups.builder(
                        Database.postgres(reader, new SqlSchema(SCHEMA)), BackupStore.directory(store))
                .build();
        assertThatThrownBy(() -> query(reader, "select sum(length(md5(body))) from note, generate_series(1, 20)"))
                .hasMessageContaining("statement timeout");

        BackupInfo made = backups.create();

        assertThat(made.rows()).isEqualTo(8 + 149_991);
    }

    @Test
    void secondRunnerIsToldWhoTheFirstIs() throws SQLException {
        Backups backups = builder().build();
        try (AdvisoryLock first = AdvisoryLock.tryAcquire(direct(source), AdvisoryLock.key("wellhead", "backup"))) {
            assertThat(first).isNotNull();

            assertThatThrownBy(backups::create)
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-002"))
                    .hasMessageContaining("process ");
        }
        assertThat(backups.create().rows()).isEqualTo(8);
    }

    @Test
    void truncateDuringTheBackupWaitsAndLosesNothing() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        List<Future<?>> truncations = new ArrayList<>();
        FaultyStorage storage = new FaultyStorage(new DirectoryStorage(store), new FaultyStorage.Fault() {
            @Override
            public void before(int operation) {
                // Before the first table is copied: the truncation queues behind our lock, and we must not behind it.
                if (truncations.isEmpty() && operation == 2) {
                    truncations.add(other.submit(() -> source.execute("truncate note")));
                    await().atMost(Duration.ofSeconds(30))
                            .until(() -> source.queryOne("select count(*) from pg_locks where not granted"
                                            + " and mode = 'AccessExclusiveLock' and database ="
                                            + " (select oid from pg_database where datname = current_database())")
                                    .equals("1"));
                }
            }
        });
        try {
            Backups backups = backupsOn(storage);
            String id = backups.create().id();

            truncations.get(0).get(30, TimeUnit.SECONDS);
            assertThat(source.queryOne("select count(*) from note")).isEqualTo("0");
            assertThat(backups.list().get(0).rows()).isEqualTo(8);
            assertThat(backups.verify(id).verified()).isTrue();
        } finally {
            other.shutdown();
        }
    }

    @Test
    void schemaThatTheReplayDoesNotGiveMakesTheBackupSuspect() {
        source.execute("create index by_hand on note (body)");
        Backups backups = builder().build();
        String id = backups.create().id();
        RestoreTarget target = freshTarget();

        VerifyReport report = backups.verify(id);

        assertThat(report.problems())
                .singleElement()
                .asString()
                .startsWith("the schema lacks: index CREATE INDEX by_hand");
        assertThat(backups.list().get(0).state()).isEqualTo(BackupInfo.State.SUSPECT);
        assertThatThrownBy(() -> backups.restore(id, target))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-007"))
                .hasMessageContaining("was dropped again");
        assertThat(catchThrowable(() -> assertThat(exists(target)).isFalse())).isNull();
    }

    @Test
    void schemaSourceThatFailsLeavesNeitherDatabaseNorVerdict() throws SQLException {
        Backups made = builder().build();
        String id = made.create().id();
        SchemaSource failing = new SchemaSource() {
            @Override
            public String fingerprint() {
                return new SqlSchema(SCHEMA).fingerprint();
            }

            @Override
            public void apply(DataSource target) throws SQLException {
                throw new SQLException("broken migration");
            }
        };
        Backups backups = Backups.builder(Database.postgres(direct(source), failing), BackupStore.directory(store))
                .build();
        RestoreTarget target = freshTarget();

        assertThatThrownBy(() -> backups.verify(id))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-008"))
                .hasMessageContaining("broken migration");
        assertThatThrownBy(() -> backups.restore(id, target)).isInstanceOf(BackupException.class);

        assertThat(exists(target)).isFalse();
        assertThat(databases("wellhead\\_scratch\\_%")).isZero();
        assertThat(backups.list().get(0).state()).isEqualTo(BackupInfo.State.COMPLETE);
    }

    @Test
    void otherSchemaSourceIsRefusedBeforeAnythingIsTouched() throws SQLException {
        String id = builder().build().create().id();
        Backups newer = Backups.builder(
                        Database.postgres(direct(source), SqlSchema.of("select 1")), BackupStore.directory(store))
                .build();
        RestoreTarget target = freshTarget();

        assertThatThrownBy(() -> newer.restore(id, target))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-008"))
                .hasMessageContaining("use the version of the application that made the backup");
        assertThatThrownBy(() -> newer.verify(id)).isInstanceOf(BackupException.class);
        assertThat(exists(target)).isFalse();
        assertThat(newer.list().get(0).state()).isEqualTo(BackupInfo.State.COMPLETE);
    }

    @Test
    void existingDatabaseIsRestoredToOnlyIfItIsEmpty() throws SQLException {
        Backups backups = builder().build();
        String id = backups.create().id();
        try (TestDatabase empty = TestDatabase.postgres();
                TestDatabase taken = TestDatabase.postgres()) {
            taken.execute("create view somebodys as select 1");

            backups.restore(id, RestoreTarget.emptyDatabase(direct(empty)));

            assertThat(empty.queryOne("select sum(amount) from left_account")).isEqualTo("1000");
            assertThatThrownBy(() -> backups.restore(id, RestoreTarget.emptyDatabase(direct(taken))))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-005"))
                    .hasMessageContaining("somebodys");
            assertThat(taken.queryOne("select count(*) from pg_class where relname = 'note'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void databaseIsRestoredAfterItWasDropped() throws SQLException {
        TestDatabase lost = TestDatabase.postgres();
        lost.execute(SCHEMA.toArray(String[]::new));
        lost.execute("insert into note values (1, 'kept')");
        Backups backups =
                Backups.builder(database(lost), BackupStore.directory(store)).build();
        String id = backups.create().id();
        lost.close();
        cleanups.add("drop database if exists " + lost.name() + " with (force)");

        backups.restore(id, RestoreTarget.newDatabase(lost.name()));

        assertThat(query(direct(lost), "select body from note")).isEqualTo("kept");
    }

    @Test
    void largeObjectsAreRefusedByName() {
        source.execute("select lo_create(0)");
        Backups backups = builder().build();

        assertThatThrownBy(backups::create)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-009"))
                .hasMessageContaining("1 large objects");
        assertThat(backups.stats().failed()).isEqualTo(1);
        assertThat(backups.list()).isEmpty();
    }

    @Test
    void targetOfAnotherKindIsRefused() {
        Backups backups = builder().build();
        String id = backups.create().id();

        assertThatThrownBy(() -> backups.restore(id, RestoreTarget.file(folder.resolve("x.db"))))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-011"));
    }

    @Test
    void backupOfAnotherKindIsRefused() {
        String id = builder().build().create().id();
        Backups sqlite = Backups.builder(Database.sqlite(folder.resolve("x.db")), BackupStore.directory(store))
                .build();

        assertThatThrownBy(() -> sqlite.verify(id))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-011"));
    }

    @Test
    void snapshotHolderThatDiesMakesTheBackupFail() throws IOException {
        FaultyStorage storage = new FaultyStorage(new DirectoryStorage(store), new FaultyStorage.Fault() {
            @Override
            public void before(int operation) {
                if (operation == 3) {
                    source.queryOne("select count(pg_terminate_backend(pid)) from pg_stat_activity where"
                            + " application_name = 'wellhead-backup' and datname = current_database()");
                }
            }
        });
        Backups backups = backupsOn(storage);

        assertThatThrownBy(backups::create).isInstanceOf(BackupException.class);
        assertThat(backups.list()).isEmpty();
        assertThat(entries(store)).isEmpty();
    }

    @Test
    void runnerWhoseLockIsLostDoesNotPublish() throws IOException {
        FaultyStorage storage = new FaultyStorage(new DirectoryStorage(store), new FaultyStorage.Fault() {
            @Override
            public void before(int operation) {
                if (operation == 3) {
                    source.queryOne("select count(pg_terminate_backend(l.pid)) from pg_locks l join pg_stat_activity a"
                            + " using (pid) where l.locktype = 'advisory' and a.datname = current_database()");
                }
            }
        });
        Backups backups = backupsOn(storage);

        assertThatThrownBy(backups::create)
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("lock against other runners was lost");
        assertThat(backups.list()).isEmpty();
        assertThat(entries(store)).isEmpty();
    }

    @Test
    void noPasswordIsWrittenAnywhere() throws IOException {
        Backups backups = builder().build();
        backups.verify(backups.create().id());
        assertThat(source.password()).startsWith("canary-");

        assertNoSecret(store, source.password());

        DirectDataSource wrong =
                DirectDataSource.of(source.url() + "?user=postgres&password=" + PASSWORD, "postgres", PASSWORD);
        Database unreachable = Database.postgres(wrong, new SqlSchema(SCHEMA));
        Throwable refused = catchThrowable(() -> Backups.builder(unreachable, BackupStore.directory(store))
                .build()
                .create());
        StringWriter trace = new StringWriter();
        refused.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).contains("BackupException").doesNotContain(PASSWORD);
        assertThat(unreachable.toString()).doesNotContain(PASSWORD);
    }

    private static String role(TestDatabase database) {
        return "role_" + database.name();
    }

    /** Makes a role that is no superuser, and returns it on the database. */
    private DirectDataSource role(TestDatabase database, String rights) {
        PostgresServer.shared()
                .administrate("create role " + role(database) + " login password '" + PASSWORD + "' " + rights);
        return DirectDataSource.of(database.url(), role(database), PASSWORD);
    }
}

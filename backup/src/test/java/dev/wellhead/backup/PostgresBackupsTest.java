package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.SchemaSource;
import dev.wellhead.jdbc.internal.AdvisoryLock;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** The first is the same in every database; what the others hold is, in binary, told by the numbers of its objects. */
    private static final SqlSchema TYPES = SqlSchema.of(
            "create type mood as enum ('sad', 'ok')",
            "create domain short as varchar(3)",
            "create type pair as (a integer, b text)",
            "create table plain (b boolean, s smallint, i integer[], g bigint, r real, d double precision, n numeric[],"
                    + " m money, c char(3), v varchar(9)[], t text, x bytea, da date[], ti time, tz timetz, ts timestamp,"
                    + " tt timestamptz[], iv interval, u uuid, j json, jb jsonb[], xm xml, p point, bo box, po polygon,"
                    + " ci circle, ip inet, ne cidr[], ma macaddr, bi bit(3), vb varbit, tv tsvector,"
                    + " ra int4range, rs tstzrange[], o oid, \"of\" mood, sh short)",
            "create table moods (m mood[])",
            "create table pairs (p pair)",
            "create table shorts (s short[])",
            "create table names (c regclass)",
            // The server does not read back the binary form of an empty one.
            "create table queries (q tsquery)");

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

    @Test
    void everyTypeComesBackWhicheverWayItTravels() throws Exception {
        try (TestDatabase types = TestDatabase.postgres()) {
            TYPES.apply(types.dataSource());
            types.execute(
                    "insert into plain values (true, -32768, '{{1,2},{3,null}}', 9223372036854775807, 'NaN', '-0',"
                            + " '{1e-40,NaN,null}', '12.34', 'a', '{x,null,\"\"}', E'a\\tb\\\\', '\\x00ff', '{infinity,0044-03-15 BC}',"
                            + " '24:00', '04:05:06.789+05:30', '-infinity', '{infinity,2026-03-29 02:30:00 Europe/Berlin}',"
                            + " '1 mon -3 days 04:05:06.789', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{\"a\": 1}', array['null'::jsonb, '[1]'],"
                            + " '<a>ä</a>', '(1,-0)', '(1,1),(0,0)', '((0,0),(1,1),(2,0))', '<(0,0),1>', '::1/64', '{10.0.0.0/8}',"
                            + " '08:00:2b:01:02:03', '101', '1', 'a:1 b:2', 'empty', '{\"[2026-01-01,)\"}', 4294967295, 'ok', 'abc')",
                    "insert into plain default values",
                    "insert into moods values ('{sad,ok,null}'), ('{}')",
                    "insert into pairs values (row(1, 'x')), (null)",
                    "insert into shorts values ('{abc,null}')",
                    "insert into names values ('plain'), ('pg_class')",
                    "insert into queries values (''), ('a & !b')");
            Backups backups = Backups.builder(Database.postgres(direct(types), TYPES), BackupStore.directory(store))
                    .workers(3)
                    .build();

            String id = backups.create().id();

            Manifest manifest =
                    Manifest.of(id, Files.readAllBytes(store.resolve(id).resolve(Manifest.FILE)));
            assertThat(manifest.tables())
                    .extracting(table -> table.name().name() + " " + table.format())
                    .containsExactly(
                            "moods text", "names text", "pairs text", "plain binary", "queries text", "shorts text");
            assertThat(backups.verify(id).problems()).isEmpty();
            RestoreTarget target = freshTarget();
            backups.restore(id, target);
            for (String table : List.of("moods", "names", "pairs", "plain", "queries", "shorts")) {
                String all = "select string_agg(t::text, '|' order by t::text) from public." + table + " t";
                assertThat(query(target, all)).isEqualTo(types.queryOne(all)).isNotEmpty();
            }
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

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void truncateDuringTheBackupWaitsAndLosesNothing(int workers) throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        List<Future<?>> truncations = new ArrayList<>();
        FaultyStorage storage = new FaultyStorage(new DirectoryStorage(store), new FaultyStorage.Fault() {
            @Override
            public void before(int operation) {
                // Before the first table is copied: the truncation queues behind our lock, and we must not behind it.
                if (truncations.isEmpty() && operation == 3) {
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
            Backups backups = Backups.builder(database(source), new BackupStore(storage))
                    .workers(workers)
                    .build();
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
    void schemaSourceThatKnowsAnEarlierOneVerifiesAndRestoresItsBackups() throws SQLException {
        SqlSchema earlier = new SqlSchema(SCHEMA);
        String id = builder().build().create().id();
        source.execute("create table later (id int)");
        Backups backups = Backups.builder(
                        Database.postgres(direct(source), new Grown(earlier)), BackupStore.directory(store))
                .build();
        RestoreTarget target = freshTarget();

        assertThat(backups.verify(id).problems()).isEmpty();
        backups.restore(id, target);

        assertThat(query(target, "select count(*) from pg_class where relname in ('note', 'later')"))
                .isEqualTo("1");
    }

    @Test
    void databaseThatHasAnEarlierSchemaStillIsBackedUpWithThat() throws SQLException {
        Backups backups = Backups.builder(
                        Database.postgres(direct(source), new Grown(new SqlSchema(SCHEMA))),
                        BackupStore.directory(store))
                .build();
        RestoreTarget target = freshTarget();

        String id = backups.create().id();

        assertThat(backups.verify(id).problems()).isEmpty();
        backups.restore(id, target);
        assertThat(query(target, "select count(*) from pg_class where relname = 'note'"))
                .isEqualTo("1");
    }

    /** Migrations of which the last one is pending. */
    private record Grown(SqlSchema earlier) implements SchemaSource {
        @Override
        public String fingerprint() {
            return "grown";
        }

        @Override
        public String fingerprint(Connection database) throws SQLException {
            try (Statement statement = database.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select current_schema() || ' ' || current_setting('transaction_read_only')")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo("public on");
            }
            return earlier.fingerprint();
        }

        @Override
        public Optional<SchemaSource> withFingerprint(String fingerprint) {
            return fingerprint.equals(earlier.fingerprint()) ? Optional.of(earlier) : Optional.empty();
        }

        @Override
        public void apply(DataSource target) {
            throw new AssertionError("is not what the backup was made with");
        }
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
    void whatIsRestoredHasStatisticsForThePlanner() throws SQLException {
        source.execute(
                "create table measured (id int, at int) partition by range (at)",
                "create table measured_1 partition of measured for values from (0) to (100)",
                "insert into measured select i, i % 100 from generate_series(1, 1000) i",
                "create materialized view counted as select at, count(*) from measured group by at");
        Backups backups = Backups.builder(Database.postgres(direct(source)), BackupStore.directory(store))
                .build();
        RestoreTarget target = freshTarget();

        backups.restore(backups.create().id(), target);

        assertThat(query(
                        target,
                        "select string_agg(distinct tablename, ',' order by tablename) from pg_stats"
                                + " where schemaname = 'public' and tablename ~ '^(measured|counted)'"))
                .isEqualTo("counted,measured,measured_1");
    }

    @Test
    void largeObjectsComeBack() throws SQLException {
        // Of exactly three pieces, an empty one, and one with a hole.
        source.execute(
                "select lo_from_bytea(4000000001, decode(repeat('00ff10', 1048576), 'hex'))",
                "select lo_create(77)",
                "select lo_put(lo_create(78), 3000000, 'end')");
        Backups backups = builder().build();
        RestoreTarget target = freshTarget();

        String id = backups.create().id();
        source.execute("select lo_put(77, 0, 'later')");

        assertThat(backups.verify(id).problems()).isEmpty();
        backups.restore(id, target);
        assertThat(query(
                        target,
                        "select string_agg(oid || ':' || length(lo_get(oid)) || ':' || md5(lo_get(oid)), ',' order by oid::bigint)"
                                + " from pg_largeobject_metadata"))
                .isEqualTo("77:0:d41d8cd98f00b204e9800998ecf8427e,78:3000003:"
                        + source.queryOne("select md5(lo_get(78))") + ",4000000001:3145728:"
                        + source.queryOne("select md5(lo_get(4000000001))"));
    }

    @Test
    void largeObjectsThatTheSchemaSourceMakesAreNotTakenForBackedUpOnes() throws SQLException {
        List<String> statements = new ArrayList<>(SCHEMA);
        statements.add("select lo_create(99)");
        SqlSchema making = new SqlSchema(statements);
        Backups backups = Backups.builder(Database.postgres(direct(source), making), BackupStore.directory(store))
                .build();
        RestoreTarget target = freshTarget();

        backups.restore(backups.create().id(), target);

        assertThat(query(target, "select count(*) from pg_largeobject_metadata"))
                .isEqualTo("0");
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

package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.wellhead.backup.BackupInfo.State;
import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartReader;
import dev.wellhead.backup.internal.PartWriter;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant: owners, privileges, settings and comment of a database whose schema is taken along come back with it, or the
 * backup is not verified; and nothing is made on a server that cannot have them.
 */
class RightsTest {
    private static final String PASSWORD = "canary-role-password";

    /** OWNER, READER and ADMIN stand for roles. */
    private static final List<String> RIGHTS = List.of(
            "create schema app authorization OWNER",
            "create schema \"Odd \"\"schema\"",
            "create type app.mood as enum ('sad', 'ok')",
            "create type app.pair as (a integer, b text)",
            "create type app.span as range (subtype = double precision)",
            "create domain app.positive as integer check (value > 0)",
            "create collation app.plain (provider = libc, locale = 'C')",
            "create sequence app.counter",
            "create table app.parents (id serial primary key, mood app.mood, secret text)",
            "create table app.measures (at date, v integer) partition by range (at)",
            "create table app.measures_rest partition of app.measures default",
            "create table \"Odd \"\"schema\".\"select\" (\"from\" integer, \"Group\" text)",
            "create table plain (id integer generated always as identity)",
            "create view app.seen as select id from app.parents",
            "create materialized view app.counted as select count(*) from app.parents",
            "create statistics app.paired on id, mood from app.parents",
            "create function app.twice(n integer) returns integer language sql as 'select n * 2'",
            "create function app.many(variadic texts text[]) returns integer language sql as 'select 1'",
            "create procedure app.nothing(inout x integer) language plpgsql as $p$ begin x := x; end $p$",
            "select lo_create(77)",
            "alter type app.mood owner to OWNER",
            "alter type app.pair owner to OWNER",
            "alter type app.span owner to OWNER",
            "alter domain app.positive owner to ADMIN",
            "alter collation app.plain owner to OWNER",
            "alter sequence app.counter owner to OWNER",
            "alter table app.parents owner to OWNER",
            "alter table app.measures owner to OWNER",
            "alter view app.seen owner to ADMIN",
            "alter materialized view app.counted owner to OWNER",
            "alter statistics app.paired owner to OWNER",
            "alter function app.twice owner to OWNER",
            "alter procedure app.nothing owner to ADMIN",
            "alter large object 77 owner to OWNER",
            "grant usage on schema app to READER, ADMIN with grant option",
            "grant select on app.parents to READER",
            "grant select (id), update (mood) on app.parents to ADMIN with grant option",
            "grant select, insert on app.measures_rest to public",
            "grant select on app.seen, app.counted to READER",
            "grant usage on sequence app.counter to READER",
            "grant update on sequence app.parents_id_seq to READER",
            "grant select (\"from\") on \"Odd \"\"schema\".\"select\" to READER",
            "revoke execute on function app.twice from public",
            "grant execute on function app.twice to READER",
            "revoke all on function app.many from public",
            "grant execute on procedure app.nothing to READER",
            "revoke usage on type app.mood from public",
            "grant usage on type app.mood to READER",
            "revoke usage on domain app.positive from public",
            "grant select on large object 77 to READER",
            // Its owner has given away a right of its own.
            "revoke insert, delete on app.measures from OWNER",
            // Granted by one who is no owner.
            "set role ADMIN; grant select (id) on app.parents to READER; reset role",
            "revoke usage on schema public from public",
            "grant create, usage on schema public to OWNER",
            "alter default privileges for role OWNER in schema app grant select on tables to READER",
            "alter default privileges for role OWNER revoke execute on functions from public",
            "alter default privileges for role ADMIN grant usage on sequences to READER with grant option",
            "alter default privileges for role ADMIN grant usage on types to OWNER",
            "create policy mine on app.parents for select to READER using (id > 0)",
            "alter database DATABASE owner to OWNER",
            "revoke temporary on database DATABASE from public",
            "grant create, temporary on database DATABASE to READER with grant option",
            "alter database DATABASE set search_path to \"$user\", app, \"Odd \"\"schema\"",
            "alter database DATABASE set work_mem to '12MB'",
            "alter database DATABASE set \"app.greeting\" to 'it''s \\ {odd}, \"quoted\"'",
            "alter role READER in database DATABASE set search_path to ''",
            "alter role READER in database DATABASE set statement_timeout to '7s'",
            "comment on database DATABASE is 'it''s \\ the database'");

    /** What the catalogues hold, read in other words than those that a backup uses. */
    private static final List<String> FACTS = List.of(
            "select relname, relowner::regrole, ITEMS(relacl, case relkind when 'S' then 's' else 'r' end::\"char\", relowner)"
                    + " from pg_class where relnamespace >= 16384 or relname = 'plain'",
            "select attrelid::regclass, attname, ITEMS(attacl, 'c', 0) from pg_attribute where attacl is not null",
            "select oid::regprocedure, proowner::regrole, ITEMS(proacl, 'f', proowner) from pg_proc where oid >= 16384",
            "select oid::regtype, typowner::regrole, ITEMS(typacl, 'T', typowner) from pg_type where typnamespace >= 16384",
            "select nspname, nspowner::regrole, ITEMS(nspacl, 'n', nspowner) from pg_namespace"
                    + " where oid >= 16384 or nspname = 'public'",
            "select oid, lomowner::regrole, ITEMS(lomacl, 'L', lomowner) from pg_largeobject_metadata",
            "select collname, collowner::regrole from pg_collation where oid >= 16384",
            "select stxname, stxowner::regrole from pg_statistic_ext",
            "select defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, ITEMS(defaclacl, 'c', 0)"
                    + " from pg_default_acl",
            "select datdba::regrole, ITEMS(datacl, 'd', datdba), shobj_description(oid, 'pg_database') from pg_database"
                    + " where datname = current_database()",
            "select setrole::regrole, unnest(setconfig) from pg_db_role_setting s"
                    + " join pg_database d on d.oid = s.setdatabase where datname = current_database()");

    @TempDir
    Path store;

    private final List<String> cleanups = new ArrayList<>();
    private TestDatabase source;
    private String restored;

    @BeforeEach
    void open() {
        source = TestDatabase.postgres();
        restored = "restored_" + source.name();
        for (String role : List.of("OWNER", "READER", "ADMIN")) {
            PostgresServer.shared().administrate(named("create role " + role + " login password '" + PASSWORD + "'"));
        }
    }

    @AfterEach
    void close() {
        cleanups.forEach(PostgresServer.shared()::administrate);
        PostgresServer.shared().administrate("drop database if exists " + restored + " with (force)");
        source.close();
        PostgresServer.shared().administrate(named("drop role if exists OWNER, READER, ADMIN"));
    }

    /** Returns the statement with the roles and the database of this test. */
    private String named(String sql) {
        return sql.replace("OWNER", "\"Owner " + source.name() + "\"")
                .replace("READER", "reader_" + source.name())
                .replace("ADMIN", "admin_" + source.name())
                .replace("DATABASE", source.name());
    }

    private String[] allNamed(List<String> statements) {
        return statements.stream().map(this::named).toArray(String[]::new);
    }

    private DirectDataSource direct() {
        return DirectDataSource.of(source.url(), source.user(), source.password());
    }

    private DirectDataSource owner() {
        return DirectDataSource.of(source.url(), "Owner " + source.name(), PASSWORD);
    }

    private Backups backups() {
        return backups(direct());
    }

    private Backups backups(DirectDataSource as) {
        return Backups.builder(Database.postgres(as), BackupStore.directory(store))
                .workers(2)
                .build();
    }

    private static List<String> facts(DirectDataSource database) throws SQLException {
        List<String> facts = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : FACTS) {
                String items = sql.replaceAll(
                        "ITEMS\\((\\w+), (.*), (\\w+)\\)",
                        "(select array_agg(i::text order by i::text) from unnest(coalesce($1, acldefault($2, $3))) i)");
                try (ResultSet rows = statement.executeQuery(
                        "select f::text from (" + items + ") f order by f::text collate \"C\"")) {
                    while (rows.next()) {
                        facts.add(rows.getString(1));
                    }
                }
            }
        }
        return facts;
    }

    private void assertSameFacts(DirectDataSource target) throws SQLException {
        List<String> wanted = facts(direct());
        List<String> found = facts(target);
        List<String> lacking = new ArrayList<>(wanted);
        lacking.removeAll(found);
        List<String> besides = new ArrayList<>(found);
        besides.removeAll(wanted);
        assertThat(lacking).as("lacking, where there is instead %s", besides).isEmpty();
        assertThat(besides).isEmpty();
        assertThat(wanted).hasSizeGreaterThan(40);
    }

    private int databases(String pattern) {
        return Integer.parseInt(
                source.queryOne("select count(*) from pg_database where datname like '" + pattern + "'"));
    }

    @Test
    void everyRightComesBack() throws SQLException {
        source.execute(allNamed(RIGHTS));
        Backups backups = backups();

        String id = backups.create().id();

        assertThat(backups.verify(id).problems()).isEmpty();
        backups.restore(id, RestoreTarget.newDatabase(restored));
        assertSameFacts(direct().onDatabase(restored));
    }

    @Test
    void rightsOfEveryKindOfObjectComeBack() throws SQLException {
        source.execute(allNamed(List.of(
                "grant create on database DATABASE to OWNER", "grant create, usage on schema public to OWNER")));
        try (Connection connection = owner().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : CarriedSchemaTest.EVERYTHING) {
                statement.execute(sql);
            }
        }
        Backups backups = backups();

        String id = backups.create().id();

        assertThat(backups.verify(id).problems()).isEmpty();
    }

    @Test
    void settingsAndGrantsComeToAnEmptyDatabaseWhateverItsDefaultsAre() throws SQLException {
        source.execute(allNamed(RIGHTS));
        Backups backups = backups();
        String id = backups.create().id();
        PostgresServer.shared().administrate("create database " + restored);
        DirectDataSource target = direct().onDatabase(restored);
        try (Connection connection = target.getConnection();
                Statement statement = connection.createStatement()) {
            // Each table would be readable by everybody, and nobody else use public.
            statement.execute(named("alter default privileges grant select on tables to public"));
            statement.execute(named("grant all on schema public to READER"));
        }

        backups.restore(id, RestoreTarget.emptyDatabase(target));

        assertSameFacts(target);
    }

    @Test
    void rightsAreComparedWithWhatTheyWere() throws SQLException {
        source.execute(allNamed(RIGHTS));
        List<String> changes = List.of(
                "grant insert on app.parents to READER",
                "revoke select on app.parents from READER",
                "grant select on app.parents to READER with grant option",
                "revoke select (id) on app.parents from ADMIN cascade",
                "grant insert on app.measures to OWNER",
                "revoke select on app.measures_rest from public",
                "revoke usage on sequence app.counter from READER",
                "grant execute on function app.twice to public",
                "revoke execute on procedure app.nothing from READER",
                "grant usage on type app.mood to public",
                "revoke usage on schema app from READER",
                "grant usage on schema public to public",
                "revoke create on schema public from OWNER",
                "revoke select on large object 77 from READER",
                "alter table app.parents owner to ADMIN",
                "alter table public.plain owner to OWNER",
                "alter view app.seen owner to OWNER",
                "alter schema app owner to ADMIN",
                "alter type app.mood owner to ADMIN",
                "alter domain app.positive owner to OWNER",
                "alter function app.many owner to ADMIN",
                "alter collation app.plain owner to ADMIN",
                "alter statistics app.paired owner to ADMIN",
                "alter large object 77 owner to ADMIN",
                "alter default privileges for role OWNER in schema app revoke select on tables from READER",
                "alter default privileges for role OWNER grant execute on functions to public",
                "alter default privileges for role ADMIN grant select on sequences to READER",
                "alter database DATABASE owner to ADMIN",
                "grant temporary on database DATABASE to public",
                "revoke create on database DATABASE from READER",
                "alter database DATABASE reset search_path",
                "alter database DATABASE set work_mem to '13MB'",
                "alter role READER in database DATABASE reset all",
                "comment on database DATABASE is null");

        for (String change : changes) {
            try (Connection connection = PostgresSession.open(direct())) {
                connection.setAutoCommit(false);
                RightsRestore wanted = new RightsRestore(RightsReader.read(connection), true);
                assertThat(wanted.differences(connection)).isEmpty();

                PostgresSession.execute(connection, named(change));

                assertThat(wanted.differences(connection)).as(change).isNotEmpty();
                connection.rollback();
            }
        }
    }

    @Test
    void grantThatIsForgottenMakesTheBackupSuspect() throws IOException {
        source.execute(allNamed(RIGHTS));
        Backups backups = backups();
        String id = changed(backups.create().id(), text -> {
            String grant = named("\"grant SELECT on table app.parents to READER\",");
            assertThat(text).contains(grant);
            return text.replace(grant, "");
        });

        VerifyReport report = backups.verify(id);

        assertThat(String.join("\n", report.problems())).contains(named("READER may SELECT"));
        assertThat(backups.list().get(0).state()).isEqualTo(State.SUSPECT);
        assertThatThrownBy(() -> backups.restore(id, RestoreTarget.newDatabase(restored)))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-007"));
        assertThat(databases(restored)).isZero();
    }

    @Test
    void backupOfAnOlderVersionWithoutRightsIsStillRestored() throws SQLException, IOException {
        source.execute(allNamed(RIGHTS));
        Backups backups = backups();

        String id = changed(backups.create().id(), text -> "");

        assertThat(backups.verify(id).problems()).isEmpty();
        backups.restore(id, RestoreTarget.newDatabase(restored));
        assertThat(facts(direct().onDatabase(restored))).isNotEqualTo(facts(direct()));
    }

    /** Writes the backup anew with other rights, or none, and removes the former. */
    private String changed(String id, UnaryOperator<String> change) throws IOException {
        Storage storage = new DirectoryStorage(store);
        Manifest manifest = Manifest.of(id, storage.read(id, Manifest.FILE, Manifest.MAX_BYTES));
        String other = "1" + id.substring(1);
        List<Manifest.Part> parts = new ArrayList<>();
        try (Storage.Draft draft = storage.begin(other)) {
            for (Manifest.Part part : manifest.parts()) {
                boolean rights = part.name().startsWith("rights.json");
                byte[] content;
                try (PartReader reader = PartReader.open(storage, id, part)) {
                    content = reader.readAllBytes();
                }
                if (rights) {
                    content = change.apply(new String(content, StandardCharsets.UTF_8))
                            .getBytes(StandardCharsets.UTF_8);
                }
                if (!rights || content.length > 0) {
                    String name = part.name().substring(0, part.name().lastIndexOf('.'));
                    try (PartWriter writer = PartWriter.create(draft, name)) {
                        writer.write(content);
                        parts.add(writer.finish());
                    }
                }
            }
            draft.publish(new Manifest(
                            other,
                            manifest.kind(),
                            manifest.database(),
                            manifest.createdAt(),
                            manifest.schemaFingerprint(),
                            manifest.properties(),
                            parts,
                            manifest.tables(),
                            manifest.sequences())
                    .toBytes());
        }
        storage.delete(id);
        return other;
    }

    @Test
    void roleThatTheServerLacksIsNamedBeforeAnythingIsMade() throws SQLException {
        source.execute(allNamed(List.of(
                "create table t (a integer)",
                "insert into t values (1)",
                "alter table t owner to OWNER",
                "grant select on t to READER",
                "alter role ADMIN in database DATABASE set work_mem to '9MB'")));
        Backups backups = backups();
        String id = backups.create().id();
        PostgresServer.shared().administrate(named("alter role ADMIN in database DATABASE reset all"));
        source.execute(allNamed(List.of("drop owned by OWNER, READER", "drop role OWNER, READER, ADMIN")));

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> backups.restore(id, RestoreTarget.newDatabase(restored)))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-006"))
                    .hasMessageContaining(named("OWNER"))
                    .hasMessageContaining(named("READER"))
                    .hasMessageContaining(named("ADMIN"))
                    .hasMessageContaining("withoutPrivileges()");
        }
        assertThatThrownBy(() -> backups.verify(id))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-012"));
        assertThat(databases(restored) + databases("wellhead\\_scratch\\_%")).isZero();
        assertThat(backups.list().get(0).state()).isEqualTo(State.COMPLETE);

        backups.restore(id, RestoreTarget.newDatabase(restored).withoutPrivileges());

        assertThat(one(
                        direct().onDatabase(restored),
                        "select a || ':' || tableowner from t, pg_tables where tablename = 't'"))
                .isEqualTo("1:" + source.user());
    }

    @Test
    void roleOfAPolicyIsNeededEvenWithoutPrivileges() {
        source.execute(allNamed(
                List.of("create table t (a integer)", "create policy mine on t for select to READER using (true)")));
        Backups backups = backups();
        String id = backups.create().id();
        source.execute(allNamed(List.of("drop policy mine on t", "drop role READER")));

        assertThatThrownBy(() ->
                        backups.restore(id, RestoreTarget.newDatabase(restored).withoutPrivileges()))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining(named("READER"));
        assertThat(databases(restored)).isZero();
    }

    @Test
    void plainOwnerRestoresWhatItOwnsAndNothingOfOthers() throws SQLException {
        PostgresServer.shared().administrate(named("alter role OWNER createdb"));
        PostgresServer.shared().administrate(named("grant create on database DATABASE to OWNER"));
        DirectDataSource owner = owner();
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create schema app");
            statement.execute("create table app.t (a integer)");
            statement.execute(named("grant select on app.t to READER with grant option"));
            statement.execute(named("alter default privileges in schema app grant select on tables to READER"));
        }
        Backups backups = backups(owner);

        String own = backups.create().id();
        List<String> problems = backups.verify(own).problems();
        backups.restore(own, RestoreTarget.newDatabase(restored));
        source.execute(allNamed(List.of(
                "create table app.other (a integer)",
                "alter table app.other owner to ADMIN",
                "grant select on app.other to OWNER")));
        String mixed = backups.create().id();

        assertThat(problems).isEmpty();
        assertThat(one(owner.onDatabase(restored), "select relacl::text from pg_class where relname = 't'"))
                .isEqualTo(source.queryOne("select relacl::text from pg_class where relname = 't'"));
        assertThatThrownBy(() -> backups.verify(mixed))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-012"))
                .hasMessageContaining(named("cannot act for role ADMIN"));
        PostgresServer.shared().administrate(named("grant ADMIN to OWNER"));
        source.execute(named("grant usage, create on schema app to ADMIN"));
        assertThat(backups.verify(backups.create().id()).problems()).isEmpty();
    }

    @Test
    void targetOfSomebodyElseIsRefusedBeforeAnythingIsMade() throws SQLException {
        source.execute("create table t (a integer)", named("alter database DATABASE set work_mem to '8MB'"));
        String id = backups().create().id();
        PostgresServer.shared().administrate("create database " + restored);
        PostgresServer.shared().administrate(named("grant create on database " + restored + " to OWNER"));
        RestoreTarget target = RestoreTarget.emptyDatabase(owner().onDatabase(restored));

        assertThatThrownBy(() -> backups().restore(id, target))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-006"));

        assertThat(one(direct().onDatabase(restored), "select count(*) from pg_tables where tablename = 't'"))
                .isEqualTo("0");
    }

    @Test
    void valuesOfSettingsAreInNoMessage() throws SQLException {
        source.execute(named("alter database DATABASE set \"app.token\" to 'canary-token'"));
        try (Connection connection = PostgresSession.open(direct())) {
            RightsRestore wanted = new RightsRestore(RightsReader.read(connection), true);
            source.execute(named("alter database DATABASE reset \"app.token\""));

            assertThat(wanted.differences(connection))
                    .singleElement(STRING)
                    .contains("app.token")
                    .doesNotContain("canary-token");
        }
    }

    @Test
    void sqliteFileHasNoPrivilegesToLeaveAway() {
        RestoreTarget file = RestoreTarget.file(store.resolve("x.db"));

        assertThatThrownBy(file::withoutPrivileges).isInstanceOf(UnsupportedOperationException.class);
    }

    private static String one(DirectDataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }
}

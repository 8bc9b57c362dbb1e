package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.core.Ticker;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.ScratchDatabase;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Invariant: whatever a restore may lose or change, however little, the comparison behind it says so. */
class PostgresSensitivityTest {
    private static final List<String> SCHEMA = List.of(
            "create schema other",
            "create type mood as enum ('sad', 'ok', 'happy')",
            "create type pair as (a integer, b text)",
            "create domain positive as integer constraint above_zero check (value > 0)",
            "create collation other.plain (provider = libc, locale = 'C')",
            "create collation other.sorted (provider = icu, locale = 'de')",
            "create function twice(n integer) returns integer language sql immutable as 'select n * 2'",
            "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$",
            "create table v (id integer primary key, i integer, t text, d double precision, n numeric, at timestamptz,"
                    + " b bytea, l integer[], j jsonb, p text)",
            "create table same (id integer, t text)",
            "create table twin (id integer, t text)",
            "create table owner (id bigint generated always as identity primary key, name varchar(20) not null,"
                    + " n positive default 7, doubled integer generated always as (twice(7)) stored, mood mood,"
                    + " constraint short check (length(name) < 9))",
            "create table owned (id serial primary key, owner bigint references owner on delete cascade, body text)",
            "create index owned_by_body on owned (body)",
            "create unique index owner_once on owner (name)",
            "create table base (id integer)",
            "create table derived () inherits (base)",
            "create table parted (id integer) partition by range (id)",
            "create table parted_1 partition of parted for values from (0) to (100)",
            "create sequence counter increment 3",
            "create view seen as select id, name from owner",
            "create materialized view filled as select count(*) from owner",
            "create trigger guard before insert on owner for each row when (new.name = 'x') execute function refuse()",
            "create policy mine on owner for select using (id > 0)",
            "create rule quiet as on delete to derived do instead nothing",
            "create statistics paired (dependencies) on id, i from v",
            "alter table owner enable row level security",
            "comment on table owner is 'who owns'",
            "insert into v values (1, 1, '', 0, 1.0, '2026-03-29 00:30:00+00', '\\x00ff', '{{1,2},{3,null}}', '{\"a\": 1}',"
                    + " 'x'), (2, null, null, 'NaN', 'NaN', 'infinity', null, '{}', 'null', null)",
            "insert into same values (1, 'one'), (1, 'one'), (2, 'two'), (2, 'two')",
            "insert into twin values (1, 'one'), (3, 'three')",
            "insert into owner (name) values ('a'), ('b')",
            "insert into owned (owner, body) values (1, 'x'), (2, 'y')",
            "insert into parted values (5)",
            "insert into base values (1)",
            "select nextval('counter')",
            "select lo_create(424242)",
            "select lo_put(424242, 0, '\\x010203')",
            "refresh materialized view filled");

    /** What is done to a database that was restored. */
    static List<String> mutations() {
        return List.of(
                // Rows.
                "update v set i = i + 1 where id = 1",
                "update v set t = null where id = 1",
                "update v set t = '' where id = 2",
                "update v set p = 'x ' where id = 1",
                "update v set p = 'X' where id = 1",
                "update v set d = '-0' where id = 1",
                "update v set d = 5e-324 where id = 1",
                "update v set d = 'infinity' where id = 2",
                "update v set n = 1.00 where id = 1",
                "update v set n = null where id = 2",
                "update v set at = at at time zone 'UTC' at time zone 'Europe/Berlin' where id = 1",
                "update v set at = at + interval '1 microsecond' where id = 1",
                "update v set at = '-infinity' where id = 2",
                "update v set b = '\\x00fe' where id = 1",
                "update v set b = '' where id = 2",
                "update v set l = '{1,2,3,null}' where id = 1",
                "update v set l = null where id = 2",
                "update v set l = '[0:1][1:2]={{1,2},{3,null}}' where id = 1",
                "update v set j = '{\"a\": 1.0}' where id = 1",
                "update v set j = null where id = 2",
                "delete from v where id = 2",
                "update v set id = 7 where id = 2",
                "with gone as (delete from only same where ctid in (select ctid from same where id = 1 limit 1) returning *)"
                        + " insert into same select 2, 'two' from gone",
                "with a as (delete from same where id = 2 returning *), b as (delete from twin where id = 3 returning *),"
                        + " c as (insert into twin select distinct id, t from a) insert into same select id, t from b",
                "with a as (delete from parted returning *) insert into base select id from a",
                "with a as (delete from only base returning *) insert into derived select id from a",
                "insert into owned values (9, 1, 'more')",
                // What belongs to no table.
                "select lo_put(424242, 2, '\\x04')",
                "select lo_put(424242, 3, '\\x00')",
                "select lo_create(424243)",
                "select lo_unlink(424242)",
                // Sequences.
                "select nextval('counter')",
                "select setval('counter', 1, false)",
                "select setval('owned_id_seq', 3)",
                "alter table owner alter id restart with 50",
                // Schema.
                "alter table owner alter n set default 8",
                "alter table owner alter n drop default",
                "alter table owner alter name drop not null",
                "alter table owned alter body type varchar(21)",
                "alter table owner alter id set generated by default",
                "alter table owner alter doubled drop expression",
                "alter table owner alter name set storage external",
                "alter table owner drop constraint short",
                "alter table owner drop constraint short, add constraint short check (length(name) < 10)",
                "alter table owner drop constraint short, add constraint short check (length(name) < 9) not valid",
                "alter table owner rename constraint short to shorter",
                "alter table owned drop constraint owned_owner_fkey",
                "alter table owned drop constraint owned_owner_fkey, add foreign key (owner) references owner",
                "alter table owner disable trigger guard",
                "alter table owner enable always trigger guard",
                "drop trigger guard on owner",
                "alter table owner disable row level security",
                "alter table owner force row level security",
                "alter policy mine on owner using (id > 1)",
                "drop policy mine on owner",
                "alter table derived disable rule quiet",
                "drop index owned_by_body",
                "drop index owned_by_body; create index owned_by_body on owned (body desc)",
                "drop index owner_once; create index owner_once on owner (name)",
                "alter table owned cluster on owned_by_body",
                "alter table same replica identity full",
                "alter table same set (fillfactor = 70)",
                "alter table same set unlogged",
                "alter table derived no inherit base",
                "alter table parted detach partition parted_1",
                "alter table parted detach partition parted_1;"
                        + " alter table parted attach partition parted_1 for values from (0) to (99)",
                "alter type mood rename value 'sad' to 'glum'",
                "alter table owner drop mood; drop type mood; create type mood as enum ('ok', 'sad', 'happy');"
                        + " alter table owner add mood mood",
                "alter type pair alter attribute b type varchar",
                "alter domain positive drop constraint above_zero",
                "alter domain positive set default 1",
                "create or replace function twice(n integer) returns integer language sql immutable as 'select n + n'",
                "alter function twice(integer) stable",
                "create or replace view seen as select id, name from owner where id > 0",
                "refresh materialized view filled with no data",
                "drop materialized view filled",
                "alter sequence counter increment 4",
                "alter sequence owned_id_seq owned by none",
                "drop statistics paired",
                "drop collation other.plain",
                "drop collation other.sorted; create collation other.sorted (provider = icu, locale = 'sv')",
                "comment on table owner is 'who owned'",
                "comment on table owner is null",
                "comment on column owner.name is 'new'",
                "create table more ()",
                "alter table v drop p; alter table v add p text; update v set p = 'x' where id = 1; alter table v drop j;"
                        + " alter table v add j jsonb; update v set j = case id when 1 then '{\"a\": 1}'::jsonb else 'null' end");
    }

    @TempDir
    static Path folder;

    private static TestDatabase source;
    private static ScratchDatabase scratch;
    private static Connection restored;
    private static Manifest manifest;
    private static PostgresComparison comparison;
    private static PostgresComparison withAnOlderServer;

    @BeforeAll
    static void restore() throws SQLException, IOException {
        source = TestDatabase.postgres();
        source.execute(SCHEMA.toArray(String[]::new));
        DirectDataSource direct = DirectDataSource.of(source.url(), source.user(), source.password());
        Path store = folder.resolve("store");
        String id = Backups.builder(Database.postgres(direct), BackupStore.directory(store))
                .build()
                .create()
                .id();
        Storage storage = new DirectoryStorage(store);
        manifest = Manifest.of(id, storage.read(id, Manifest.FILE, Manifest.MAX_BYTES));
        Progress progress = new Progress(id, Ticker.system(), Long.MAX_VALUE, told -> {});
        scratch = ScratchDatabase.create(direct);
        DirectDataSource target = scratch.dataSource();
        PostgresRestore.Source backup = new PostgresRestore.Source(
                storage,
                manifest,
                new LoadedContent(storage, manifest, new CarriedSchema(), 1),
                new RightsRestore(Rights.read(storage, manifest), true));
        assertThat(new PostgresRestore(backup, 1, progress, target).run()).isEmpty();
        SortedSet<String> lines = new TreeSet<>(SchemaPart.read(storage, manifest));
        comparison = new PostgresComparison(manifest, lines, progress);
        withAnOlderServer = new PostgresComparison(ofAnOlderServer(manifest), lines, progress);
        restored = PostgresSession.open(target);
        PostgresSession.execute(restored, "set search_path = public");
    }

    private static Manifest ofAnOlderServer(Manifest backup) {
        Map<String, String> properties = new HashMap<>(backup.properties());
        properties.put("serverVersion", "13.1");
        return new Manifest(
                backup.id(),
                backup.kind(),
                backup.database(),
                backup.createdAt(),
                backup.schemaFingerprint(),
                properties,
                backup.parts(),
                backup.tables(),
                backup.sequences());
    }

    @AfterAll
    static void close() throws SQLException {
        restored.close();
        scratch.close();
        source.close();
    }

    /** Sequences are outside of transactions. */
    @AfterEach
    void setSequencesBack() throws SQLException {
        for (Manifest.Sequence sequence : manifest.sequences()) {
            PostgresSession.queryOne(
                    restored,
                    "select setval('" + sequence.name().quoted() + "', " + sequence.last() + ", " + sequence.called()
                            + ")");
        }
    }

    @Test
    void restoreThatNothingWasDoneToIsEqual() throws SQLException, IOException {
        assertThat(differencesAfter("select 1", comparison)).isEmpty();
        assertThat(differencesAfter("select 1", withAnOlderServer)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("mutations")
    void changeIsNoticed(String mutation) throws SQLException, IOException {
        assertThat(differencesAfter(mutation, comparison)).isNotEmpty();
    }

    /** What versions say in different ways is left out then; what was changed is not. */
    @ParameterizedTest
    @MethodSource("mutations")
    void changeIsNoticedBehindABackupOfAnOlderServer(String mutation) throws SQLException, IOException {
        assertThat(differencesAfter(mutation, withAnOlderServer)).isNotEmpty();
    }

    /** Changes what was restored, compares as a verification does, and takes the change back. */
    private static List<String> differencesAfter(String mutation, PostgresComparison with)
            throws SQLException, IOException {
        restored.setAutoCommit(false);
        try {
            PostgresSession.execute(restored, mutation);
            List<String> differences = new ArrayList<>(with.schema(restored));
            differences.addAll(with.sequences(restored));
            for (Manifest.Table table : manifest.tables()) {
                with.table(restored, table).ifPresent(differences::add);
            }
            return differences;
        } finally {
            if (!restored.getAutoCommit()) {
                restored.rollback();
                restored.setAutoCommit(true);
            }
        }
    }
}

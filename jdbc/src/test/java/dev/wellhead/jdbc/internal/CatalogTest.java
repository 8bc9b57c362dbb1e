package dev.wellhead.jdbc.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SortedSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogTest {
    private static final String[] POSTGRES_SCHEMA = {
        "create schema shop",
        "create type shop.mood as enum ('sad', 'happy')",
        "create domain shop.positive as int check (value > 0)",
        "create table shop.item (id bigint generated always as identity primary key, name text not null default 'x',"
                + " n shop.positive, twice int generated always as (1 + 1) stored, m shop.mood)",
        "create table shop.part (id bigint primary key, item bigint references shop.item, d date) ",
        "create index part_item on shop.part (item) where item > 0",
        "create view shop.v as select id from shop.item",
        "create sequence shop.s increment 7",
        "create function shop.f(a int) returns int language sql as 'select a + 1'",
        "create function shop.g() returns trigger language plpgsql as 'begin return new; end'",
        "create trigger t before insert on shop.part for each row execute function shop.g()",
        "create table shop.log (d date) partition by range (d)",
        "create table shop.log_1 partition of shop.log for values from ('2020-01-01') to ('2021-01-01')",
        "create policy p on shop.part using (id > 0)",
        "comment on table shop.item is 'things'",
        "create table shop.log_2 (d date)",
        "create type shop.pair as (a int, b text)",
        "create procedure shop.p(a int, b text) language sql as 'select 1'",
        "create aggregate shop.total(int) (sfunc = int4pl, stype = int, initcond = '0')",
        "create function shop.et() returns event_trigger language plpgsql as 'begin end'",
        "create materialized view shop.mv as select id from shop.part",
        "create table shop.child () inherits (shop.item)",
        "create table shop.\"odd \"\"name.x\" (\"a b\" int check (\"a b\" in (1, 2)), exclude using btree (\"a b\" with =))",
    };

    // For changes that are rolled back.
    private static final TestDatabase SHOP = TestDatabase.postgres();

    @BeforeAll
    static void make() {
        SHOP.execute(POSTGRES_SCHEMA);
    }

    @AfterAll
    static void drop() {
        SHOP.close();
    }

    @Test
    void postgresTablesAreThoseThatHoldRows() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                Connection connection = database.dataSource().getConnection()) {
            database.execute(POSTGRES_SCHEMA);
            Catalog catalog = Catalog.of(connection);

            assertThat(catalog.tables())
                    .containsExactly(
                            new TableName("shop", "child"),
                            new TableName("shop", "item"),
                            new TableName("shop", "log_1"),
                            new TableName("shop", "log_2"),
                            new TableName("shop", "odd \"name.x"),
                            new TableName("shop", "part"));
            assertThat(catalog.writableColumns(new TableName("shop", "item"))).containsExactly("id", "name", "n", "m");
        }
    }

    @Test
    void sameStatementsGiveTheSameDescriptionInAnotherDatabase() throws SQLException {
        try (TestDatabase one = TestDatabase.postgres();
                TestDatabase two = TestDatabase.postgres()) {
            one.execute(POSTGRES_SCHEMA);
            two.execute(POSTGRES_SCHEMA);

            assertThat(describe(two)).isEqualTo(describe(one));
            assertThat(describe(one))
                    .anyMatch(line -> line.startsWith("comment table shop.item things"))
                    .anyMatch(line -> line.startsWith("trigger CREATE TRIGGER t"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter table shop.item add column c int",
                "alter table shop.item alter column name drop default",
                "alter table shop.item alter column name type varchar(9)",
                "alter table shop.part add constraint k check (id <> 3)",
                "alter table shop.part enable row level security",
                "drop index shop.part_item",
                "create or replace view shop.v as select id + 0 as id from shop.item",
                "create or replace function shop.f(a int) returns int language sql as 'select a + 2'",
                "alter table shop.part disable trigger t",
                "alter type shop.mood add value 'ok'",
                "alter domain shop.positive set not null",
                "alter sequence shop.s increment 8",
                "alter policy p on shop.part using (id > 1)",
                "comment on table shop.item is 'other'",
                "create extension pg_trgm",
                "create schema other",
                "alter table shop.log attach partition shop.log_2 for values from ('2021-01-01') to ('2022-01-01')",
                "alter table shop.log detach partition shop.log_1",
                "alter table shop.child set unlogged",
                "alter table shop.item replica identity full",
                "alter table shop.item alter column name set storage external",
                "alter table shop.item alter column id set generated by default",
                "alter table shop.part cluster on part_pkey",
                "alter table shop.part alter item drop not null, alter d set not null",
                "alter type shop.pair add attribute c int",
                "alter domain shop.positive add constraint k check (value <> 7)",
                "alter domain shop.positive set default 4",
                "create rule r as on delete to shop.part do instead nothing",
                "create or replace procedure shop.p(a int, b text) language sql as 'select 2'",
                "drop aggregate shop.total(int)",
                "create statistics shop.st on id, item from shop.part",
                "create type shop.span as range (subtype = float8)",
                "create publication pub for table shop.part",
                "create event trigger et on ddl_command_end execute function shop.et()",
                "refresh materialized view shop.mv; alter materialized view shop.mv rename column id to key",
                "alter table shop.child no inherit shop.item",
                "alter sequence shop.s owned by shop.part.id",
                "comment on column shop.item.name is 'other'",
                "comment on function shop.f(int) is 'adds'",
                "comment on trigger t on shop.part is 'checks'",
                "comment on constraint part_pkey on shop.part is 'key'",
                "comment on type shop.mood is 'moods'",
                "comment on schema shop is 'of ours'",
            })
    void anyChangeOfThePostgresSchemaShows(String change) throws SQLException {
        assertThat(changed(change, Catalog::describe)).isNotEqualTo(changed("select 1", Catalog::describe));
    }

    @Test
    void droppedColumnLeavesNoTrace() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres()) {
            database.execute("create table t (a int, b int)");
            SortedSet<String> before = describe(database);

            database.execute("alter table t add column c int", "alter table t drop column c");

            assertThat(describe(database)).isEqualTo(before);
        }
    }

    @Test
    void temporaryTablesAndExtensionsDoNotCount() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                Connection connection = database.dataSource().getConnection()) {
            database.execute("create extension pg_stat_statements");
            connection.createStatement().execute("create temp table passing (n int)");

            assertThat(Catalog.of(connection).tables()).isEmpty();
            assertThat(Catalog.of(connection).describe())
                    .containsExactly("extension pg_stat_statements", "schema public");
            assertThat(Catalog.of(connection).objects()).noneMatch(object -> "passing".equals(object.table()));
        }
    }

    @ParameterizedTest
    @CsvSource({"alter table t add column c", "create index j on t (b)", "drop view v", "drop trigger g"})
    void anyChangeOfTheSqliteSchemaShows(String change) throws SQLException {
        try (TestDatabase database = TestDatabase.sqlite()) {
            database.execute(
                    "create table t (a integer primary key, b text, d as (a + 1))",
                    "create index i on t (b)",
                    "create view v as select a from t",
                    "create trigger g after insert on t begin select 1; end");
            SortedSet<String> before = describe(database);

            database.execute(change);

            assertThat(describe(database)).isNotEqualTo(before);
            try (Connection connection = database.dataSource().getConnection()) {
                assertThat(Catalog.of(connection).tables()).containsExactly(new TableName("main", "t"));
                assertThat(Catalog.of(connection).writableColumns(new TableName("main", "t")))
                        .startsWith("a", "b")
                        .doesNotContain("d");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "grant select on shop.item to public",
                "grant update (name) on shop.item to public",
                "grant usage on schema shop to public",
                "revoke execute on function shop.f(int) from public",
                "revoke usage on type shop.mood from public",
                "revoke delete on shop.item from current_user",
                "grant usage on sequence shop.s to public",
                "alter default privileges in schema shop grant select on tables to public",
                "alter table shop.item owner to pg_monitor",
            })
    void whoMayDoWhatIsPartOfTheObjects(String change) throws SQLException {
        assertThat(changed(change, Catalog::objects)).isNotEqualTo(changed("select 1", Catalog::objects));
    }

    /** A way to look at a catalogue. */
    @FunctionalInterface
    private interface Look<T> {
        T at(Catalog catalog) throws SQLException;
    }

    /** Returns what is seen after a change that is then rolled back. */
    private static <T> T changed(String change, Look<T> look) throws SQLException {
        try (Connection connection = SHOP.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(change);
            try {
                return look.at(Catalog.of(connection));
            } finally {
                connection.rollback();
            }
        }
    }

    @Test
    void rightsThatWereGrantedAndTakenBackLeaveNoTrace() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres()) {
            database.execute(POSTGRES_SCHEMA);
            SortedSet<CatalogObject> before = objects(database);

            database.execute(
                    "grant select on shop.item to public",
                    "revoke select on shop.item from public",
                    "revoke execute on function shop.f(int) from public",
                    "grant execute on function shop.f(int) to public");

            assertThat(objects(database)).isEqualTo(before);
        }
    }

    @Test
    void namesOfObjectsAreUniqueWithinTheirKind() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres()) {
            database.execute(POSTGRES_SCHEMA);

            SortedSet<CatalogObject> objects = objects(database);

            assertThat(objects)
                    .extracting(object -> object.kind() + " " + object.name())
                    .doesNotHaveDuplicates();
            assertThat(objects)
                    .contains(
                            new CatalogObject(
                                    "column", "shop", "odd \"name.x", "shop.\"odd \"\"name.x\".\"a b\"", "integer"),
                            new CatalogObject(
                                    CatalogObject.COLUMN_ORDER, "shop", "item", "shop.item", "id, name, n, twice, m"),
                            new CatalogObject("procedure", "shop", null, "shop.p(integer, text)", """
                                    CREATE OR REPLACE PROCEDURE shop.p(a integer, b text)
                                     LANGUAGE sql
                                    AS $procedure$select 1$procedure$
                                    """));
        }
    }

    @Test
    void nothingOfAnExtensionIsAnObject() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres()) {
            SortedSet<CatalogObject> before = objects(database);

            database.execute("create extension pg_stat_statements", "create extension hstore");

            SortedSet<CatalogObject> after = objects(database);
            after.removeAll(before);
            assertThat(after).extracting(CatalogObject::kind).containsOnly("extension");
        }
    }

    @Test
    void sqliteTextsAreComparedByWhatTheySay() throws SQLException {
        try (TestDatabase one = TestDatabase.sqlite();
                TestDatabase two = TestDatabase.sqlite()) {
            one.execute(
                    "create table t (a integer primary key, \"b c\" text default 'X;Y', c int check (c in (1,2)),"
                            + " constraint u unique (a, c), foreign key (c) references t (a)) strict, without rowid",
                    "create index i on t (c desc) where c > 1",
                    "create view v as select t.a from t",
                    "create trigger g after insert on t begin update t set c = 1; end");
            two.execute(
                    "create table t (a integer primary key, [b c] text default 'X;Y', x int, C int check(C IN(1, 2))"
                            + " /* why */, CONSTRAINT U UNIQUE (a,c), foreign key (c) references t (a)) STRICT, without rowid",
                    "alter table t drop column x",
                    "create index I on T(c  desc) where c>1",
                    "create view v as select \"t\".a -- here\n from t",
                    "create trigger g after insert on t begin\n update t set c=1;\nend");

            assertThat(objects(two)).isEqualTo(objects(one));
            assertThat(objects(one))
                    .extracting(CatalogObject::toString)
                    .contains(
                            "column main.t.c int check (c in (1, 2))",
                            "column main.t.\"b c\" text default 'X;Y'",
                            "column-order main.t a, \"b c\", c",
                            "constraint main.t.u unique (a, c)",
                            "table main.t strict, without rowid");
        }
    }

    private static SortedSet<CatalogObject> objects(TestDatabase database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return Catalog.of(connection).objects();
        }
    }

    private static SortedSet<String> describe(TestDatabase database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return Catalog.of(connection).describe();
        }
    }
}

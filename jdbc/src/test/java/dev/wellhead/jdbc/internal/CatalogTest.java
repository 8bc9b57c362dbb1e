package dev.wellhead.jdbc.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.SortedSet;
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
    };

    @Test
    void postgresTablesAreThoseThatHoldRows() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                Connection connection = database.dataSource().getConnection()) {
            database.execute(POSTGRES_SCHEMA);
            Catalog catalog = Catalog.of(connection);

            assertThat(catalog.tables())
                    .containsExactly(
                            new TableName("shop", "item"),
                            new TableName("shop", "log_1"),
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
            })
    void anyChangeOfThePostgresSchemaShows(String change) throws SQLException {
        try (TestDatabase database = TestDatabase.postgres()) {
            database.execute(POSTGRES_SCHEMA);
            SortedSet<String> before = describe(database);

            database.execute(change);

            assertThat(describe(database)).isNotEqualTo(before);
        }
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

    private static SortedSet<String> describe(TestDatabase database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return Catalog.of(connection).describe();
        }
    }
}

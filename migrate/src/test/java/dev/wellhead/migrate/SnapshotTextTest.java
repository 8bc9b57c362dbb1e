package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.TestDatabase;
import org.junit.jupiter.api.Test;

/** The text of a schema, to the letter: it is kept and compared for years, on every release of the server. */
class SnapshotTextTest {
    private static final String MADE = """
            create schema g;
            create type g.mood as enum ('sad', 'ok');
            create table g.t (
                id bigint generated always as identity primary key,
                name varchar(20) not null default 'x',
                twice int generated always as (1 + 1) stored,
                m g.mood,
                constraint named check (name <> ''));
            create unique index t_name on g.t (lower(name)) where m = 'ok';
            comment on table g.t is 'things';
            create function g.f(a int, variadic b int[]) returns int language sql immutable as 'select a';
            create procedure g.p(inout a int) language sql as 'select a';
            create function g.touch() returns trigger language plpgsql as 'begin
              return new;
            end';
            create trigger touched before update on g.t for each row execute function g.touch();
            grant select, insert on g.t to public;
            """;

    private static final String TEXT = """
            wellhead schema 1
            column g.t.id
              bigint not null generated always as identity
            column g.t.m
              g.mood
            column g.t.name
              character varying(20) not null default 'x'::character varying
            column g.t.twice
              integer stored generated (1 + 1)
            column-order g.t
              id, name, twice, m
            comment table g.t
              things
            constraint g.t.named
              CHECK (((name)::text <> ''::text))
            constraint g.t.t_pkey
              PRIMARY KEY (id)
            enum g.mood
              'sad', 'ok'
            function g.f(integer, integer[])
              CREATE OR REPLACE FUNCTION g.f(a integer, VARIADIC b integer[])
               RETURNS integer
               LANGUAGE sql
               IMMUTABLE
              AS $function$select a$function$
             \s
            function g.touch()
              CREATE OR REPLACE FUNCTION g.touch()
               RETURNS trigger
               LANGUAGE plpgsql
              AS $function$begin
                return new;
              end$function$
             \s
            index g.t.t_name
              CREATE UNIQUE INDEX t_name ON g.t USING btree (lower((name)::text)) WHERE (m = 'ok'::g.mood)
            index g.t.t_pkey
              CREATE UNIQUE INDEX t_pkey ON g.t USING btree (id)
            owner g (schema)
              OWNER
            owner g.f(integer, integer[]) (function)
              OWNER
            owner g.mood (type)
              OWNER
            owner g.p(integer) (function)
              OWNER
            owner g.t (table)
              OWNER
            owner g.t_id_seq (sequence)
              OWNER
            owner g.touch() (function)
              OWNER
            privilege g.t (table)
              public may INSERT/SELECT
            procedure g.p(integer)
              CREATE OR REPLACE PROCEDURE g.p(INOUT a integer)
               LANGUAGE sql
              AS $procedure$select a$procedure$
             \s
            schema g
            sequence g.t.t_id_seq
              bigint start 1 increment 1 min 1 max 9223372036854775807 cache 1 owned by id
            table g.t
            trigger g.t.touched
              CREATE TRIGGER touched BEFORE UPDATE ON g.t FOR EACH ROW EXECUTE FUNCTION g.touch()
            """;

    @Test
    void textIsTheSameOnEveryRelease() {
        try (TestDatabase database = TestDatabase.postgres()) {
            Migrator migrator = Migrator.builder(database.dataSource())
                    .source(MigrationSource.of(Migration.of("1", "all", MADE)))
                    .snapshotSchemas("g")
                    .build();
            migrator.migrate();

            assertThat(migrator.snapshot().text()).isEqualTo(TEXT.replace("OWNER", database.user()));
        }
    }

    @Test
    void textOfSqliteIsWhatItsStatementsSay() {
        try (TestDatabase database = TestDatabase.sqlite()) {
            Migrator migrator = Migrator.builder(database.dataSource())
                    .source(MigrationSource.of(Migration.of("1", "all", """
                            create table T (ID integer primary key, /* why */ name text NOT NULL DEFAULT 'X', check (id > 0));
                            create index t_name on t(name desc);
                            """)))
                    .build();
            migrator.migrate();

            assertThat(migrator.snapshot().text()).isEqualTo("""
                    wellhead schema 1
                    column main.t.id
                      integer primary key
                    column main.t.name
                      text not null default 'X'
                    column-order main.t
                      id, name
                    constraint main.t (check (id > 0))
                    index main.t.t_name
                      create index t_name on t (name desc)
                    table main.t
                    """);
        }
    }
}

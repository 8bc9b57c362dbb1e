package dev.wellhead.migrate.internal.lint;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements that run on PostgreSQL, with what lint says of each. */
final class LintExamples {
    /** What is there and in use before an example. */
    static final String MADE = """
            create table p (id int primary key);
            create table t (id int primary key, a int, b text, c varchar(10), d int not null, f int);
            create index t_a on t (a);
            alter table t add constraint t_open check (f > 0) not valid;
            alter table t add constraint t_open_key foreign key (f) references p not valid;
            create table u (a int not null, b int);
            create table w (a int);
            create table m (k int not null) partition by range (k);
            create table m1 partition of m for values from (0) to (10);
            create table m2 (k int not null);
            create materialized view mv as select id from p;
            create unique index mv_id on mv (id);
            create view v as select a from w;
            create schema s;
            create type mood as enum ('sad', 'ok');
            create function f() returns trigger language plpgsql as 'begin return new; end';
            create trigger old before update on u for each row execute function f();
            """;

    /**
     * An example.
     *
     * @param hazard what is found; null if nothing is
     * @param since the first release of PostgreSQL that has the statement, and locks for it as is said
     */
    record Example(@Nullable Hazard hazard, String statement, int since) {
        @Override
        public String toString() {
            return statement;
        }
    }

    private static Example of(@Nullable Hazard hazard, String statement) {
        return new Example(hazard, statement, 13);
    }

    static final List<Example> TRANSACTIONAL = List.of(
            of(Hazard.CREATE_INDEX, "create index on t (b)"),
            of(Hazard.CREATE_INDEX, "create unique index i on only t using btree (b)"),
            of(Hazard.DROP_INDEX, "drop index t_a"),
            of(Hazard.REINDEX, "reindex table t"),
            of(Hazard.REINDEX, "reindex index t_a"),
            of(Hazard.ADD_COLUMN_VOLATILE_DEFAULT, "alter table t add column x uuid default gen_random_uuid()"),
            of(Hazard.ADD_COLUMN_VOLATILE_DEFAULT, "alter table only t add x float not null default random() * 2"),
            of(Hazard.ADD_COLUMN_NOT_NULL, "alter table t add column x int not null"),
            of(Hazard.ADD_COLUMN_GENERATED, "alter table t add column x int generated always as (a + 1) stored"),
            of(Hazard.ADD_COLUMN_SERIAL, "alter table t add column x bigint generated always as identity"),
            of(Hazard.ADD_COLUMN_CONSTRAINT, "alter table t add column x bigint unique"),
            of(Hazard.ADD_COLUMN_CONSTRAINT, "alter table t add column if not exists x bigint check (x > 0)"),
            of(Hazard.SET_NOT_NULL, "alter table t alter column a set not null"),
            of(Hazard.CHANGE_TYPE, "alter table t alter column a type bigint"),
            of(Hazard.CHANGE_TYPE, "alter table t alter c set data type varchar(5)"),
            of(Hazard.DROP_COLUMN, "alter table t drop column a"),
            of(Hazard.RENAME_COLUMN, "alter table t rename column a to z"),
            of(Hazard.RENAME_COLUMN, "alter table t rename a to z"),
            of(Hazard.ADD_FOREIGN_KEY, "alter table t add constraint k foreign key (a) references p (id)"),
            of(Hazard.ADD_FOREIGN_KEY, "alter table t add column x bigint default 1 references p (id)"),
            of(Hazard.ADD_CHECK, "alter table t add check (a > 0)"),
            of(Hazard.ADD_UNIQUE, "alter table t add constraint k unique (b)"),
            of(Hazard.ADD_PRIMARY_KEY, "alter table u add primary key (a)"),
            of(Hazard.ADD_EXCLUDE, "alter table t add exclude using btree (a with =)"),
            of(Hazard.DROP_TABLE, "drop table if exists m2"),
            of(Hazard.RENAME_TABLE, "alter table t rename to tt"),
            of(Hazard.DROP_SCHEMA, "drop schema s"),
            of(Hazard.RENAME_SCHEMA, "alter schema s rename to s2"),
            of(Hazard.TRUNCATE, "truncate table w, u"),
            of(Hazard.TRUNCATE_CASCADE, "truncate w cascade"),
            of(Hazard.DROP_CASCADE, "drop view v cascade"),
            of(Hazard.CLUSTER, "cluster t using t_a"),
            of(Hazard.LOCK_TABLE, "lock table t"),
            of(Hazard.LOCK_TABLE, "lock t, p in share row exclusive mode"),
            of(Hazard.REFRESH_MATERIALIZED_VIEW, "refresh materialized view mv"),
            of(Hazard.CREATE_TRIGGER, "create trigger g before insert on t for each row execute function f()"),
            of(Hazard.ATTACH_PARTITION, "alter table m attach partition m2 for values from (10) to (20)"),
            // PostgreSQL 13 locks the partition less.
            new Example(Hazard.DETACH_PARTITION, "alter table m detach partition m1", 14),
            of(Hazard.SET_TABLESPACE, "alter table t set tablespace pg_default"),
            of(Hazard.SET_LOGGED, "alter table w set unlogged"),
            new Example(Hazard.SET_ACCESS_METHOD, "alter table t set access method heap", 15),
            of(Hazard.RENAME_ENUM_VALUE, "alter type mood rename value 'sad' to 'low'"),
            of(Hazard.UPDATE_ALL, "update t set a = 1"),
            of(Hazard.DELETE_ALL, "delete from only t"),
            of(Hazard.JSON_COLUMN, "alter table t add column x json"),
            of(Hazard.CHAR_COLUMN, "alter table t add column x char(3)"),
            of(Hazard.TIMESTAMP_COLUMN, "alter table t add column x timestamp"),
            of(Hazard.SERIAL_COLUMN, "create table z (id bigserial primary key)"),
            of(Hazard.INT_PRIMARY_KEY, "create table z (id int generated always as identity primary key)"),
            // What locks, and is no hazard.
            of(null, "alter table t add column x int"),
            of(null, "alter table t add column x timestamptz not null default now()"),
            of(null, "alter table t add column x numeric(10, 2) default 1.5::numeric(10, 2)"),
            of(null, "alter table t add constraint k check (a > 0) not valid"),
            of(null, "alter table t add constraint k foreign key (a) references p not valid"),
            of(null, "alter table t validate constraint t_open"),
            of(null, "alter table t validate constraint t_open_key"),
            of(null, "alter table t alter column c type varchar(20), alter column b set default 'x'"),
            of(null, "alter table t alter column c type text"),
            of(null, "alter table t alter column a set statistics 10"),
            of(null, "alter table t disable trigger all"),
            of(null, "alter table t drop constraint t_open"),
            of(null, "alter table t enable row level security"),
            of(null, "create policy y on t using (a > 0)"),
            of(null, "create rule r as on delete to w do instead nothing"),
            of(null, "drop trigger old on u"),
            of(null, "create table z (id bigint primary key, p int references p, t int, foreign key (t) references t)"),
            of(null, "create table m3 partition of m for values from (20) to (30)"),
            of(null, "insert into p select id from t"),
            of(null, "update t set a = 1 where id = 3"),
            of(null, "delete from t where id = 3"),
            of(null, "select 1"));

    /** Those that cannot run in a transaction. */
    static final List<Example> ALONE = List.of(
            of(Hazard.VACUUM_FULL, "vacuum full t"),
            of(Hazard.VACUUM_FULL, "vacuum (full, analyze) t"),
            of(null, "vacuum t"),
            of(null, "create index concurrently i on t (b)"),
            of(null, "drop index concurrently t_a"),
            of(null, "reindex index concurrently t_a"),
            of(null, "reindex table concurrently t"));

    private LintExamples() {}
}

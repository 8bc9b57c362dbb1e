package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.migrate.RollbackReport.Step;
import dev.wellhead.migrate.RollbackReport.Verdict;
import dev.wellhead.migrate.SchemaSnapshot.Change;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostgresRollbackTest extends RollbackContract {
    private static final String START = """
            create table t (a int primary key, b text not null default 'x', c varchar(20));
            create index i on t (b);
            create function f() returns trigger language plpgsql as 'begin return new; end';
            create trigger g before insert on t for each row execute function f();
            create view v as select a from t;
            create type mood as enum ('sad', 'ok');
            comment on table t is 'things';
            """;

    // up, down, kind of the difference, its change
    private static final List<List<String>> FAULTS = List.of(
            List.of("alter table t alter b set default 'y'", "select 1", "column", "CHANGED"),
            List.of("alter table t alter b drop default", "select 1", "column", "CHANGED"),
            List.of("alter table t alter c type text", "alter table t alter c type varchar(10)", "column", "CHANGED"),
            List.of("alter table t alter b drop not null", "select 1", "column", "CHANGED"),
            List.of("drop trigger g on t", "select 1", "trigger", "MISSING"),
            List.of("alter table t disable trigger g", "select 1", "trigger", "CHANGED"),
            List.of("comment on table t is 'other'", "comment on table t is null", "comment", "MISSING"),
            List.of("comment on column t.a is 'key'", "select 1", "comment", "ADDED"),
            List.of(
                    "alter table t add d int",
                    "alter table t drop c; alter table t add c varchar(20)",
                    "column",
                    "ADDED"),
            List.of("drop index i", "create index i on t (b desc)", "index", "CHANGED"),
            List.of("drop view v", "create view v as select a + 0 as a from t", "view", "CHANGED"),
            List.of("create function h() returns int language sql as 'select 1'", "select 1", "function", "ADDED"),
            List.of("alter type mood add value 'happy'", "select 1", "enum", "CHANGED"),
            List.of("alter table t add check (a > 0)", "select 1", "constraint", "ADDED"),
            List.of("alter table t enable row level security", "select 1", "table", "CHANGED"),
            List.of("create policy p on t using (a > 0)", "select 1", "policy", "ADDED"),
            List.of("grant select on t to public", "revoke all on t from current_user", "privilege", "ADDED"),
            List.of("create sequence s", "drop sequence s; create sequence other", "sequence", "ADDED"),
            List.of("create rule r as on delete to t do instead nothing", "select 1", "rule", "ADDED"),
            List.of("create extension hstore", "select 1", "extension", "ADDED"));

    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }

    @Test
    void everyPlantedFaultIsFoundAndGraded() {
        add(START, "drop table t cascade; drop function f; drop type mood");
        for (List<String> fault : FAULTS) {
            // What each one does is undone by one that is right, so that the next begins with the same schema.
            add(fault.get(0), fault.get(1));
            add("drop schema public cascade; create schema public;" + START, "select 1");
        }

        RollbackReport report = migrator().verifyRollbacks();

        assertThat(report.steps().get(0).verdict()).as(report.toString()).isEqualTo(Verdict.REVERSIBLE);
        List<String> missed = new ArrayList<>();
        for (int i = 0; i < FAULTS.size(); i++) {
            List<String> fault = FAULTS.get(i);
            Step step = report.steps().get(1 + 2 * i);
            boolean found = step.verdict() == Verdict.DIFFERENT
                    && step.differences().stream()
                            .anyMatch(difference -> difference.kind().equals(fault.get(2))
                                    && difference.change() == Change.valueOf(fault.get(3)));
            if (!found) {
                missed.add(fault + " gave " + step);
            }
        }
        assertThat(missed).isEmpty();
    }

    @Test
    void whatCannotRunInATransactionIsTriedOnACopy() {
        add("create table t (a int)", "drop table t");
        add("create index concurrently i on t (a)", "drop index concurrently i");
        add("create index concurrently j on t (a)", "select 1");
        add("begin; create table u (a int); commit;", "drop table u");

        RollbackReport report = migrator().verifyRollbacks();

        assertThat(report.steps())
                .extracting(Step::verdict)
                .containsExactly(Verdict.REVERSIBLE, Verdict.REVERSIBLE, Verdict.DIFFERENT, Verdict.REVERSIBLE);
    }

    @Test
    void nothingOutsideTheScratchDatabaseIsTouched() {
        String role = "trial_" + System.identityHashCode(this);
        add("create table t (a int)", "drop table t");
        add("create role " + role + "; create table u (a int)", "drop table u; drop role " + role);
        add("do $$ begin execute 'create role " + role + "'; end $$", "select 1");
        add("grant connect on database " + database.name() + " to public", "select 1");
        add("select 1", "alter database " + database.name() + " set work_mem = '8MB'");
        add("create table w (a int)", "drop table w");

        RollbackReport report = migrator().verifyRollbacks();

        assertThat(report.steps())
                .extracting(Step::verdict)
                .containsExactly(
                        Verdict.REVERSIBLE,
                        Verdict.NOT_TRIED,
                        Verdict.NOT_TRIED,
                        Verdict.NOT_TRIED,
                        Verdict.NOT_TRIED,
                        Verdict.REVERSIBLE);
        assertThat(database.queryOne("select count(*) from pg_roles where rolname = '" + role + "'"))
                .isEqualTo("0");
        assertThat(database.queryOne("select count(*) from pg_class where relname in ('t', 'u', 'w')"))
                .isEqualTo("0");
        assertThat(database.queryOne("select count(*) from pg_db_role_setting s join pg_database d"
                        + " on d.oid = s.setdatabase where d.datname = current_database()"))
                .isEqualTo("0");
        assertThat(database.queryOne("select count(*) from pg_database where datname like 'wellhead\\_scratch\\_%'"))
                .isEqualTo("0");
    }

    @Test
    void scriptsSeeTheSearchPathOfTheRealDatabase() {
        database.execute("create schema app", "alter database " + database.name() + " set search_path = app, public");
        add("create table t (a int)", "drop table app.t");

        assertThat(only(migrator().verifyRollbacks()).verdict()).isEqualTo(Verdict.REVERSIBLE);
    }

    @Test
    void constraintsThatAreCheckedAtTheCommitCount() {
        add(
                "create table p (a int primary key); create table k (a int references p deferrable initially deferred);"
                        + " insert into p values (1); insert into k values (1)",
                "drop table k, p");
        add("alter table k add b int", "delete from p; alter table k drop b");
        add(
                "alter table k add c int; insert into p values (7); insert into k values (7)",
                "delete from k where a = 7; delete from p where a = 7; alter table k drop c");

        RollbackReport report = migrator().verifyRollbacks();

        assertThat(report.steps())
                .extracting(Step::verdict)
                .containsExactly(Verdict.REVERSIBLE, Verdict.DOWN_FAILED, Verdict.REVERSIBLE);
    }

    @Test
    void copyFromStdinIsRun() {
        add("create table t (a int);\ncopy t from stdin;\n1\n2\n\\.\n", "drop table t");

        assertThat(only(migrator().verifyRollbacks()).verdict()).isEqualTo(Verdict.REVERSIBLE);
    }

    @Test
    void withoutAServerForTrialsThereIsNone() {
        add("create table t (a int)", "drop table t");
        Migrator.Builder builder = Migrator.builder(database.dataSource())
                .source(MigrationSource.of(migrations.toArray(new Migration[0])));
        assertThat(MigratorFixture.refusal("WH-MIG-031", () -> builder.build().verifyRollbacks()))
                .hasMessageContaining("scratch(...)");

        RollbackReport report = builder.scratch(
                        DirectDataSource.of(database.url(), database.user(), database.password()))
                .build()
                .verifyRollbacks();

        assertThat(report.isReversible()).isTrue();
    }

    @Test
    void roleThatMayNotCreateDatabasesIsTold() {
        PostgresServer server = PostgresServer.shared();
        String role = "weak_" + database.name();
        database.execute("create role " + role + " login password 'weak-1'");
        try {
            add("create table t (a int)", "drop table t");
            Migrator weak = Migrator.builder(database.dataSource())
                    .source(MigrationSource.of(migrations.toArray(new Migration[0])))
                    .scratch(DirectDataSource.of(server.url(database.name()), role, "weak-1"))
                    .build();

            assertThat(MigratorFixture.refusal("WH-MIG-031", weak::verifyRollbacks))
                    .hasMessageContaining("permission denied")
                    .hasMessageNotContaining("weak-1");
        } finally {
            database.execute("drop role " + role);
        }
    }
}

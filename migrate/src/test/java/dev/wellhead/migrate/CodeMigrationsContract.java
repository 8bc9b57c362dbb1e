package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.wellhead.migrate.MigrationStatus.State;
import dev.wellhead.migrate.RollbackReport.Verdict;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Migrations in Java. */
abstract class CodeMigrationsContract extends MigratorFixture {
    private static final MigrationCode UP = connection -> {
        execute(connection, "create table codes (id int)");
        try (PreparedStatement insert = connection.prepareStatement("insert into codes values (?)")) {
            insert.setInt(1, 42);
            insert.executeUpdate();
        }
    };

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Migration code(MigrationCode up) {
        return Migration.of("5", "codes", up, connection -> execute(connection, "drop table codes"));
    }

    private static MigrationCode failing(Runnable failure) {
        return connection -> {
            UP.run(connection);
            failure.run();
        };
    }

    @Test
    void codeStandsInTheHistoryAsSqlDoes() {
        Migrator migrator = migrator(NAMES, code(UP), USERS);

        assertThat(migrator.migrate().steps())
                .extracting(MigrationReport.Step::version)
                .containsExactly("001", "5", "010");

        assertThat(database.queryOne("select id from codes")).isEqualTo("42");
        assertThat(migrator.migrate().isEmpty()).isTrue();
        assertThat(migrator.status())
                .extracting(MigrationStatus::version, MigrationStatus::state, MigrationStatus::hasRollback)
                .contains(tuple("5", State.APPLIED, true));

        migrator.rollbackTo("1");

        assertThat(history()).isEqualTo("001");
        assertThat(schema()).noneMatch(object -> object.contains("codes"));
        assertThat(migrator.migrate().steps()).hasSize(2);
    }

    @Test
    void codeThatFailsLeavesNothing() {
        Migration broken = code(failing(() -> {
            throw new IllegalStateException("no idea");
        }));

        MigrationException failure =
                refusal("WH-MIG-007", () -> migrator(USERS, broken).migrate());

        assertThat(failure)
                .hasMessageContainingAll("version 5", "Java code", "no idea", "nothing of it is committed", "001");
        assertThat(failure).hasRootCauseInstanceOf(IllegalStateException.class);
        assertThat(history()).isEqualTo("001");
        assertThat(schema()).noneMatch(object -> object.contains("codes"));
        assertThat(migrator(USERS, code(UP)).migrate().steps()).hasSize(1);
    }

    @Test
    void whatTheDatabaseRefusesIsNamed() {
        Migration broken = code(connection -> execute(connection, "select * from nowhere"));

        assertThat(refusal("WH-MIG-007", () -> migrator(broken).migrate()))
                .hasMessageContainingAll("version 5", "Java code", "nowhere");
    }

    @Test
    void codeMustNotEndTheTransactionOrTheSession() {
        for (MigrationCode forbidden : new MigrationCode[] {
            Connection::commit, Connection::rollback, Connection::close, connection -> connection.setAutoCommit(true)
        }) {
            Migration broken = code(connection -> {
                UP.run(connection);
                forbidden.run(connection);
            });

            assertThat(refusal("WH-MIG-007", () -> migrator(broken).migrate()))
                    .hasMessageContaining("is not for a migration");
            assertThat(schema()).noneMatch(object -> object.contains("codes"));
        }
    }

    @Test
    void savepointsOfCodeAreItsOwn() {
        migrator(code(connection -> {
                    UP.run(connection);
                    var savepoint = connection.setSavepoint();
                    execute(connection, "delete from codes");
                    connection.rollback(savepoint);
                }))
                .migrate();

        assertThat(database.queryOne("select id from codes")).isEqualTo("42");
    }

    @Test
    void codeRunsOnceHoweverOftenItIsAskedFor() {
        AtomicInteger calls = new AtomicInteger();
        Migration counted = code(connection -> {
            calls.incrementAndGet();
            UP.run(connection);
        });

        migrator(USERS, counted).migrate();
        migrator(USERS, counted).plan();
        migrator(USERS, counted).lintAll();
        migrator(USERS, counted).migrate();

        assertThat(calls).hasValue(1);
    }

    @Test
    void trialRunsCodeOnTheScratchDatabase() {
        Migration forgetful = Migration.of(
                "6", "forgetful", connection -> execute(connection, "create table g (id int)"), connection -> {});
        Migration odd = Migration.of("7", "odd", "select 1");

        RollbackReport report = trying(code(UP), forgetful, odd).verifyRollbacks();

        assertThat(report.steps())
                .extracting(RollbackReport.Step::version, RollbackReport.Step::verdict)
                .containsExactly(
                        tuple("5", Verdict.REVERSIBLE),
                        tuple("6", Verdict.DIFFERENT),
                        tuple("7", Verdict.IRREVERSIBLE));
        assertThat(schema()).isEqualTo(empty);
    }

    @Test
    void linkThatBreaksAtAnyCallLeavesWhatTheNextRunCompletes() {
        int breaksAt = 0;
        boolean broken;
        do {
            BrokenLink link = new BrokenLink(++breaksAt, breaksAt % 2 == 0);
            try {
                Migrator.builder(Interceptor.around(database.dataSource(), link))
                        .source(MigrationSource.of(code(UP)))
                        .withoutSnapshots()
                        .build()
                        .migrate();
            } catch (MigrationException e) {
                assertThat(e.code()).as(e.getMessage()).isIn("WH-MIG-007", "WH-MIG-012", "WH-MIG-013");
            }
            broken = link.hasBroken();

            migrator(code(UP)).migrate();

            assertThat(database.queryOne("select count(*) from codes"))
                    .as("broken at call %d", breaksAt)
                    .isEqualTo("1");
            migrator(code(UP)).rollback(1);
        } while (broken);
        assertThat(breaksAt).isGreaterThan(10);
    }

    @Test
    void filesAndCodeMakeOneSource() {
        MigrationSource files = MigrationSource.of(Map.of("001_users.sql", USERS.up()));

        assertThat(files.and(MigrationSource.of(code(UP))).load())
                .extracting(Migration::version)
                .containsExactly("001", "5");
        Migrator twice = Migrator.builder(database.dataSource())
                .source(files.and(MigrationSource.of(Migration.of("1", "again", UP))))
                .build();
        assertThat(refusal("WH-MIG-001", twice::migrate)).hasMessageContaining("the same version 1");
        assertThatThrownBy(() -> files.and(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void codeShowsAsACommentInPlans() {
        assertThat(code(UP).up()).isEqualTo("-- Java code");
        assertThat(code(UP).down()).hasValue("-- Java code");
        assertThat(migrator(code(UP)).plan().steps())
                .singleElement()
                .satisfies(step -> assertThat(step.file()).isEqualTo("version 5"));
    }
}

package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.wellhead.migrate.internal.Checksum;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How folders of each convention run on any database. */
abstract class ConventionsContract extends MigratorFixture {
    private static final String UP = "create table users (id int);";
    private static final String DOWN = "drop table users;";

    @ParameterizedTest
    @CsvSource({
        "001_users.sql, 001_users.down.sql",
        "001_users.up.sql, 001_users.down.sql",
        "V1__users.sql, U1__users.sql",
        "001_users/up.sql, 001_users/down.sql"
    })
    void twoFilesApplyAndTakeBack(String up, String down) {
        appliesAndTakesBack(Map.of(up, UP, down, DOWN));
    }

    @Test
    void oneFileWithCommentsOfDbmateAppliesAndTakesBack() {
        appliesAndTakesBack(Map.of("1_users.sql", "-- migrate:up\n" + UP + "\n-- migrate:down\n" + DOWN));
    }

    @Test
    void oneFileWithCommentsOfGooseAppliesAndTakesBack() {
        appliesAndTakesBack(Map.of("1_users.sql", "-- +goose Up\n" + UP + "\n-- +goose Down\n" + DOWN));
    }

    private void appliesAndTakesBack(Map<String, String> files) {
        Migrator migrator = of(files);

        migrator.migrate();

        assertThat(database.queryOne("select count(*) from users")).isEqualTo("0");
        assertThat(migrator.validate().findings()).isEmpty();
        migrator.rollback(1);
        assertThat(schema()).noneMatch(line -> line.contains("users"));
        assertThat(migrator.migrate().steps()).hasSize(1);
    }

    @Test
    void sumsOfPartsAreThoseOfTheirText() {
        Migrator migrator = of(Map.of("1_a.sql", "-- migrate:up\n" + UP + "\n-- migrate:down\n" + DOWN));
        migrator.migrate();

        // Published: those who come from there have it in their histories.
        assertThat(database.queryOne("select checksum from schema_migrations"))
                .isEqualTo(Checksum.of("-- migrate:up\n" + UP + "\n"));
        assertThat(of(Map.of("1_a.sql", "-- note\n-- migrate:up\n" + UP + "\n-- migrate:down\n"))
                        .validate()
                        .findings())
                .extracting(ValidationReport.Finding::kind)
                .containsExactly(ValidationReport.Kind.DOWN_CHANGED);
    }

    @Test
    void failureInAPartNamesTheLineOfTheFile() {
        Migrator migrator = of(Map.of("1_a.sql", "-- migrate:up\n" + UP + "\n\n-- migrate:down\ndrop table nowhere;"));
        migrator.migrate();

        assertThat(refusal("WH-MIG-007", () -> migrator.rollback(1)))
                .hasMessageContainingAll("1_a.sql", "statement 1 of 1 (line 5)");
    }

    @Test
    void withoutATransactionEachStatementIsCommittedWithTheHistoryAndGoneOnBehind() {
        String good = "-- +goose NO TRANSACTION\n-- +goose Up\n" + UP + "\ninsert into users values (1);\n";
        Migrator broken = of(Map.of("1_a.sql", good + "insert into nowhere values (1);"));

        assertThat(refusal("WH-MIG-007", broken::migrate)).hasMessageContaining("(line 5)");

        assertThat(database.queryOne("select count(*) from users")).isEqualTo("1");
        assertThat(broken.plan().steps().get(0).statements())
                .extracting(MigrationPlan.Statement::line)
                .containsExactly(5);
        of(Map.of("1_a.sql", good + "insert into users values (2);")).migrate();
        assertThat(database.queryOne("select count(*) from users")).isEqualTo("2");
    }

    @Test
    void withoutATransactionThePlanShowsASegmentForEachStatement() {
        Migrator migrator =
                of(Map.of("1_a.sql", "-- migrate:up transaction:false\n" + UP + "insert into users values (1)"));

        assertThat(migrator.plan().steps().get(0).statements())
                .extracting(MigrationPlan.Statement::segment, MigrationPlan.Statement::transactional)
                .containsExactly(tuple(1, true), tuple(2, true));
    }

    private Migrator of(Map<String, String> files) {
        return Migrator.builder(database.dataSource())
                .source(MigrationSource.of(files))
                .build();
    }
}

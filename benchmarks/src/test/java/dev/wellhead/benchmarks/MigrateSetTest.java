package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.benchmarks.migrate.MigrateProgram;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MigrateSetTest {
    private static final int FILES = 14;

    private MigrateDatabases databases;

    @BeforeAll
    void open() throws Exception {
        databases = MigrateDatabases.open();
    }

    @AfterAll
    void close() {
        databases.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"floor", "wellhead", "Flyway", "Liquibase"})
    void everyContenderMakesTheSameSchemaOnBoth(String contender) throws Exception {
        for (String kind : MigrateDatabases.KINDS) {
            try (MigrateDatabases.Fresh fresh = databases.fresh(kind)) {
                Map<String, Double> metrics = new MigrateRun(contender, databases.folder(FILES), List.of())
                        .metrics(
                                Jdk.current(),
                                fresh.url(),
                                1,
                                List.of(MigrateProgram.COLD, MigrateProgram.WARM, MigrateProgram.ERRORS));

                assertThat(metrics).containsEntry(MigrateProgram.ERRORS, 0.0);
                assertThat(metrics.get(MigrateProgram.WARM)).isPositive();
                try (Connection connection = DriverManager.getConnection(fresh.url());
                        Statement statement = connection.createStatement();
                        ResultSet sum = statement.executeQuery("select (select sum(amount) from t0),"
                                + " (select count(*) from t1_view), (select count(note) from t1)")) {
                    assertThat(sum.next()).isTrue();
                    assertThat(List.of(sum.getInt(1), sum.getInt(2), sum.getInt(3)))
                            .containsExactly(2, 2, 0);
                }
            }
        }
    }

    @Test
    void whoBreaksIsCounted() throws Exception {
        try (MigrateDatabases.Fresh fresh = databases.fresh("sqlite")) {
            try (Connection connection = DriverManager.getConnection(fresh.url());
                    Statement statement = connection.createStatement()) {
                statement.execute("create table t0 (id integer)");
            }

            Map<String, Double> metrics = new MigrateRun("wellhead", databases.folder(FILES), List.of())
                    .metrics(Jdk.current(), fresh.url(), 0, List.of(MigrateProgram.ERRORS));

            assertThat(metrics).containsEntry(MigrateProgram.ERRORS, 1.0);
        }
    }

    @Test
    void eightProcessesMeet() throws Exception {
        Map<String, Double> metrics = new MigrateRace(databases, "sqlite", "wellhead").measure(Jdk.current(), FILES);

        assertThat(metrics).containsEntry(MigrateRace.ERRORS, 0.0);
        assertThat(metrics.get(MigrateRace.TOGETHER)).isPositive();
    }

    @Test
    void everyGoalHasAnIdOfItsOwnThatBeginsWithItsScenario() throws Exception {
        try (MigrateSet set = new MigrateSet()) {
            GoalIds.arePlainIn("migrate", set.open());
        }
    }
}

package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.benchmarks.backup.BackupProgram;
import dev.wellhead.benchmarks.backup.SqliteProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackupSetTest {
    private final BackupSet set = new BackupSet();
    private List<Scenario> scenarios;

    @BeforeAll
    void open() throws Exception {
        scenarios = set.open();
    }

    @AfterAll
    void close() {
        set.close();
    }

    @Test
    void goalsArePlainAndLookAtContendersOfTheirScenario() {
        GoalIds.arePlainIn("backup", scenarios);
        GoalIds.areOfContendersIn(scenarios);
    }

    @Test
    void backupTakesAllThatTheFloorReadsAndPacksSmallerWithZstandard() throws Exception {
        double ours = measured("dump", "wellhead").get(BackupProgram.BYTES);
        double gzip = measured("dump", "wellhead.gzip").get(BackupProgram.BYTES);
        double read = measured("dump", "read").get(BackupProgram.BYTES);

        assertThat(ours).isBetween(read / 20, gzip);
        assertThat(gzip).isLessThan(read);
    }

    @Test
    void restoreTellsWhatItsPartsTook() throws Exception {
        Map<String, Double> metrics = measured("restore", "wellhead");

        assertThat(metrics.get(BackupProgram.CHECKED)).isPositive();
        assertThat(metrics.get(BackupProgram.LOADED))
                .isBetween(metrics.get(BackupProgram.CHECKED), metrics.get(BackupProgram.MILLIS));
    }

    @Test
    void copiesOfSqliteAreWholeWhileTheWriterGoesOn() throws Exception {
        double read = measured("sqlite", "read").get(SqliteProgram.BYTES);

        Map<String, Double> ours = measured("sqlite", "wellhead");
        Map<String, Double> vacuum = measured("sqlite", "vacuum-into");

        // The faster the machine, the more the writer has made of each file; ours is packed.
        assertThat(ours.get(SqliteProgram.BYTES)).isBetween(read / 20, read);
        assertThat(vacuum.get(SqliteProgram.BYTES)).isBetween(read / 10, read * 10);
        assertThat(List.of(ours.get(SqliteProgram.WRITER), vacuum.get(SqliteProgram.WRITER)))
                .allSatisfy(kept -> assertThat(kept).isPositive());
    }

    @Test
    void programThatFailsIsNoFigure(@TempDir Path folder) throws Exception {
        Path program = Files.writeString(folder.resolve("pg_dump"), "#!/bin/sh\necho cannot dump $1 >&2\nexit 3\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        ClientPrograms programs = new ClientPrograms(folder, "none");

        try (BackupDatabases databases = BackupDatabases.open()) {
            assertThatThrownBy(() -> programs.run(databases.server(), "pg_dump", List.of("nowhere")))
                    .isInstanceOf(BenchmarkException.class)
                    .hasMessageContaining("ended with exit code 3: cannot dump --host")
                    .hasMessageNotContaining(databases.server().password());
        }
    }

    @Test
    @Tag("thorough")
    void everythingRunsAndGoalsFindTheirFigures() throws Exception {
        for (Scenario scenario : scenarios) {
            List<Round> rounds = new Rounds(Jdk.current(), Effort.QUICK, 1).run(scenario.contenders(), () -> {});

            assertThat(scenario.goals())
                    .allSatisfy(goal -> assertThat(goal.judge(rounds).values()).hasSize(1));
        }
    }

    private Map<String, Double> measured(String scenario, String contender) throws Exception {
        for (Scenario each : scenarios) {
            for (Contender one : each.contenders()) {
                if (each.name().equals(scenario) && one.name().equals(contender)) {
                    return one.measurement().measure(Jdk.current(), Effort.QUICK);
                }
            }
        }
        throw new AssertionError(scenario + " has no " + contender);
    }
}

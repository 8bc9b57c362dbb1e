package dev.wellhead.examples.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole day, shortened: each scene shows what it is to show, users come to their own again, and nothing is left. */
class GameDayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(200);

    @TempDir
    private Path folder;

    @Test
    void eachSceneShowsWhatItIsToShow() throws IOException {
        Path report = folder.resolve("reports").resolve("day.md");
        try (ChildJvm day = ChildJvm.start(GameDay.class, "--script", "--quick", "--report", report.toString())) {
            assertThat(day.awaitExit(PATIENCE)).as(day.output()).isZero();

            String text = Files.readString(report);
            assertThat(text)
                    .contains("Faults.forget(Faults.java:")
                    .contains("slow statement")
                    .contains("after the kill -9 the history said RUNNING")
                    .contains("in the end the history said APPLIED")
                    .doesNotContain("NOT SEEN")
                    .doesNotContain("not in time")
                    .doesNotContain("canary-")
                    .doesNotContain(folder.toString());
            assertThat(text.lines().filter(line -> line.startsWith("## ")))
                    .hasSize(Script.scenes().size());
            assertThat(day.output()).doesNotContain("FAIL").doesNotContain("canary-");
        }
    }

    @Test
    void signalEndsTheDayAndLeavesNothingRunning() throws IOException, InterruptedException {
        try (ChildJvm day = ChildJvm.start(GameDay.class, "--quick")) {
            day.awaitLine("Ctrl-C stops everything", PATIENCE);
            List<ProcessHandle> children =
                    ProcessHandle.of(day.pid()).orElseThrow().descendants().toList();
            assertThat(children).hasSizeGreaterThanOrEqualTo(5);
            assertThat(children)
                    .allSatisfy(child ->
                            assertThat(child.info().commandLine().orElse("")).doesNotContain("canary-"));

            new ProcessBuilder("sh", "-c", "kill -TERM " + day.pid()).start().waitFor();

            day.awaitExit(PATIENCE);
            assertThat(day.output()).contains("stopped; nothing is left running");
            assertGone(children);
        }
    }

    @Test
    void dayThatIsKilledTakesItsReplicasAlong() {
        try (ChildJvm day = ChildJvm.start(GameDay.class, "--quick")) {
            day.awaitLine("Ctrl-C stops everything", PATIENCE);
            List<ProcessHandle> children =
                    ProcessHandle.of(day.pid()).orElseThrow().descendants().toList();

            day.kill();

            assertGone(children);
        }
    }

    @Test
    void unknownSceneIsNamed() {
        try (ChildJvm day = ChildJvm.start(GameDay.class, "--script", "--scene", "flood")) {
            assertThat(day.awaitExit(PATIENCE)).isEqualTo(1);
            assertThat(day.output()).isEqualTo("game-day: no such scene: flood; see ./game-day --help");
        }
    }

    private static void assertGone(List<ProcessHandle> processes) {
        assertThat(processes)
                .allSatisfy(process -> assertThat(process.onExit()
                                .completeOnTimeout(null, 20, TimeUnit.SECONDS)
                                .join())
                        .isNotNull());
    }
}

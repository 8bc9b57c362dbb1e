package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.benchmarks.ratelimit.LoadProgram;
import dev.wellhead.benchmarks.ratelimit.MemoryProgram;
import dev.wellhead.benchmarks.ratelimit.OutageProgram;
import dev.wellhead.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The programs, run with contenders whose outcome is known: a bare script is one trip a call, and memory none. */
class RatelimitSetTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void bareScriptIsOneTripForEachDecision() throws Exception {
        Map<String, Double> metrics = load("bare", "plenty", 1);

        assertThat(metrics).containsEntry(LoadProgram.SCRIPTS, 1.0).containsEntry(LoadProgram.OTHERS, 0.0);
        // TIME, GET and SET within it.
        assertThat(metrics).containsEntry(LoadProgram.COMMANDS, 4.0);
        assertThat(metrics.get(LoadProgram.OPS)).isPositive();
        assertThat(metrics.get(LoadProgram.P99)).isGreaterThanOrEqualTo(metrics.get(LoadProgram.P50));
    }

    @Test
    void whatIsDecidedInMemoryIsNoTrip() throws Exception {
        Map<String, Double> metrics = load("wellhead.in-memory", "plenty", 100);

        assertThat(metrics)
                .containsEntry(LoadProgram.SCRIPTS, 0.0)
                .containsEntry(LoadProgram.COMMANDS, 0.0)
                .containsEntry(LoadProgram.OTHERS, 0.0);
    }

    @Test
    void denialsAreWhatIsCountedWhereThePermitsAreUsedUp() throws Exception {
        Map<String, Double> metrics = load("redisson", "used_up", 1);

        assertThat(metrics).containsEntry(LoadProgram.SCRIPTS, 1.0).containsEntry(LoadProgram.OTHERS, 0.0);
    }

    private static Map<String, Double> load(String contender, String rate, int keys) throws Exception {
        try (RedisServer redis = RedisServer.builder().start()) {
            List<String> arguments =
                    List.of(contender, redis.uri(), rate, "2", Integer.toString(keys), "1", "50", "200");
            return new Worker(LoadProgram.class, Worker.QUIET, arguments, PATIENCE)
                    .metrics(Jdk.current(), LoadProgram.METRICS);
        }
    }

    @Test
    void limiterInRedisTakesMemoryThereAndOneInMemoryTakesNone() throws Exception {
        // A string of one's own takes some 50 bytes at least, and none of them takes a kilobyte.
        assertThat(memory("bare")).isBetween(50.0, 1000.0);
        // What Redis itself needs from one moment to the next.
        assertThat(memory("wellhead.in-memory")).isBetween(-10.0, 10.0);
    }

    private static double memory(String contender) throws Exception {
        try (RedisServer redis = RedisServer.builder().start()) {
            return new Worker(MemoryProgram.class, Worker.QUIET, List.of(contender, redis.uri(), "2000"), PATIENCE)
                    .metrics(Jdk.current(), MemoryProgram.METRICS)
                    .get(MemoryProgram.BYTES);
        }
    }

    @Test
    void callThatWaitsForItsTimeoutInAnOutageIsSeen() throws Exception {
        Map<String, Double> metrics = outage("bucket4j.timeout");

        for (String outage : List.of("stopped", "killed")) {
            assertThat(metrics.get(outage + ".worst-ms")).isGreaterThan(90);
            assertThat(metrics.get(outage + ".failures")).isPositive();
        }
        assertThat(metrics.get("known.mean-us")).isGreaterThan(90_000);
    }

    @Test
    void whoNeedsNoRedisDoesNotNoticeThatItIsGone() throws Exception {
        Map<String, Double> metrics = outage("wellhead.in-memory");

        assertThat(metrics).containsEntry("stopped.failures", 0.0).containsEntry("killed.failures", 0.0);
    }

    private static Map<String, Double> outage(String contender) throws Exception {
        return new Worker(OutageProgram.class, Worker.QUIET, List.of(contender, "4", "500", "300"), PATIENCE)
                .metrics(Jdk.current(), OutageProgram.METRICS);
    }

    @Test
    void goalsArePlainAndLookAtContendersOfTheirScenario() throws Exception {
        try (RatelimitSet set = new RatelimitSet()) {
            List<Scenario> scenarios = set.open();

            GoalIds.arePlainIn("ratelimit", scenarios);
            GoalIds.areOfContendersIn(scenarios);
        }
    }

    @Test
    @Tag("thorough")
    void everythingRunsAndGoalsFindTheirFigures() throws Exception {
        try (RatelimitSet set = new RatelimitSet()) {
            for (Scenario scenario : set.open()) {
                List<Round> rounds = new Rounds(Jdk.current(), Effort.QUICK, 1).run(scenario.contenders(), () -> {});

                assertThat(scenario.goals())
                        .allSatisfy(
                                goal -> assertThat(goal.judge(rounds).values()).hasSize(1));
            }
        }
    }
}

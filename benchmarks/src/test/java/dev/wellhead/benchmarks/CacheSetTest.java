package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.benchmarks.cache.FarProgram;
import dev.wellhead.benchmarks.cache.OutageProgram;
import dev.wellhead.benchmarks.cache.StaleProgram;
import dev.wellhead.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs, run with contenders whose outcome is known: plain Caffeine shares nothing, bare Lettuce guards nothing. */
class CacheSetTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void nodesThatShareNothingLoadOnceEachInOneJvmAndInFour(int processes) throws Exception {
        try (RedisServer redis = RedisServer.builder().start()) {
            CacheStampede stampede = new CacheStampede("caffeine", redis.uri(), processes);

            Map<String, Double> metrics = stampede.measure(Jdk.current(), Effort.QUICK);

            assertThat(metrics).containsEntry(CacheStampede.LOADS, 4.0);
            // Whoever loads waits for all of the load; others may come late.
            assertThat(metrics.get(CacheStampede.LAST)).isPositive();
            assertThat(metrics.get(CacheStampede.P99))
                    .isBetween(metrics.get(CacheStampede.P50), metrics.get(CacheStampede.LAST));
        }
    }

    @Test
    void wakeUpLoadsNothing() throws Exception {
        try (RedisServer redis = RedisServer.builder().start()) {
            CacheStampede stampede = new CacheStampede("wake-up", redis.uri(), 1);

            Map<String, Double> metrics = stampede.measure(Jdk.current(), Effort.QUICK);

            assertThat(metrics).containsEntry(CacheStampede.LOADS, 0.0);
            assertThat(metrics.get(CacheStampede.P99)).isPositive();
        }
    }

    @Test
    void whoGuardsNothingKeepsWhatASlowLoadBroughtAndNothingElse() throws Exception {
        assertThat(stale("bare"))
                .containsEntry("overtaken.stale", "3.0")
                .containsEntry("overtaken.tries", "3.0")
                .containsEntry("cut.stale", "0.0")
                .containsEntry("cut.tries", "5.0");
    }

    @Test
    void whoHearsOfNothingKeepsEverything() throws Exception {
        assertThat(stale("caffeine")).containsEntry("overtaken.stale", "3.0").containsEntry("cut.stale", "5.0");
    }

    private static Map<String, String> stale(String contender) throws Exception {
        try (RedisServer redis = RedisServer.builder().start()) {
            return new Worker(StaleProgram.class, Worker.QUIET, List.of(contender, redis.uri(), "3", "1"), PATIENCE)
                    .run(Jdk.current());
        }
    }

    @Test
    void callThatHangsForAWholeOutageIsSeen() throws Exception {
        Map<String, String> said = outage("bare");

        for (String outage : List.of("stopped", "killed")) {
            assertThat(number(said, outage + ".worst-ms")).isGreaterThan(700);
            assertThat(number(said, outage + ".calls-per-s")).isLessThan(number(said, "normal.calls-per-s") / 2);
        }
    }

    @Test
    void whoNeedsNoRedisDoesNotNoticeThatItIsGone() throws Exception {
        Map<String, String> said = outage("caffeine");

        for (String outage : List.of("stopped", "killed")) {
            assertThat(number(said, outage + ".failures")).isZero();
            assertThat(number(said, outage + ".calls-per-s")).isGreaterThan(number(said, "normal.calls-per-s") / 10);
        }
    }

    private static Map<String, String> outage(String contender) throws Exception {
        return new Worker(OutageProgram.class, Worker.QUIET, List.of(contender, "4", "700", "300"), PATIENCE)
                .run(Jdk.current());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "100"})
    void farReadsAskTheSourceForNothing(String batch) throws Exception {
        try (RedisServer redis = RedisServer.builder().start()) {
            Map<String, String> said = new Worker(
                            FarProgram.class,
                            Worker.QUIET,
                            List.of("bare", redis.uri(), "2", batch, "50", "200"),
                            PATIENCE)
                    .run(Jdk.current());

            assertThat(number(said, "loads")).isZero();
            assertThat(number(said, "ops-per-s")).isPositive();
        }
    }

    private static double number(Map<String, String> said, String metric) {
        return Double.parseDouble(said.getOrDefault(metric, "NaN"));
    }

    @Test
    void goalsLookAtContendersOfTheirScenario() throws Exception {
        try (CacheSet set = new CacheSet()) {
            GoalIds.areOfContendersIn(set.open());
        }
    }

    @Test
    @Tag("thorough")
    void everythingRunsAndGoalsFindTheirFigures() throws Exception {
        try (CacheSet set = new CacheSet()) {
            for (Scenario scenario : set.open()) {
                List<Round> rounds = new Rounds(Jdk.current(), Effort.QUICK, 1).run(scenario.contenders(), () -> {});

                assertThat(scenario.goals())
                        .allSatisfy(
                                goal -> assertThat(goal.judge(rounds).values()).hasSize(1));
            }
        }
    }
}

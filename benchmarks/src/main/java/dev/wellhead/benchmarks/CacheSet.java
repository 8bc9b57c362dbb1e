package dev.wellhead.benchmarks;

import dev.wellhead.benchmarks.cache.FarProgram;
import dev.wellhead.benchmarks.cache.NearBenchmark;
import dev.wellhead.benchmarks.cache.OutageProgram;
import dev.wellhead.benchmarks.cache.StaleProgram;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Our cache beside JetCache, Redisson, Spring Data Redis, Lettuce's own and plain Caffeine: what a stampede, a hit in either
 * tier, an outage of Redis and an invalidation come to.
 */
final class CacheSet implements BenchmarkSet {
    private static final String OURS = "wellhead";
    private static final String BARE = "bare";
    private static final String WAKE_UP = "wake-up";
    private static final String CAFFEINE = "caffeine";

    private static final String OPS = "ops-per-s";
    private static final String LOADS = "loads";
    private static final List<String> OUTAGE_METRICS = List.of(
            "normal.calls-per-s",
            "stopped.calls-per-s",
            "stopped.worst-ms",
            "stopped.failures",
            "stopped.back-ms",
            "killed.calls-per-s",
            "killed.worst-ms",
            "killed.failures",
            "killed.back-ms");
    private static final List<String> STALE_METRICS =
            List.of("overtaken.stale", "overtaken.tries", "cut.stale", "cut.tries");

    private static final int THREADS = 16;
    private static final int BATCH = 100;
    private static final int FAR_ATTEMPTS = 3;
    /** A waiting thread cannot be faster than the machine wakes it; this much is left to it in any case. */
    private static final double LEAST_ALLOWED_MILLIS = 15;

    private static final double WAKE_UPS_ALLOWED = 3;
    /** The client's budget, a load of 2 ms, and 50 ms for the machine. */
    private static final double WORST_CALL_MILLIS = 50 + 2 + 50;

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final JmhMeasurement.Length NEAR_LENGTH = new JmhMeasurement.Length(2, 3, Duration.ofMillis(400));

    private @Nullable EmptiedRedis redis;

    @Override
    public String name() {
        return "cache";
    }

    @Override
    public String description() {
        return "stampedes, hits, outages of Redis and stale reads, beside Caffeine, JetCache, Redisson, Spring, Lettuce";
    }

    @Override
    public int rounds(Effort effort) {
        return effort == Effort.FULL ? 5 : 1;
    }

    @Override
    public List<Scenario> open() {
        EmptiedRedis redis = EmptiedRedis.start();
        this.redis = redis;
        return List.of(
                stampede(
                        "stampede",
                        redis,
                        1,
                        List.of(
                                "jetcache",
                                "jetcache.protect",
                                "redisson",
                                "spring",
                                "spring.locking",
                                "lettuce.tracking")),
                stampede("stampede.4-jvms", redis, 4, List.of("redisson", "spring.locking")),
                near(redis, 1, List.of("wellhead.local", "jetcache.local", "jetcache", "lettuce.tracking")),
                near(redis, 2, List.of("jetcache")),
                far("far", redis, 1, 0.9, List.of("jetcache.remote", "redisson", "redisson.bucket", "spring")),
                far("far.get-all", redis, BATCH, 0.6, List.of("jetcache.remote", "redisson")),
                outage(redis, List.of("jetcache.protect", "redisson", "spring")),
                stale(redis, List.of("jetcache", "redisson.local", "spring", "lettuce.tracking")));
    }

    private static Scenario stampede(String name, EmptiedRedis redis, int processes, List<String> peers) {
        Figure allowed = round -> round.metric(OURS, CacheStampede.P99)
                / Math.max(LEAST_ALLOWED_MILLIS, WAKE_UPS_ALLOWED * round.metric(WAKE_UP, CacheStampede.P99));
        return new Scenario(
                name,
                redis.contenders(List.of(WAKE_UP, OURS), peers, contender -> {
                    CacheStampede stampede = new CacheStampede(contender, redis.uri(), processes);
                    return stampede::measure;
                }),
                List.of(
                        goal(name + ".loads", Figure.metric(OURS, CacheStampede.LOADS), Comparison.AT_MOST, 1, ""),
                        goal(name + ".p99.of-allowed", allowed, Comparison.AT_MOST, 1, "x")));
    }

    private static Scenario near(EmptiedRedis redis, int threads, List<String> peers) {
        String name = "near." + threads + (threads == 1 ? "-thread" : "-threads");
        return new Scenario(
                name,
                redis.contenders(
                        List.of(CAFFEINE, OURS),
                        peers,
                        contender -> new JmhMeasurement(
                                NearBenchmark.class,
                                "get",
                                Map.of("contender", contender, "redis", redis.uri()),
                                threads,
                                Worker.QUIET,
                                NEAR_LENGTH)),
                List.of(goal(
                        name + ".of-caffeine",
                        Figure.ratio(OURS, CAFFEINE, JmhMeasurement.NANOS),
                        Comparison.AT_MOST,
                        3,
                        "x")));
    }

    private static Scenario far(String name, EmptiedRedis redis, int batch, double least, List<String> peers) {
        return new Scenario(
                name,
                redis.contenders(
                        List.of(BARE, OURS),
                        peers,
                        contender -> (jdk, effort) -> far(contender, redis.uri(), batch, jdk, effort)),
                List.of(goal(name + ".of-bare", Figure.ratio(OURS, BARE, OPS), Comparison.AT_LEAST, least, "x")));
    }

    /** A machine that stands still for a moment makes a call give Redis up and ask the source: that is measured again. */
    private static Map<String, Double> far(String contender, String redis, int batch, Jdk jdk, Effort effort)
            throws BenchmarkException, InterruptedException {
        // What does more per call has more to be compiled: none is measured before it is.
        int warmUp = effort == Effort.FULL ? 5000 : 300;
        int millis = effort == Effort.FULL ? 1000 : 300;
        Map<String, Double> metrics = Map.of();
        for (int attempt = 0; attempt < FAR_ATTEMPTS; attempt++) {
            metrics = run(FarProgram.class, jdk, List.of(OPS, LOADS), contender, redis, THREADS, batch, warmUp, millis);
            if (metrics.getOrDefault(LOADS, 1.0) == 0) {
                return metrics;
            }
        }
        throw new BenchmarkException("'" + contender + "' asked the source " + FAR_ATTEMPTS + " times: " + metrics);
    }

    private static Scenario outage(EmptiedRedis redis, List<String> peers) {
        return new Scenario(
                "outage",
                redis.contenders(
                        List.of(OURS),
                        peers,
                        contender -> (jdk, effort) -> run(
                                OutageProgram.class,
                                jdk,
                                OUTAGE_METRICS,
                                contender,
                                THREADS,
                                effort == Effort.FULL ? 1200 : 500,
                                effort == Effort.FULL ? 2000 : 700)),
                Stream.of("stopped", "killed").flatMap(CacheSet::outageGoals).toList());
    }

    private static Stream<Goal> outageGoals(String what) {
        Figure share = round -> round.metric(OURS, what + ".calls-per-s") / round.metric(OURS, "normal.calls-per-s");
        return Stream.of(
                goal(
                        "outage." + what + ".worst",
                        Figure.metric(OURS, what + ".worst-ms"),
                        Comparison.AT_MOST,
                        WORST_CALL_MILLIS,
                        "ms"),
                goal("outage." + what + ".of-normal", share, Comparison.AT_LEAST, 0.3, "x"),
                goal(
                        "outage." + what + ".failures",
                        Figure.metric(OURS, what + ".failures"),
                        Comparison.AT_MOST,
                        0,
                        ""),
                goal(
                        "outage." + what + ".back",
                        Figure.metric(OURS, what + ".back-ms"),
                        Comparison.AT_MOST,
                        1000,
                        "ms"));
    }

    private static Scenario stale(EmptiedRedis redis, List<String> peers) {
        return new Scenario(
                "stale",
                redis.contenders(
                        List.of(OURS),
                        peers,
                        contender -> (jdk, effort) -> run(
                                StaleProgram.class,
                                jdk,
                                STALE_METRICS,
                                contender,
                                redis.uri(),
                                effort == Effort.FULL ? 20 : 5,
                                effort == Effort.FULL ? 2 : 1)),
                List.of(
                        goal("stale.overtaken", Figure.metric(OURS, "overtaken.stale"), Comparison.AT_MOST, 0, ""),
                        goal("stale.cut", Figure.metric(OURS, "cut.stale"), Comparison.AT_MOST, 0, "")));
    }

    private static Goal goal(String id, Figure figure, Comparison comparison, double target, String unit) {
        return new Goal("cache." + id, figure, comparison, target, unit);
    }

    private static Map<String, Double> run(Class<?> program, Jdk jdk, List<String> metrics, Object... arguments)
            throws BenchmarkException, InterruptedException {
        Map<String, String> said = new Worker(
                        program,
                        Worker.QUIET,
                        Stream.of(arguments).map(String::valueOf).toList(),
                        TIMEOUT)
                .run(jdk);
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (String metric : metrics) {
            numbers.put(metric, Double.valueOf(text(said, metric)));
        }
        return numbers;
    }

    /** Returns what a program said of a metric. */
    static String text(Map<String, String> said, String metric) throws BenchmarkException {
        String value = said.get(metric);
        if (value == null) {
            throw new BenchmarkException("no " + metric + " among " + said.keySet());
        }
        return value;
    }

    @Override
    public void close() {
        if (redis != null) {
            redis.close();
        }
    }
}

package dev.wellhead.benchmarks;

import dev.wellhead.benchmarks.ratelimit.InMemoryBenchmark;
import dev.wellhead.benchmarks.ratelimit.LoadProgram;
import dev.wellhead.benchmarks.ratelimit.MemoryProgram;
import dev.wellhead.benchmarks.ratelimit.OutageProgram;
import dev.wellhead.benchmarks.ratelimit.Rate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Our rate limiter beside Bucket4j, Redisson, a bare script, resilience4j and Guava: what a decision costs, on one key
 * and on many, allowed and denied, in Redis, in memory, and when Redis is away.
 */
final class RatelimitSet implements BenchmarkSet {
    private static final String OURS = "wellhead";
    private static final String LEASED = "wellhead.leased";
    private static final String FOUR_LIMITS = "wellhead.4-limits";
    private static final String IN_MEMORY = "wellhead.in-memory";
    private static final String BARE = "bare";
    private static final String BUCKET4J = "bucket4j";
    private static final String BATCHING = "bucket4j.batching";
    private static final String SKIP_ON_ZERO = "bucket4j.skip-on-zero";
    private static final String REDISSON = "redisson";
    private static final String RESILIENCE4J = "resilience4j";
    private static final String GUAVA = "guava";

    private static final int MANY = 64;
    // Where every decision goes to Redis, reading the clock for each costs nothing to speak of.
    private static final int TIME_EACH = 1;
    private static final int TIME_SOME = 16;
    private static final int ATTEMPTS = 3;
    private static final double SPOILT_PPM = 10_000;
    private static final int QUICK_KEYS = 10_000;
    private static final double BREAKER_MICROS = 50;
    /** The client's budget, and 20 ms for the machine. */
    private static final double WORST_CALL_MILLIS = 50 + 20;
    /** Nothing: of millions of decisions one a second asks whether the key is still denied. */
    private static final double NO_TRIP = 0.0001;

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final JmhMeasurement.Length IN_MEMORY_LENGTH =
            new JmhMeasurement.Length(5, 3, Duration.ofSeconds(1));

    private @Nullable EmptiedRedis redis;

    @Override
    public String name() {
        return "ratelimit";
    }

    @Override
    public String description() {
        return "decisions on one key and on many, in Redis and in memory, and outages, beside Bucket4j, Redisson, "
                + "resilience4j, Guava";
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
                oneThread(redis),
                hot(redis),
                denied(redis),
                keys(redis),
                fourLimits(redis),
                memory(redis),
                inMemory(redis, 1),
                inMemory(redis, 8),
                outage(redis));
    }

    private static Scenario oneThread(EmptiedRedis redis) {
        Load load = new Load(Rate.PLENTY, 1, 1, TIME_EACH);
        return load.scenario(
                "hot-1",
                redis,
                List.of(OURS, BARE, BUCKET4J, REDISSON),
                List.of(
                        goal("hot-1.trips", trips(OURS), Comparison.AT_MOST, 1, ""),
                        faster("hot-1.of-bare", OURS, BARE, 0.95)));
    }

    private static Scenario hot(EmptiedRedis redis) {
        Load load = new Load(Rate.PLENTY, MANY, 1, TIME_SOME);
        return load.scenario(
                "hot-64",
                redis,
                List.of(OURS, LEASED, BUCKET4J, BATCHING, REDISSON),
                List.of(
                        goal("hot-64.trips", trips(OURS), Comparison.AT_MOST, 0.05, ""),
                        faster("hot-64.of-bucket4j", OURS, BUCKET4J, 100),
                        faster("hot-64.of-redisson", OURS, REDISSON, 6),
                        faster("hot-64.of-bucket4j.batching", OURS, BATCHING, 1.2),
                        faster("hot-64.leased.of-bucket4j.batching", LEASED, BATCHING, 5)));
    }

    private static Scenario denied(EmptiedRedis redis) {
        Load load = new Load(Rate.USED_UP, MANY, 1, TIME_SOME);
        return load.scenario(
                "denied-64",
                redis,
                List.of(OURS, SKIP_ON_ZERO, REDISSON),
                List.of(
                        goal("denied-64.trips", trips(OURS), Comparison.AT_MOST, NO_TRIP, ""),
                        faster("denied-64.of-bucket4j.skip-on-zero", OURS, SKIP_ON_ZERO, 50)));
    }

    private static Scenario keys(EmptiedRedis redis) {
        Load load = new Load(Rate.PER_CLIENT, MANY, 100_000, TIME_EACH);
        return load.scenario(
                "keys-64",
                redis,
                List.of(OURS, BUCKET4J, REDISSON),
                List.of(
                        faster("keys-64.of-bucket4j", OURS, BUCKET4J, 2),
                        faster("keys-64.of-redisson", OURS, REDISSON, 3.5),
                        goal(
                                "keys-64.p99.of-bucket4j",
                                Figure.ratio(OURS, BUCKET4J, LoadProgram.P99),
                                Comparison.AT_MOST,
                                0.5,
                                "x")));
    }

    private static Scenario fourLimits(EmptiedRedis redis) {
        Load load = new Load(Rate.PLENTY, 1, 1, TIME_EACH);
        return load.scenario(
                "limits-4",
                redis,
                List.of(OURS, FOUR_LIMITS),
                List.of(goal(
                        "limits-4.of-1",
                        Figure.ratio(FOUR_LIMITS, OURS, LoadProgram.MEAN),
                        Comparison.AT_MOST,
                        1.5,
                        "x")));
    }

    private static Scenario memory(EmptiedRedis redis) {
        return new Scenario(
                "memory",
                redis.contenders(
                        List.of(OURS),
                        List.of(BUCKET4J, REDISSON),
                        contender -> (jdk, effort) -> worker(
                                        MemoryProgram.class,
                                        contender,
                                        redis.uri(),
                                        effort == Effort.FULL ? 20_000 : QUICK_KEYS / 2)
                                .metrics(jdk, MemoryProgram.METRICS)),
                List.of(goal("memory.bytes", Figure.metric(OURS, MemoryProgram.BYTES), Comparison.AT_MOST, 180, "B")));
    }

    private static Scenario inMemory(EmptiedRedis redis, int threads) {
        String name = "in-memory-" + threads;
        return new Scenario(
                name,
                redis.contenders(
                        List.of(IN_MEMORY),
                        List.of(RESILIENCE4J, GUAVA),
                        contender -> new JmhMeasurement(
                                InMemoryBenchmark.class,
                                "decide",
                                Map.of("contender", contender),
                                threads,
                                Worker.QUIET,
                                IN_MEMORY_LENGTH)),
                Stream.of(RESILIENCE4J, GUAVA)
                        .map(peer -> goal(
                                name + ".of-" + peer,
                                Figure.ratio(peer, IN_MEMORY, JmhMeasurement.NANOS),
                                Comparison.AT_LEAST,
                                1,
                                "x"))
                        .toList());
    }

    private static Scenario outage(EmptiedRedis redis) {
        return new Scenario(
                "outage",
                redis.contenders(
                        List.of(OURS),
                        List.of("bucket4j.timeout", "redisson.timeout"),
                        contender -> (jdk, effort) -> worker(
                                        OutageProgram.class, contender, MANY, effort == Effort.FULL ? 1200 : 500, 1500)
                                .metrics(jdk, OutageProgram.METRICS)),
                List.of(
                        outageGoal("stopped.worst", "stopped.worst-ms", WORST_CALL_MILLIS, "ms"),
                        outageGoal("killed.worst", "killed.worst-ms", WORST_CALL_MILLIS, "ms"),
                        outageGoal("stopped.failures", "stopped.failures", 0, ""),
                        outageGoal("killed.failures", "killed.failures", 0, ""),
                        outageGoal("stopped.back", "stopped.back-ms", 1000, "ms"),
                        outageGoal("killed.back", "killed.back-ms", 1000, "ms"),
                        outageGoal("known.mean", "known.mean-us", BREAKER_MICROS, "us")));
    }

    /**
     * What {@link LoadProgram} is told.
     *
     * @param keys how many are asked for, at random
     * @param timedEvery of how many calls one is timed
     */
    private record Load(Rate rate, int threads, int keys, int timedEvery) {
        Scenario scenario(String name, EmptiedRedis redis, List<String> contenders, List<Goal> goals) {
            return new Scenario(name, redis.contenders(contenders, List.of(), of(redis)), goals);
        }

        private Function<String, Measurement> of(EmptiedRedis redis) {
            return contender -> (jdk, effort) -> {
                Worker worker = worker(redis, contender, effort);
                Map<String, Double> metrics = worker.metrics(jdk, LoadProgram.METRICS);
                // A machine that stands still makes calls give Redis up, and three of them open the breaker.
                for (int attempt = 1; attempt < ATTEMPTS && isSpoilt(metrics); attempt++) {
                    redis.empty();
                    metrics = worker.metrics(jdk, LoadProgram.METRICS);
                }
                return metrics;
            };
        }

        // Code is compiled after so many calls, and trips to Redis are few: behind 3.5 s of them, whose code is
        // longer is half as fast as behind 15 s.
        private int warmUpMillis() {
            return rate == Rate.USED_UP ? 6_000 : 12_000;
        }

        private static boolean isSpoilt(Map<String, Double> metrics) {
            return metrics.getOrDefault(LoadProgram.OTHERS, 0.0) > SPOILT_PPM;
        }

        private Worker worker(EmptiedRedis redis, String contender, Effort effort) {
            return RatelimitSet.worker(
                    LoadProgram.class,
                    contender,
                    redis.uri(),
                    rate,
                    threads,
                    effort == Effort.FULL ? keys : Math.min(keys, QUICK_KEYS),
                    timedEvery,
                    effort == Effort.FULL ? warmUpMillis() : 500,
                    effort == Effort.FULL ? 1000 : 500);
        }
    }

    private static Worker worker(Class<?> program, Object... arguments) {
        return new Worker(
                program, Worker.QUIET, Stream.of(arguments).map(String::valueOf).toList(), TIMEOUT);
    }

    private static Figure trips(String contender) {
        return Figure.metric(contender, LoadProgram.SCRIPTS);
    }

    private static Goal faster(String id, String contender, String peer, double least) {
        return goal(id, Figure.ratio(contender, peer, LoadProgram.OPS), Comparison.AT_LEAST, least, "x");
    }

    private static Goal outageGoal(String what, String metric, double most, String unit) {
        return goal("outage." + what, Figure.metric(OURS, metric), Comparison.AT_MOST, most, unit);
    }

    private static Goal goal(String id, Figure figure, Comparison comparison, double target, String unit) {
        return new Goal("ratelimit." + id, figure, comparison, target, unit);
    }

    @Override
    public void close() {
        if (redis != null) {
            redis.close();
        }
    }
}

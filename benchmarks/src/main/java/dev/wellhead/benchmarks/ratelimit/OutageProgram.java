package dev.wellhead.benchmarks.ratelimit;

import dev.wellhead.benchmarks.program.Output;
import dev.wellhead.benchmarks.program.Traffic;
import dev.wellhead.benchmarks.program.Traffic.Call;
import dev.wellhead.benchmarks.program.Traffic.Span;
import dev.wellhead.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Stops Redis where it stands, lets it go on, kills it and starts it again, under traffic. Says for each of the two
 * outages how long the worst call took, how many calls failed, and how long after the end of the outage Redis decided
 * again. Then stops it once more and says what a call costs that comes when the limiter knows.
 */
public final class OutageProgram {
    /** The metrics. */
    public static final List<String> METRICS = List.of(
            "stopped.worst-ms",
            "stopped.failures",
            "stopped.back-ms",
            "killed.worst-ms",
            "killed.failures",
            "killed.back-ms",
            "known.mean-us");

    private static final int KEYS = 1000;
    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration UNTIL_KNOWN = Duration.ofMillis(500);
    private static final Duration KNOWN = Duration.ofMillis(300);

    private final RedisServer redis;
    private final LimiterNode node;
    private final List<String> keys = LoadProgram.keys(KEYS);
    private final LongAdder failures = new LongAdder();
    private final Duration away;
    private final Duration after;

    /** An outage and what is looked at after it, and how many calls failed in both. */
    private record Outage(Span away, Span back, long failures) {}

    private OutageProgram(RedisServer redis, LimiterNode node, Duration away, Duration after) {
        this.redis = redis;
        this.node = node;
        this.away = away;
        this.after = after;
    }

    /** Runs it: contender, threads, milliseconds of an outage, milliseconds that are looked at after it. */
    public static void main(String[] arguments) throws Exception {
        Output.silenceLogs();
        try (RedisServer redis = RedisServer.builder().start()) {
            LimiterNode node = LimiterNodes.open(arguments[0], redis.uri(), Rate.PLENTY);
            new OutageProgram(redis, node, millis(arguments[2]), millis(arguments[3]))
                    .run(Integer.parseInt(arguments[1]));
        }
        Output.end();
    }

    private void run(int threads) throws Exception {
        node.prepare(keys);
        Traffic traffic = new Traffic(this::isDecidedInRedis, keys, threads);
        Span.pass(WARM_UP);
        Outage stopped = outage(redis::pause, redis::resume);
        Outage killed = outage(redis::kill, redis::start);
        List<Call> calls = traffic.stop();
        say("stopped", calls, stopped);
        say("killed", calls, killed);

        redis.pause();
        meanNanos(UNTIL_KNOWN);
        Output.say("known.mean-us", meanNanos(KNOWN) / 1e3);
    }

    private Outage outage(Runnable begin, Runnable end) {
        long before = failures.sum();
        begin.run();
        Span gone = Span.pass(away);
        end.run();
        Span back = Span.pass(after);
        return new Outage(gone, back, failures.sum() - before);
    }

    private boolean isDecidedInRedis(String key) throws Exception {
        try {
            return node.ask(key) != Answer.WITHOUT_REDIS;
        } catch (Exception e) {
            failures.increment();
            throw e;
        }
    }

    private static void say(String what, List<Call> calls, Outage outage) {
        Output.say(
                what + ".worst-ms",
                Output.millis(calls.stream()
                        .filter(call -> call.overlaps(outage.away()))
                        .mapToLong(Call::nanos)
                        .max()
                        .orElse(0)));
        Output.say(what + ".failures", (double) outage.failures());
        Span back = outage.back();
        Output.say(
                what + ".back-ms",
                Output.millis(calls.stream()
                                .filter(call -> call.ok() && call.endsIn(back))
                                .mapToLong(Call::end)
                                .min()
                                .orElse(back.end())
                        - back.start()));
    }

    /** Calls for this long, once at least, alone. */
    private double meanNanos(Duration length) {
        long start = System.nanoTime();
        long calls = 0;
        long now = start;
        while (now - start < length.toNanos()) {
            try {
                isDecidedInRedis(keys.get((int) (calls % KEYS)));
            } catch (Exception e) {
                // A failure costs time, too; it was counted.
            }
            calls++;
            now = System.nanoTime();
        }
        return (now - start) / (double) calls;
    }

    private static Duration millis(String millis) {
        return Duration.ofMillis(Long.parseLong(millis));
    }
}

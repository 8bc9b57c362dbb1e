package dev.wellhead.benchmarks.cache;

import dev.wellhead.benchmarks.program.Output;
import dev.wellhead.benchmarks.program.Parking;
import dev.wellhead.benchmarks.program.Traffic;
import dev.wellhead.benchmarks.program.Traffic.Call;
import dev.wellhead.benchmarks.program.Traffic.Span;
import dev.wellhead.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Stops Redis where it stands, lets it go on, kills it and starts it again, under traffic. Says for each of the two outages
 * how many calls a second came through, how long the worst took, how many brought no value, and how long after the end of
 * the outage the last slow or failed call ended.
 */
public final class OutageProgram {
    private static final int KEYS = 1000;
    private static final Duration FAR_LIFE = Duration.ofSeconds(1);
    private static final Duration NEAR_LIFE = Duration.ofMillis(200);
    private static final long LOAD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /** Twice what a call may take that Redis lets down, and far above what one takes that it does not. */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Duration WARM_UP = Duration.ofSeconds(1);

    private OutageProgram() {}

    /** Runs it: contender, threads, milliseconds of an outage, milliseconds that are looked at after it. */
    public static void main(String[] arguments) throws Exception {
        Duration outage = Duration.ofMillis(Long.parseLong(arguments[2]));
        Duration after = Duration.ofMillis(Long.parseLong(arguments[3]));
        try (RedisServer redis = RedisServer.builder().start()) {
            NodeOptions options =
                    NodeOptions.of(redis.uri(), OutageProgram::load).withLives(FAR_LIFE, NEAR_LIFE);
            CacheNode node = CacheNodes.open(arguments[0], options);
            List<String> keys =
                    IntStream.range(0, KEYS).mapToObj(key -> "outage-" + key).toList();
            Traffic traffic = new Traffic(key -> node.get(key) != null, keys, Integer.parseInt(arguments[1]));
            Span.pass(WARM_UP);
            Span normal = Span.pass(outage);

            redis.pause();
            Span stopped = Span.pass(outage);
            redis.resume();
            Span resumed = Span.pass(after);

            redis.kill();
            Span killed = Span.pass(outage);
            redis.start();
            Span restarted = Span.pass(after);

            List<Call> calls = traffic.stop();
            Output.say("normal.calls-per-s", perSecond(calls, normal));
            say("stopped", calls, stopped, resumed);
            say("killed", calls, killed, restarted);
        }
        Output.end();
    }

    private static String load(String key) {
        Parking.nanos(LOAD_NANOS);
        return "value of " + key;
    }

    private static void say(String what, List<Call> calls, Span away, Span back) {
        Output.say(what + ".calls-per-s", perSecond(calls, away));
        Output.say(
                what + ".worst-ms",
                Output.millis(calls.stream()
                        .filter(call -> call.overlaps(away))
                        .mapToLong(Call::nanos)
                        .max()
                        .orElse(0)));
        Output.say(what + ".failures", (double) calls.stream()
                .filter(call -> !call.ok() && (call.overlaps(away) || call.overlaps(back)))
                .count());
        Output.say(
                what + ".back-ms",
                Output.millis(calls.stream()
                        .filter(call -> call.overlaps(back) && (!call.ok() || call.nanos() > SLOW_NANOS))
                        .mapToLong(call -> Math.min(call.end(), back.end()) - back.start())
                        .max()
                        .orElse(0)));
    }

    private static double perSecond(List<Call> calls, Span span) {
        return calls.stream().filter(call -> call.ok() && call.endsIn(span)).count() / span.seconds();
    }
}

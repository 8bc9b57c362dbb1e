package dev.wellhead.benchmarks.ratelimit;

import dev.wellhead.benchmarks.program.Latencies;
import dev.wellhead.benchmarks.program.Output;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Several threads ask for one key or for many, as fast as they can. */
public final class LoadProgram {
    /** The metric: decisions in a second. */
    public static final String OPS = "ops-per-s";
    /** The metric: the mean time from call to return, as a thread sees it. */
    public static final String MEAN = "mean-us";
    /** The metric: the median time from call to return. */
    public static final String P50 = "p50-us";
    /** The metric: what one call in a hundred exceeds. */
    public static final String P99 = "p99-us";
    /** The metric: scripts that clients had Redis run, for each decision. */
    public static final String SCRIPTS = "scripts-per-decision";
    /** The metric: commands that Redis carried out, within scripts or not, for each decision. */
    public static final String COMMANDS = "commands-per-decision";
    /** The metric: decisions in a million that were not as they should be, as those without Redis. */
    public static final String OTHERS = "others-ppm";
    /** All of them. */
    public static final List<String> METRICS = List.of(OPS, MEAN, P50, P99, SCRIPTS, COMMANDS, OTHERS);

    private static final int LEAST_PRIMING_CALLS = 50;
    private static final long PRIMING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private LoadProgram() {}

    /**
     * Runs it: contender, Redis, rate, threads, keys, of how many calls one is timed, milliseconds that do not count,
     * milliseconds that do.
     */
    public static void main(String[] arguments) throws Exception {
        Output.silenceLogs();
        Rate rate = Rate.named(arguments[2]);
        int threads = Integer.parseInt(arguments[3]);
        List<String> keys = keys(Integer.parseInt(arguments[4]));
        Answer wanted = rate == Rate.USED_UP ? Answer.DENIED : Answer.ALLOWED;
        LimiterNode node = LimiterNodes.open(arguments[0], arguments[1], rate);
        try (RedisMeter meter = new RedisMeter(arguments[1])) {
            prime(node, keys);
            RedisMeter.Work before = meter.work();
            LoadRun.Result result = new LoadRun(node, keys, wanted, threads, Integer.parseInt(arguments[5]))
                    .run(millis(arguments[6]), millis(arguments[7]));
            say(result, meter.work().since(before), threads);
        }
        Output.end();
    }

    /**
     * Does what is done once: connecting, learning Redis' time, sending a script in full, using up permits. One thread
     * goes ahead, since a crowd that meets code nobody has run yet takes longer than any budget.
     */
    private static void prime(LimiterNode node, List<String> keys) throws Exception {
        node.prepare(keys);
        long end = System.nanoTime() + PRIMING_NANOS;
        for (int i = 0; i < LEAST_PRIMING_CALLS || System.nanoTime() - end < 0; i++) {
            node.ask(keys.get(i % keys.size()));
        }
    }

    private static void say(LoadRun.Result result, RedisMeter.Work work, int threads) {
        Latencies latencies = result.latencies();
        Output.say(OPS, result.perSecond());
        // If there was none it is finite, and bad enough.
        Output.say(MEAN, threads * 1e6 / Math.max(1, result.perSecond()));
        Output.say(P50, latencies.percentileNanos(0.5) / 1e3);
        Output.say(P99, latencies.percentileNanos(0.99) / 1e3);
        Output.say(SCRIPTS, work.scripts() / (double) result.decisions());
        Output.say(COMMANDS, work.commands() / (double) result.decisions());
        Output.say(OTHERS, 1e6 * result.others() / result.decisions());
    }

    /** Returns addresses of clients, as services use them for keys. */
    static List<String> keys(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "203." + (i >> 16) + "." + ((i >> 8) & 255) + "." + (i & 255))
                .toList();
    }

    private static Duration millis(String millis) {
        return Duration.ofMillis(Long.parseLong(millis));
    }
}

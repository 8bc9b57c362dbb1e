package dev.wellhead.benchmarks.ratelimit;

import dev.wellhead.benchmarks.program.Output;
import java.util.List;

/** Asks once for each of many keys and says by how much Redis has grown for each. */
public final class MemoryProgram {
    /** The metric: bytes that Redis allocated for a key, whatever for. */
    public static final String BYTES = "bytes-per-limiter";
    /** All of them. */
    public static final List<String> METRICS = List.of(BYTES);

    private MemoryProgram() {}

    /** Runs it: contender, Redis, keys. */
    public static void main(String[] arguments) throws Exception {
        Output.silenceLogs();
        List<String> keys = LoadProgram.keys(Integer.parseInt(arguments[2]) + 1);
        List<String> first = keys.subList(0, 1);
        List<String> rest = keys.subList(1, keys.size());
        LimiterNode node = LimiterNodes.open(arguments[0], arguments[1], Rate.PER_CLIENT);
        try (RedisMeter meter = new RedisMeter(arguments[1])) {
            // Connections and scripts have their memory before.
            ask(node, first);
            meter.usedMemory();
            long before = meter.usedMemory();
            ask(node, rest);
            Output.say(BYTES, (meter.usedMemory() - before) / (double) rest.size());
        }
        Output.end();
    }

    private static void ask(LimiterNode node, List<String> keys) throws Exception {
        node.prepare(keys);
        for (String key : keys) {
            if (node.ask(key) == Answer.DENIED) {
                throw new IllegalStateException("denied at once: the limiter was there before");
            }
        }
    }
}

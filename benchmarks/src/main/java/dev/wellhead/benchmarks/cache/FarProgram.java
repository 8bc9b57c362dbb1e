package dev.wellhead.benchmarks.cache;

import dev.wellhead.benchmarks.program.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Several threads read keys at random that Redis holds and the process does not: the near tier has room for one. Says {@code
 * ops/s} and the share of calls that asked the source, which must be none.
 */
public final class FarProgram {
    private static final int KEYS = 10_000;

    private final CacheNode node;
    private final List<String> keys;
    private final int batch;
    private final int threads;

    private FarProgram(CacheNode node, List<String> keys, int threads, int batch) {
        this.node = node;
        this.keys = keys;
        this.threads = threads;
        this.batch = batch;
    }

    /** Runs it: contender, Redis, threads, keys in a call, milliseconds that do not count, milliseconds that do. */
    public static void main(String[] arguments) throws Exception {
        List<String> keys =
                IntStream.range(0, KEYS).mapToObj(key -> "far-" + key).toList();
        AtomicInteger loads = new AtomicInteger();
        Source source = key -> {
            loads.incrementAndGet();
            return Values.OF_100_CHARS;
        };
        CacheNode node = CacheNodes.open(
                arguments[0], NodeOptions.of(arguments[1], source).withNearSize(1));
        for (String key : keys) {
            node.get(key);
        }
        FarProgram program = new FarProgram(node, keys, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
        program.calls(Long.parseLong(arguments[4]));
        loads.set(0);
        long start = System.nanoTime();
        long calls = program.calls(Long.parseLong(arguments[5]));
        double seconds = (System.nanoTime() - start) / 1e9;
        Output.say("ops-per-s", calls / seconds);
        Output.say("loads", loads.get());
        node.close();
        Output.end();
    }

    private long calls(long millis) throws Exception {
        LongAdder calls = new LongAdder();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Callable<?> loop = () -> {
                    long made = 0;
                    while (System.nanoTime() - end < 0) {
                        call();
                        made++;
                    }
                    calls.add(made);
                    return made;
                };
                running.add(executor.submit(loop));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            executor.shutdownNow();
        }
        return calls.sum();
    }

    private void call() throws Exception {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        if (batch == 1) {
            check(node.get(keys.get(random.nextInt(KEYS))), 1);
            return;
        }
        // A run of neighbours: as good as any hundred keys, and drawn at no cost.
        int first = random.nextInt(KEYS - batch);
        check(null, node.getAll(keys.subList(first, first + batch)).size());
    }

    private void check(@Nullable String value, int count) {
        if (count != batch || (batch == 1 && !Values.OF_100_CHARS.equals(value))) {
            throw new IllegalStateException("wrong answer: " + value + ", " + count + " of " + batch);
        }
    }
}

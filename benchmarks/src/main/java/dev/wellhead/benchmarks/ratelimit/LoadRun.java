package dev.wellhead.benchmarks.ratelimit;

import dev.wellhead.benchmarks.program.Latencies;
import dev.wellhead.benchmarks.program.Parking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** Threads that ask a node as fast as they can, for keys at random, and want one and the same answer. For one run. */
final class LoadRun {
    /*
     * The rate is that of decisions that were had within the time; callers are neither started nor stopped in it. A
     * call's time counts if it ended after the warm-up and began before the end, however long it lasted; where not
     * every call is timed, the first of these is, in each thread. A decision that is not as wanted,
     * as one without Redis may come at once, counts as one that took the whole time: nobody gets fast by not doing it.
     *
     * Each thread writes its own two counters, on cache lines of their own, and only it.
     */
    private static final int APART = 16;
    private static final int OTHER = 1;

    private final LimiterNode node;
    private final String[] keys;
    private final Answer wanted;
    private final int timedEvery;
    private final AtomicLongArray counts;
    private final List<Latencies> latencies = new ArrayList<>();
    private final int threads;
    private volatile long lengthNanos;
    private volatile boolean warm;
    private volatile boolean over;
    private volatile @Nullable Exception failure;

    /**
     * What was seen.
     *
     * @param perSecond decisions as they are wanted, each second
     * @param decisions of the whole run, the warm-up included
     * @param others of them that were not as wanted
     * @param latencies of those that counted and were timed
     */
    record Result(double perSecond, long decisions, long others, Latencies latencies) {}

    /** @param timedEvery of how many calls one is timed: not each where a decision is as cheap as reading the clock */
    LoadRun(LimiterNode node, List<String> keys, Answer wanted, int threads, int timedEvery) {
        this.node = node;
        this.keys = keys.toArray(String[]::new);
        this.wanted = wanted;
        this.threads = threads;
        this.timedEvery = timedEvery;
        counts = new AtomicLongArray(threads * APART);
    }

    /** Runs it; the first exception that a call throws ends it. */
    Result run(Duration warmup, Duration length) throws Exception {
        lengthNanos = length.toNanos();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int mine = i * APART;
            Latencies times = new Latencies();
            latencies.add(times);
            Thread caller = new Thread(() -> call(mine, times), "caller-" + i);
            caller.setDaemon(true);
            callers.add(caller);
        }
        callers.forEach(Thread::start);
        Parking.nanos(warmup.toNanos());
        warm = true;
        long start = System.nanoTime();
        long before = sum(0);
        Parking.nanos(length.toNanos());
        long had = sum(0) - before;
        double seconds = (System.nanoTime() - start) / 1e9;
        over = true;
        for (Thread caller : callers) {
            caller.join();
        }
        if (failure != null) {
            throw failure;
        }
        Latencies all = new Latencies();
        latencies.forEach(all::add);
        return new Result(had / seconds, sum(0) + sum(OTHER), sum(OTHER), all);
    }

    private void call(int mine, Latencies times) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long asWanted = 0;
        long others = 0;
        int untimed = 0;
        boolean counted = false;
        try {
            while (!over) {
                String key = keys.length == 1 ? keys[0] : keys[random.nextInt(keys.length)];
                boolean timed = !counted || ++untimed >= timedEvery;
                long start = timed ? System.nanoTime() : 0;
                boolean asWished = node.ask(key) == wanted;
                if (asWished) {
                    counts.lazySet(mine, ++asWanted);
                } else {
                    counts.lazySet(mine + OTHER, ++others);
                }
                if (timed) {
                    untimed = 0;
                    if (warm) {
                        times.record(Math.max(asWished ? 0 : lengthNanos, System.nanoTime() - start));
                        counted = true;
                    }
                }
            }
        } catch (Exception e) {
            failure = e;
            over = true;
        }
    }

    private long sum(int which) {
        long sum = 0;
        for (int i = which; i < counts.length(); i += APART) {
            sum += counts.get(i);
        }
        return sum;
    }
}

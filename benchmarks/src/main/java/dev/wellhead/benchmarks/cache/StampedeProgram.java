package dev.wellhead.benchmarks.cache;

import dev.wellhead.benchmarks.program.Output;
import dev.wellhead.benchmarks.program.Parking;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Many threads of several nodes ask for the same absent key at once. Says for each counted time how often the source was
 * asked in this process, and how long each caller waited: {@code loads.N} and {@code waits.N}.
 */
public final class StampedeProgram {
    /** The contender that caches nothing: its threads wait to be woken, which is what any protection makes callers do. */
    public static final String WAKE_UP = "wake-up";

    private final AtomicInteger loads = new AtomicInteger();
    private final long loadNanos;
    private final int threadsPerNode;

    private StampedeProgram(int threadsPerNode, long loadMillis) {
        this.threadsPerNode = threadsPerNode;
        loadNanos = TimeUnit.MILLISECONDS.toNanos(loadMillis);
    }

    /**
     * Runs it: contender, Redis, processes that take part, nodes in this one, threads of each node, milliseconds of a load,
     * times that do not count, times that do.
     */
    public static void main(String[] arguments) throws Exception {
        StampedeProgram program = new StampedeProgram(Integer.parseInt(arguments[4]), Long.parseLong(arguments[5]));
        program.run(
                arguments[0],
                arguments[1],
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[6]),
                Integer.parseInt(arguments[7]));
        Output.end();
    }

    private void run(String contender, String redis, int processes, int nodeCount, int uncounted, int counted)
            throws Exception {
        List<CacheNode> nodes = contender.equals(WAKE_UP)
                ? List.of()
                : CacheNodes.open(contender, NodeOptions.of(redis, this::load), nodeCount);
        try (Gate gate = new Gate(redis, processes)) {
            for (int time = -uncounted; time < counted; time++) {
                loads.set(0);
                long[] waits = stampede(nodes, nodeCount * threadsPerNode, "stampede-" + time, gate);
                if (time >= 0) {
                    Output.say("loads." + time, loads.get());
                    Output.say("waits." + time, waits);
                }
            }
        }
        nodes.forEach(CacheNode::close);
    }

    private String load(String key) {
        loads.incrementAndGet();
        Parking.nanos(loadNanos);
        return "value of " + key;
    }

    private static long[] stampede(List<CacheNode> nodes, int count, String key, Gate gate) throws Exception {
        Callers callers = new Callers(count);
        for (int i = 0; i < count; i++) {
            int number = i;
            callers.start(
                    number,
                    nodes.isEmpty()
                            ? null
                            : () -> nodes.get(number % nodes.size()).get(key));
        }
        callers.ready.await();
        Parking.until(gate.next());
        return callers.release();
    }

    /** What a thread does once it is released. */
    @FunctionalInterface
    private interface Call {
        @Nullable Object make() throws Exception;
    }

    /** Threads that are all waiting when they are released. */
    private static final class Callers {
        final CountDownLatch ready;
        private final CountDownLatch released = new CountDownLatch(1);
        private final List<Thread> threads = new ArrayList<>();
        private final long[] waits;
        private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        private volatile long releasedAt;

        Callers(int count) {
            ready = new CountDownLatch(count);
            waits = new long[count];
        }

        void start(int number, @Nullable Call call) {
            Thread thread = new Thread(() -> wait(number, call), "caller-" + number);
            threads.add(thread);
            thread.start();
        }

        private void wait(int number, @Nullable Call call) {
            try {
                ready.countDown();
                released.await();
                long start = call == null ? releasedAt : System.nanoTime();
                if (call != null && call.make() == null) {
                    throw new IllegalStateException("a caller got nothing");
                }
                waits[number] = System.nanoTime() - start;
            } catch (Exception e) {
                failures.add(e);
            }
        }

        long[] release() throws Exception {
            releasedAt = System.nanoTime();
            released.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            if (!failures.isEmpty()) {
                throw new IllegalStateException(failures.size() + " callers failed", failures.get(0));
            }
            return waits;
        }
    }
}

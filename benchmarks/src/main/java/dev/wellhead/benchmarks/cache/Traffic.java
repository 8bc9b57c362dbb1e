package dev.wellhead.benchmarks.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Threads that call a node again and again, with a short pause between two calls, and note how each call went. What hangs is
 * noted as well, as long as it has hung so far.
 */
final class Traffic {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final CacheNode node;
    private final List<String> keys;
    private final List<Caller> callers = new ArrayList<>();
    private volatile boolean stopped;

    /**
     * A call.
     *
     * @param ok whether it brought a value; an exception or nothing is not ok
     */
    record Call(long start, long end, boolean ok) {
        long nanos() {
            return end - start;
        }

        boolean overlaps(Span span) {
            return start - span.end() < 0 && end - span.start() > 0;
        }

        boolean endsIn(Span span) {
            return end - span.start() >= 0 && end - span.end() < 0;
        }
    }

    /** A while, in the time of {@link System#nanoTime}. */
    record Span(long start, long end) {
        double seconds() {
            return (end - start) / 1e9;
        }
    }

    Traffic(CacheNode node, List<String> keys, int threads) {
        this.node = node;
        this.keys = keys;
        for (int i = 0; i < threads; i++) {
            Caller caller = new Caller();
            callers.add(caller);
            Thread thread = new Thread(caller::run, "caller-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Asks the threads to stop and returns all calls, also those that have not ended by now. */
    List<Call> stop() {
        stopped = true;
        long now = System.nanoTime();
        List<Call> calls = new ArrayList<>();
        for (Caller caller : callers) {
            long begun = caller.begun;
            calls.addAll(caller.ended);
            // Ended meanwhile: then it is among those, and its start is not that of the last one.
            if (begun != 0 && caller.ended.stream().noneMatch(call -> call.start() == begun)) {
                calls.add(new Call(begun, now, true));
            }
        }
        return calls;
    }

    private final class Caller {
        private final Queue<Call> ended = new ConcurrentLinkedQueue<>();
        private volatile long begun;

        void run() {
            while (!stopped) {
                String key = keys.get(ThreadLocalRandom.current().nextInt(keys.size()));
                long start = System.nanoTime();
                begun = start;
                boolean ok;
                try {
                    ok = node.get(key) != null;
                } catch (Exception e) {
                    ok = false;
                }
                ended.add(new Call(start, System.nanoTime(), ok));
                Pauses.nanos(PAUSE_NANOS);
            }
        }
    }
}

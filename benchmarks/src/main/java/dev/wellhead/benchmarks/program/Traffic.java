package dev.wellhead.benchmarks.program;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Threads that ask again and again, with a short pause between two calls, and note how each call went. What hangs is
 * noted as well, as long as it has hung so far.
 */
public final class Traffic {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Question question;
    private final List<String> keys;
    private final List<Caller> callers = new ArrayList<>();
    private volatile boolean stopped;

    /** What is called. */
    @FunctionalInterface
    public interface Question {
        /** Returns whether there was a proper answer; an exception says that there was none. */
        boolean ask(String key) throws Exception;
    }

    /**
     * A call, in the time of {@link System#nanoTime}.
     *
     * @param ok whether it had a proper answer, or none yet; an exception is not ok
     */
    public record Call(long start, long end, boolean ok) {
        /** Returns how long it took. */
        public long nanos() {
            return end - start;
        }

        /** Returns whether they have a moment in common. */
        public boolean overlaps(Span span) {
            return start - span.end() < 0 && end - span.start() > 0;
        }

        /** Returns whether it ended then. */
        public boolean endsIn(Span span) {
            return end - span.start() >= 0 && end - span.end() < 0;
        }
    }

    /** A while, in the time of {@link System#nanoTime}. */
    public record Span(long start, long end) {
        /** Waits this long and returns when it was. */
        public static Span pass(Duration length) {
            long start = System.nanoTime();
            Parking.nanos(length.toNanos());
            return new Span(start, System.nanoTime());
        }

        /** Returns its length. */
        public double seconds() {
            return (end - start) / 1e9;
        }
    }

    /** Starts the threads, which take the keys at random. */
    public Traffic(Question question, List<String> keys, int threads) {
        this.question = question;
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
    public List<Call> stop() {
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
                    ok = question.ask(key);
                } catch (Exception e) {
                    ok = false;
                }
                ended.add(new Call(start, System.nanoTime(), ok));
                Parking.nanos(PAUSE_NANOS);
            }
        }
    }
}

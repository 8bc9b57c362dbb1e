package dev.wellhead.ratelimit;

import dev.wellhead.core.Ticker;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls back about each thing a while after it was added, the same for all. Thread-safe, never blocks. */
final class Reminders<T> {
    /*
     * An alarm for each would wake a thread for each. As all wait equally long they are due in the order in which they came,
     * and one alarm at a time will do: it is set for the oldest.
     *
     * `armed` is true from the setting of an alarm until a look has found the queue empty. Who adds a thing looks at it
     * afterwards, and who clears it looks at the queue afterwards, so nothing is left without an alarm.
     */
    private static final Logger LOG = LoggerFactory.getLogger(RateLimiter.class);

    private final Ticker ticker;
    private final long delayNanos;
    private final Alarm alarm;
    private final Consumer<T> due;
    private final Queue<Waiting<T>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean armed = new AtomicBoolean();

    /** Runs a task once, later. */
    @FunctionalInterface
    interface Alarm {
        void set(Runnable task, long delayNanos);
    }

    private record Waiting<T>(T thing, long dueNanos) {}

    /** @param due called on the thread of the alarm; must not block */
    Reminders(Ticker ticker, long delayNanos, Alarm alarm, Consumer<T> due) {
        this.ticker = ticker;
        this.delayNanos = delayNanos;
        this.alarm = alarm;
        this.due = due;
    }

    /** Reminders in real time, on the JDK's timer. */
    Reminders(long delayNanos, Consumer<T> due) {
        this(
                Ticker.system(),
                delayNanos,
                (task, delay) -> CompletableFuture.delayedExecutor(delay, TimeUnit.NANOSECONDS, Runnable::run)
                        .execute(task),
                due);
    }

    void add(T thing) {
        waiting.add(new Waiting<>(thing, ticker.nanos() + delayNanos));
        arm(delayNanos);
    }

    private void look() {
        long now = ticker.nanos();
        for (Waiting<T> oldest = waiting.peek(); oldest != null; oldest = waiting.peek()) {
            if (oldest.dueNanos - now > 0) {
                alarm.set(this::look, oldest.dueNanos - now);
                return;
            }
            waiting.poll();
            remind(oldest.thing);
        }
        armed.set(false);
        if (!waiting.isEmpty()) {
            arm(0);
        }
    }

    private void remind(T thing) {
        try {
            due.accept(thing);
        } catch (RuntimeException e) {
            // A bug; those behind it must not pay for it.
            LOG.warn("a reminder failed", e);
        }
    }

    private void arm(long delay) {
        if (!armed.get() && armed.compareAndSet(false, true)) {
            alarm.set(this::look, delay);
        }
    }
}

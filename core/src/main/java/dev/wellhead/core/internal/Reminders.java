package dev.wellhead.core.internal;

import dev.wellhead.core.Ticker;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls back about each thing a while after it was added, the same for all, unless it is dropped before. Thread-safe, never blocks. */
public final class Reminders<T> {
    /*
     * An alarm for each would wake a thread for each. As all wait equally long they are due in the order in which they came,
     * and one alarm at a time will do: it is set for the oldest that is not dropped, and when it goes off it takes away those
     * that are and moves on. (Two that come at the same moment may stand in the other order; that is a moment's delay.)
     *
     * `armed` is true from the setting of an alarm until a look has found the queue empty. Who adds a thing looks at it
     * afterwards, and who clears it looks at the queue afterwards, so nothing is left without an alarm.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Reminders.class);

    private final Ticker ticker;
    private final long delayNanos;
    private final Alarm alarm;
    private final Consumer<T> due;
    private final Queue<Reminder<T>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean armed = new AtomicBoolean();

    /** Runs a task once, later. */
    @FunctionalInterface
    public interface Alarm {
        /** Sets the alarm. Must not block. */
        void set(Runnable task, long delayNanos);
    }

    /** A thing that somebody is to be reminded of. Thread-safe. */
    public static final class Reminder<T> {
        private final long dueNanos;
        // Null once it is dropped, so that nothing keeps the thing.
        private volatile @Nullable T thing;

        private Reminder(T thing, long dueNanos) {
            this.thing = thing;
            this.dueNanos = dueNanos;
        }

        /** Forgets the thing. Whoever is being reminded of it at this moment still is. */
        public void drop() {
            thing = null;
        }
    }

    /**
     * Starts with nothing to remind of.
     *
     * @param delayNanos how long after its adding a thing is due
     * @param due called on the thread of the alarm; must not block
     */
    public Reminders(Ticker ticker, long delayNanos, Alarm alarm, Consumer<T> due) {
        this.ticker = ticker;
        this.delayNanos = delayNanos;
        this.alarm = alarm;
        this.due = due;
    }

    /**
     * Reminders in real time, on the JDK's timer.
     *
     * @param delayNanos how long after its adding a thing is due
     * @param due called on the timer's thread; must not block
     */
    public Reminders(long delayNanos, Consumer<T> due) {
        this(
                Ticker.system(),
                delayNanos,
                (task, delay) -> CompletableFuture.delayedExecutor(delay, TimeUnit.NANOSECONDS, Runnable::run)
                        .execute(task),
                due);
    }

    /** Reminds of the thing once, when it is due. */
    public Reminder<T> add(T thing) {
        Reminder<T> reminder = new Reminder<>(thing, ticker.nanos() + delayNanos);
        waiting.add(reminder);
        arm(delayNanos);
        return reminder;
    }

    private void look() {
        long now = ticker.nanos();
        for (Reminder<T> oldest = waiting.peek(); oldest != null; oldest = waiting.peek()) {
            T thing = oldest.thing;
            if (thing != null && oldest.dueNanos - now > 0) {
                alarm.set(this::look, oldest.dueNanos - now);
                return;
            }
            waiting.poll();
            if (thing != null) {
                remind(thing);
            }
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

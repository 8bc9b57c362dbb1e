package dev.wellhead.redis;

import dev.wellhead.core.Ticker;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gives up calls that are not answered within the budget. Thread-safe, never blocks. */
final class Deadlines {
    /*
     * An alarm for each call would wake a thread for each call. All have the same budget, so they end in the order in
     * which they came, and one alarm at a time will do: it is set for the oldest call that is not answered, and when it
     * goes off it drops those that are and moves on. (Two that come at the same moment may stand in the other order; that
     * is a moment's delay.)
     *
     * `armed` is true from the setting of an alarm until a look has found the queue empty. Who adds a call looks at it
     * afterwards, and who clears it looks at the queue afterwards, so no call is left without an alarm.
     */
    private final Ticker ticker;
    private final long budgetNanos;
    private final Alarm alarm;
    private final Consumer<CompletableFuture<?>> giveUp;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean armed = new AtomicBoolean();

    /** Runs a task once, later. */
    @FunctionalInterface
    interface Alarm {
        void set(Runnable task, long delayNanos);
    }

    private static final class Waiting {
        final long endNanos;
        // Null once it is answered, so that nothing keeps the answer.
        volatile @Nullable CompletableFuture<?> call;

        Waiting(CompletableFuture<?> call, long endNanos) {
            this.call = call;
            this.endNanos = endNanos;
        }
    }

    /** @param giveUp ends a call whose time is over */
    Deadlines(Ticker ticker, long budgetNanos, Alarm alarm, Consumer<CompletableFuture<?>> giveUp) {
        this.ticker = ticker;
        this.budgetNanos = budgetNanos;
        this.alarm = alarm;
        this.giveUp = giveUp;
    }

    /** Gives the call up a budget from now, unless it has ended by then. */
    void watch(CompletableFuture<?> call) {
        Waiting one = new Waiting(call, ticker.nanos() + budgetNanos);
        waiting.add(one);
        call.whenComplete((value, error) -> one.call = null);
        if (!armed.get() && armed.compareAndSet(false, true)) {
            alarm.set(this::look, budgetNanos);
        }
    }

    private void look() {
        long now = ticker.nanos();
        for (Waiting oldest = waiting.peek(); oldest != null; oldest = waiting.peek()) {
            CompletableFuture<?> call = oldest.call;
            if (call != null && oldest.endNanos - now > 0) {
                alarm.set(this::look, oldest.endNanos - now);
                return;
            }
            waiting.poll();
            if (call != null) {
                giveUp.accept(call);
            }
        }
        armed.set(false);
        if (!waiting.isEmpty() && armed.compareAndSet(false, true)) {
            alarm.set(this::look, 0);
        }
    }
}

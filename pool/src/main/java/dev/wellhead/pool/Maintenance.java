package dev.wellhead.pool;

import java.sql.SQLTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** What only time brings about in a pool. Thread-safe where a method makes its own change of the books. */
final class Maintenance {
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_DOZE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long SHORTEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Slots slots;
    private final PoolSettings settings;
    private final Slots.Tools tools;
    private final Books books;
    private final Dispatcher dispatcher;
    private final LeakWatch leaks;
    private final WaitQueue queue;
    private final HandOff handOff;
    private final Chores chores;
    private final Demand demand;
    private final Outage outage;

    // Guarded by the lock of books.
    private boolean dozing;
    private boolean hurrying;
    private int peak;
    private long peakSince;
    private long borrowsBefore;

    Maintenance(Slots slots, PoolSettings settings, Slots.Tools tools, Books books, Dispatcher dispatcher) {
        this.slots = slots;
        this.settings = settings;
        this.tools = tools;
        this.books = books;
        this.dispatcher = dispatcher;
        this.leaks = new LeakWatch(slots, settings, tools, books, dispatcher);
        this.queue = dispatcher.queue();
        this.handOff = dispatcher.handOff();
        this.chores = dispatcher.chores();
        this.demand = dispatcher.demand();
        this.outage = dispatcher.outage();
    }

    /**
     * Does what only time brings about: overdue attempts, lifetimes, idle times, the idle reserve, the next attempt in an
     * outage, leak reports.
     *
     * @return nanoseconds until it should be called again
     */
    long housekeep() {
        List<BorrowedConnection> suspects = new ArrayList<>();
        long[] pause = new long[1];
        books.change(now -> {
            chores.findOverdue(now, chore -> overdue(chore, now));
            watchPeak(now);
            for (Slot slot : slots.all()) {
                age(slot, now);
                leaks.watch(slot, now, suspects);
            }
            watchPace(now);
            giveUp(now);
            slots.control().resumeIfDue(now);
            // What lay idle until now, nobody came for.
            dispatcher.serve(now, false);
            dispatcher.settle(now, settings.minIdle());
            pause[0] = pauseNanos(now);
        });
        suspects.forEach(tools.events()::leakSuspected);
        return pause[0];
    }

    /** Learns how long loans take, also while others may overtake, when few of them are measured. */
    private void watchPace(long now) {
        long borrows = slots.borrows();
        demand.observe(now, slots.lent(), borrows);
        if (hurrying && isHurrying() && borrows - borrowsBefore < slots.size()) {
            handOff.held(HandOff.PERIOD_NANOS);
        }
        borrowsBefore = borrows;
    }

    /** Refuses those whose deadline the pool has to see to. */
    private void giveUp(long now) {
        while (queue.nextDeadline() <= now) {
            Waiter late = Objects.requireNonNull(queue.first(waiter -> waiter.deadline() <= now));
            queue.remove(late);
            dispatcher.tally().timeouts++;
            dispatcher.refuse(late, Refusal.TIMEOUT);
        }
    }

    private void overdue(Chores.Chore chore, long now) {
        if (chore.isConnecting()) {
            dispatcher.noteFailure(
                    now,
                    new SQLTimeoutException(
                            "driver did not connect within " + Meters.duration(chore.limitNanos()), "08001"),
                    chore.startedAt());
        }
    }

    private void watchPeak(long now) {
        int lent = slots.lent();
        if (lent >= peak || now - peakSince > settings.idleNanos()) {
            peak = lent;
            peakSince = now;
        }
        slots.setWindow(Math.max(peak + 1, settings.minIdle()));
        leaks.decideStacks(lent, now);
    }

    private void age(Slot slot, long now) {
        long state = slot.state();
        boolean expired = slot.isExpired(now);
        if (state == Slot.LENT || state == Slot.HELD) {
            if (expired) {
                slot.order(Slot.RETIRE);
            }
            return;
        }
        boolean surplus = now - slot.idleSince >= settings.idleNanos() && slots.idle() > settings.minIdle();
        if (expired || surplus) {
            if (slot.take(state, Slot.HELD)) {
                dispatcher.gone(slot, expired ? "max lifetime reached" : "idle timeout", false);
            }
        } else if (state == Slot.FRESH && slot.unprovenNanos(now) >= FRESH_NANOS) {
            slot.take(Slot.FRESH, Slot.STALE);
        } else if (slot.unprovenNanos(now) >= settings.keepaliveNanos() && slot.take(Slot.STALE, Slot.HELD)) {
            dispatcher.validate(slot, now);
        }
    }

    /** Called after each change: wakes the housekeeper if the change has given him something to do. */
    void settled() {
        boolean hurry = isHurrying();
        if ((dozing && isAwaitingTicks()) || (hurry && !hurrying)) {
            dozing = false;
            hurrying = hurry;
            books.afterwards(tools.wakeHousekeeper());
        }
    }

    /** Returns whether those who wait depend on the housekeeper's ticks: see {@link HandOff}. */
    private boolean isHurrying() {
        return handOff.isBarging() && !queue.isEmpty();
    }

    private boolean isAwaitingTicks() {
        if (!queue.isEmpty() || outage.isFailing() || !chores.isEmpty()) {
            return true;
        }
        for (Slot slot : slots.all()) {
            long state = slot.state();
            if (state == Slot.LENT || state == Slot.FRESH) {
                return true;
            }
        }
        return false;
    }

    private long pauseNanos(long now) {
        long pause = LONGEST_DOZE_NANOS;
        dozing = !isAwaitingTicks();
        if (!dozing) {
            pause = Math.min(TICK_NANOS, Math.min(settings.leakNanos(), settings.reclaimNanos()) / 4);
        }
        hurrying = isHurrying();
        if (hurrying) {
            pause = HandOff.PERIOD_NANOS;
        }
        pause = Math.min(pause, chores.nextOverdueNanos(now));
        long deadline = queue.nextDeadline();
        if (deadline != Long.MAX_VALUE) {
            pause = Math.min(pause, deadline - now);
        }
        if (!queue.isEmpty() && dispatcher.taken() < slots.maxSize()) {
            pause = Math.min(pause, demand.nextLookNanos(queue.size()));
        }
        if (outage.isFailing()) {
            pause = Math.min(pause, outage.pauseLeftNanos(now));
        }
        pause = Math.min(pause, slots.control().untilResumedNanos(now));
        boolean surplus = slots.idle() > settings.minIdle();
        for (Slot slot : slots.all()) {
            if (slot.state() == Slot.STALE) {
                pause = Math.min(pause, slot.nextDeadlineNanos(now, settings.keepaliveNanos()));
                if (surplus) {
                    pause = Math.min(pause, settings.idleNanos() - (now - slot.idleSince));
                }
            }
        }
        return Math.max(SHORTEST_TICK_NANOS, pause);
    }
}

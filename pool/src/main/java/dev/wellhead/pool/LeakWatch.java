package dev.wellhead.pool;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** Looks for connections that are held for too long. Guarded by the lock of {@link Books}. */
final class LeakWatch {
    // What a borrower gets who shows no sign of life, until he is cut off.
    private static final long RECLAIM_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long STACKS_DUE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Slots slots;
    private final PoolSettings settings;
    private final Slots.Tools tools;
    private final Books books;
    private final Dispatcher dispatcher;
    /** Until then all loans remember their stack, as a leak was reported that had none. */
    private long stacksDueUntil = Long.MIN_VALUE;

    LeakWatch(Slots slots, PoolSettings settings, Slots.Tools tools, Books books, Dispatcher dispatcher) {
        this.slots = slots;
        this.settings = settings;
        this.tools = tools;
        this.books = books;
        this.dispatcher = dispatcher;
    }

    /**
     * Decides which borrowers' stacks are remembered, for a report that may name them. A stack takes microseconds: too
     * much for each of millions, nothing for a hundred in a second, so the first {@link StackBudget#FEW} loans of each
     * period have one. All have when things go wrong, which is when four fifths are lent, within the {@link StackBudget},
     * or a leak was reported that had none.
     */
    void decideStacks(int lent, long now) {
        if (settings.leakNanos() != Long.MAX_VALUE) {
            boolean crowded = slots.isCrowded(lent) && !dispatcher.handOff().isBarging();
            boolean due = now < stacksDueUntil;
            boolean nextPeriod = slots.stackBudget().refill(now, due);
            if (crowded || due) {
                slots.wantAllStacks();
            } else {
                slots.wantFewStacks(nextPeriod);
            }
        }
    }

    /** From the next loan on, not from the next tick: who has read of the leak expects the next one to have a stack. */
    private void wantAllStacks(long now) {
        stacksDueUntil = now + STACKS_DUE_NANOS;
        slots.stackBudget().refill(now, true);
        slots.wantAllStacks();
    }

    /** Looks at a slot: a loan of long ago is added to the suspects, or taken away. */
    void watch(Slot slot, long now, List<BorrowedConnection> suspects) {
        if (slot.state() != Slot.LENT) {
            return;
        }
        if (slot.heldNanos(now) >= settings.leakNanos() && !slot.isOrdered(Slot.REPORTED)) {
            BorrowedConnection seen = slot.snapshot(now);
            if (seen != null && slot.order(Slot.REPORTED)) {
                dispatcher.tally().leaksReported++;
                suspects.add(seen);
                if (seen.stack().isEmpty()) {
                    wantAllStacks(now);
                }
            }
        }
        if (slot.inactiveNanos(now) >= settings.reclaimNanos()) {
            reclaim(slot, now);
        }
    }

    private void reclaim(Slot slot, long now) {
        long loan = slot.lentLoan();
        BorrowedConnection seen = slot.snapshot(now);
        if (seen == null) {
            return;
        }
        boolean doubted = slot.doubtedLoan == loan && now - slot.doubtedAt <= slot.inactiveNanos(now);
        if (!doubted) {
            // The whole process may have stood still. The borrower has time to go on, or, if what runs was stopped on
            // the server, to notice and to give back.
            slot.doubtedLoan = loan;
            slot.doubtedAt = now;
            if (slot.isOccupied()) {
                books.afterwards(
                        () -> dispatcher.chores().work(() -> slot.physical().cancel(slot.open())));
            }
            return;
        }
        if (now - slot.doubtedAt < RECLAIM_GRACE_NANOS) {
            return;
        }
        if (slot.revoke(loan)) {
            dispatcher.tally().reclaimed++;
            dispatcher.gone(slot, "taken away as a leak", true);
            books.afterwards(() -> tools.events().reclaimed(seen));
        }
    }
}

package dev.wellhead.pool;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a pool stands, and who holds its connections. Thread-safe where a method makes its own change of the books. */
final class PoolReports {
    private final Slots slots;
    private final Books books;
    private final Dispatcher dispatcher;

    PoolReports(Slots slots, Books books, Dispatcher dispatcher) {
        this.slots = slots;
        this.books = books;
        this.dispatcher = dispatcher;
    }

    /** How the pool stands, for messages and reports. */
    record View(
            PoolStats stats,
            boolean down,
            long outageNanos,
            @Nullable SQLException lastFailure,
            @Nullable BorrowedConnection oldest,
            boolean shut,
            boolean suspended) {}

    View view() {
        View[] view = new View[1];
        books.change(now -> {
            List<BorrowedConnection> lent = borrowed(now);
            view[0] = new View(
                    standing(),
                    dispatcher.outage().isDown(),
                    dispatcher.outage().durationNanos(now),
                    dispatcher.outage().cause(),
                    lent.isEmpty() ? null : lent.get(0),
                    slots.isBarred(Slots.SHUT),
                    slots.isBarred(Slots.SUSPENDED));
        });
        return view[0];
    }

    PoolStats stats() {
        PoolStats[] stats = new PoolStats[1];
        books.change(now -> stats[0] = standing());
        return stats[0];
    }

    private PoolStats standing() {
        int connecting = dispatcher.chores().connecting();
        return new PoolStats(
                new PoolStats.Standing(
                        dispatcher.taken() - connecting,
                        slots.lent(),
                        slots.idle(),
                        connecting,
                        dispatcher.queue().size(),
                        slots.maxSize()),
                dispatcher.tally().totals(slots.borrows()));
    }

    /** Returns who holds connections now, longest first. */
    List<BorrowedConnection> borrowed() {
        List<BorrowedConnection> lent = new ArrayList<>();
        books.change(now -> lent.addAll(borrowed(now)));
        return lent;
    }

    private List<BorrowedConnection> borrowed(long now) {
        List<BorrowedConnection> lent = new ArrayList<>();
        for (Slot slot : slots.all()) {
            BorrowedConnection seen = slot.snapshot(now);
            if (seen != null) {
                lent.add(seen);
            }
        }
        lent.sort(Comparator.comparing(BorrowedConnection::age).reversed());
        return lent;
    }

    /** Returns what this thread holds. Called inside a change of the books. */
    List<BorrowedConnection> borrowedBy(@Nullable Thread thread, long now) {
        List<BorrowedConnection> lent = new ArrayList<>();
        for (Slot slot : slots.all()) {
            BorrowedConnection seen = thread != null && slot.isBorrower(thread) ? slot.snapshot(now) : null;
            if (seen != null) {
                lent.add(seen);
            }
        }
        return lent;
    }
}

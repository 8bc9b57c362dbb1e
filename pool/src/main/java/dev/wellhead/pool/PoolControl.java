package dev.wellhead.pool;

/** What the host asks of a pool besides connections. Thread-safe. */
final class PoolControl {
    private final Slots slots;
    private final PoolSettings settings;
    private final Slots.Tools tools;
    private final Books books;
    private final Dispatcher dispatcher;
    // Guarded by the lock of books.
    private long resumeAt;

    PoolControl(Slots slots, PoolSettings settings, Slots.Tools tools, Books books, Dispatcher dispatcher) {
        this.slots = slots;
        this.settings = settings;
        this.tools = tools;
        this.books = books;
        this.dispatcher = dispatcher;
    }

    /** Lets nobody have a connection until {@link #resume}, or this time has passed. */
    void suspend(long nanos) {
        books.change(now -> {
            slots.bar(Slots.SUSPENDED);
            resumeAt = now + nanos;
            books.afterwards(tools.wakeHousekeeper());
        });
    }

    void resume() {
        books.change(this::resume);
    }

    private void resume(long now) {
        slots.unbar(Slots.SUSPENDED);
        dispatcher.settle(now);
    }

    /** Resumes if the time is over. Called inside a change of the books. */
    void resumeIfDue(long now) {
        if (untilResumedNanos(now) <= 0) {
            resume(now);
        }
    }

    /** Returns how long the pool stays suspended, {@link Long#MAX_VALUE} if it is not. Called inside a change of the books. */
    long untilResumedNanos(long now) {
        return slots.isBarred(Slots.SUSPENDED) ? resumeAt - now : Long.MAX_VALUE;
    }

    /** Closes every connection, those lent when they come back, those being opened when they are there. */
    void evict() {
        books.change(now -> {
            dispatcher.retireAll("evicted");
            dispatcher.settle(now, settings.minIdle());
        });
    }

    /** Changes the bound. What is too much is closed, idle ones at once, those lent when they come back. */
    void resize(int size) {
        books.change(now -> {
            slots.setMaxSize(size);
            if (dispatcher.surplus() > 0) {
                for (Slot slot : slots.all()) {
                    slot.order(Slot.RECOUNT);
                    if (dispatcher.surplus() > 0
                            && (slot.take(Slot.STALE, Slot.HELD) || slot.take(Slot.FRESH, Slot.HELD))) {
                        dispatcher.gone(slot, "pool made smaller", false);
                    }
                }
            }
            dispatcher.settle(now);
        });
    }

    /** Refuses everybody who waits or comes, and closes what is idle. What is lent stays lent. Idempotent. */
    void shut() {
        books.change(now -> {
            slots.bar(Slots.SHUT);
            dispatcher.queue().drain(waiter -> dispatcher.refuse(waiter, Refusal.CLOSED));
            dispatcher.retireAll("pool closed");
            dispatcher.settle(now);
        });
    }

    /** Has every statement that runs cancelled on the server; blocks as long as the driver does. */
    void cancelAll() {
        for (Slot slot : slots.all()) {
            if (slot.state() == Slot.LENT) {
                slot.physical().cancel(slot.open());
            }
        }
    }

    /** Ends every loan by force; what a borrower does at that moment fails. */
    void revokeAll() {
        books.change(now -> {
            for (Slot slot : slots.all()) {
                if (slot.state() != Slot.LENT) {
                    continue;
                }
                if (slot.revoke(slot.lentLoan())) {
                    dispatcher.gone(slot, "pool closed while lent", true);
                } else {
                    // Just being given back; if the driver hangs in that, this frees it.
                    books.afterwards(
                            () -> dispatcher.chores().work(() -> slot.physical().kill(slot.open())));
                }
            }
            dispatcher.settle(now);
        });
    }

    /** Waits until everything lent is back, at most this long; keeps the interrupt flag and then returns at once. */
    boolean awaitReturned(long nanos) {
        return books.await(nanos, () -> slots.lent() == 0);
    }

    /** Waits until no place is taken, at most this long; keeps the interrupt flag and then returns at once. */
    boolean awaitEmpty(long nanos) {
        return books.await(nanos, () -> dispatcher.taken() == 0);
    }

    /** Waits until the idle reserve is there, at most this long; keeps the interrupt flag and then returns at once. */
    boolean awaitWarm(long nanos) {
        return books.await(nanos, () -> slots.size() >= settings.minIdle() && !slots.isBarred(Slots.SHUT));
    }
}

package dev.wellhead.pool;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What is under way with the driver on the pool's own threads: connecting, validating, closing. Guarded by the lock of
 * {@link Books}, but for the work itself, which runs without any lock for as long as the driver likes.
 */
final class Chores {
    /*
     * A chore that overruns its time keeps its thread and what it works on until the driver returns, for nothing else is
     * known of it, but others are started as if it were not there. So the threads are bounded by the size of the pool,
     * too. Whatever an overdue chore brings in the end is used or closed.
     */
    private final Books books;
    private final Executor workers;
    private final List<Chore> chores = new ArrayList<>();
    private int closing;

    Chores(Books books, Executor workers) {
        this.books = books;
        this.workers = workers;
    }

    /** Something that may end in a connection to lend. */
    abstract static class Chore implements Runnable {
        private final long startedAt;
        private final long limitNanos;
        private final boolean connecting;
        private boolean overdue;

        Chore(long startedAt, long limitNanos, boolean connecting) {
            this.startedAt = startedAt;
            this.limitNanos = limitNanos;
            this.connecting = connecting;
        }

        long startedAt() {
            return startedAt;
        }

        long limitNanos() {
            return limitNanos;
        }

        boolean isConnecting() {
            return connecting;
        }

        boolean isOverdue() {
            return overdue;
        }

        /** Ends the chore in its stead, as no thread could be had for it. */
        abstract void refused(Throwable cause);
    }

    /** A chore with the slot that it decides on. */
    static final class Validating extends Chore {
        private final Slot slot;
        private final int timeoutSeconds;
        private final Verdict verdict;

        /** Hears what is wrong with the slot, null if nothing is. */
        @FunctionalInterface
        interface Verdict {
            void validated(Validating chore, Slot slot, @Nullable String fault);
        }

        Validating(Slot slot, long startedAt, long limitNanos, int timeoutSeconds, Verdict verdict) {
            super(startedAt, limitNanos, false);
            this.slot = slot;
            this.timeoutSeconds = timeoutSeconds;
            this.verdict = verdict;
        }

        @Override
        public void run() {
            verdict.validated(this, slot, slot.physical().validate(timeoutSeconds));
        }

        @Override
        void refused(Throwable cause) {
            verdict.validated(this, slot, "no thread to validate with: " + cause);
        }
    }

    /** An attempt to open a connection. */
    static final class Connecting extends Chore {
        private final Opener opener;
        private final Outcome outcome;
        private boolean outdated;

        /** Hears how the attempt ended. */
        interface Outcome {
            void connected(Connecting chore, PhysicalConnection connection);

            void connectFailed(Connecting chore, SQLException failure);
        }

        Connecting(Opener opener, long startedAt, long limitNanos, Outcome outcome) {
            super(startedAt, limitNanos, true);
            this.opener = opener;
            this.outcome = outcome;
        }

        /** Returns whether it began before all connections were replaced, perhaps with credentials that were changed then. */
        boolean isOutdated() {
            return outdated;
        }

        @Override
        public void run() {
            PhysicalConnection opened;
            try {
                opened = opener.open();
            } catch (SQLException e) {
                outcome.connectFailed(this, e);
                return;
            }
            outcome.connected(this, opened);
        }

        @Override
        void refused(Throwable cause) {
            outcome.connectFailed(this, new SQLException("no thread to connect with", "08001", cause));
        }
    }

    void start(Chore chore) {
        assert books.isMine();
        chores.add(chore);
        books.afterwards(() -> {
            try {
                workers.execute(chore);
            } catch (RuntimeException | OutOfMemoryError e) {
                chore.refused(e);
            }
        });
    }

    void ended(Chore chore) {
        assert books.isMine();
        chores.remove(chore);
    }

    /** Has it known of all attempts to connect that they began before all connections were replaced. */
    void outdateConnecting() {
        assert books.isMine();
        for (Chore chore : chores) {
            if (chore instanceof Connecting attempt) {
                attempt.outdated = true;
            }
        }
    }

    /** Closes something; {@code closed} runs under the lock when the driver has done so. */
    void close(Runnable close, LongConsumer closed) {
        assert books.isMine();
        closing++;
        books.afterwards(() -> work(() -> {
            close.run();
            books.change(now -> {
                closing--;
                closed.accept(now);
            });
        }));
    }

    /** Runs a task that must be run, on a worker if one can be had. Without the lock. */
    void work(Runnable task) {
        try {
            workers.execute(task);
        } catch (RuntimeException | OutOfMemoryError e) {
            // The workers have ended, or there is no thread: then it is done here.
            task.run();
        }
    }

    boolean isEmpty() {
        assert books.isMine();
        return chores.isEmpty();
    }

    int closing() {
        return closing;
    }

    /** Returns how many are connecting, those overdue included: each holds a place in the pool. */
    int connecting() {
        assert books.isMine();
        int count = 0;
        for (Chore chore : chores) {
            count += chore.isConnecting() ? 1 : 0;
        }
        return count;
    }

    /** Returns how many of one kind are under way and in time. */
    int inTime(boolean connecting) {
        assert books.isMine();
        int count = 0;
        for (Chore chore : chores) {
            if (!chore.overdue && chore.connecting == connecting) {
                count++;
            }
        }
        return count;
    }

    /** Calls back for each that has become overdue. */
    void findOverdue(long now, Consumer<Chore> overdue) {
        assert books.isMine();
        for (Chore chore : chores) {
            if (!chore.overdue && now - chore.startedAt >= chore.limitNanos) {
                chore.overdue = true;
                overdue.accept(chore);
            }
        }
    }

    /** Returns the time until the next becomes overdue, {@link Long#MAX_VALUE} if none can. */
    long nextOverdueNanos(long now) {
        assert books.isMine();
        long next = Long.MAX_VALUE;
        for (Chore chore : chores) {
            if (!chore.overdue) {
                next = Math.min(next, chore.limitNanos - (now - chore.startedAt));
            }
        }
        return next;
    }
}

package dev.wellhead.pool;

import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;

/** A connection that somebody has, or had. */
final class ModelLoan {
    final PooledConnection connection;
    final FakeDatabase.Session session;
    final Share share;
    final long lentAt;
    /** The first statement of the loan, left open until its return. */
    Statement statement;

    long activeAt;
    /** How many threads are inside the driver on its behalf. */
    int inside;
    /** Whether the borrower saw an error after which nobody may use the connection. */
    boolean fatal;
    /** Whether the server said that it takes no writes any more. */
    boolean demoted;

    boolean reported;
    /** When the housekeeper last found it without a sign of life for too long; -1 if it never did. */
    long doubtedAt = -1;

    ModelLoan(PooledConnection connection, Share share, long now) {
        this.connection = connection;
        this.session = FakeDatabase.session(connection.slot());
        this.share = share;
        this.lentAt = now;
        this.activeAt = now;
    }

    /** Somebody who asked for a connection. */
    static final class Ask {
        /** Null if a future was settled before anybody could look. */
        final Waiter waiter;
        /** Null for a thread that waits. */
        final CompletableFuture<Connection> future;

        final Share share;
        /** In the pool's time, of a future. */
        final long deadline;

        boolean withdrawn;
        private Slot slot;
        private long borrowsBefore;

        Ask(Waiter waiter, CompletableFuture<Connection> future, Share share, long deadline) {
            this.waiter = waiter;
            this.future = future;
            this.share = share;
            this.deadline = deadline;
        }

        void granted(Slot slot) {
            this.slot = slot;
            this.borrowsBefore = slot.borrows;
        }

        /** Returns what it was granted, null if nothing. */
        Slot slot() {
            return slot == null && waiter != null ? waiter.granted() : slot;
        }

        /** Returns whether it was granted a connection that is not lent yet, as when its future was cancelled since. */
        boolean isStillToCome() {
            return slot() != null && slot().borrows == borrowsBefore;
        }

        boolean isOpen() {
            return waiter != null && !waiter.isSettled();
        }
    }
}

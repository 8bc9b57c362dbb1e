package dev.wellhead.pool;

import dev.wellhead.core.Redaction;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One loan of a slot, from hand-out to return: the part of a {@link PooledConnection} that knows the pool. Holds nothing
 * but the number of its loan, so that it is worthless once the slot has moved on to the next.
 */
abstract class Lease {
    private final Slot slot;
    private final long loan;

    Lease(Slot slot, long loan) {
        this.slot = slot;
        this.loan = loan;
    }

    Slot slot() {
        return slot;
    }

    String poolName() {
        return slot.slots().name();
    }

    boolean isOver() {
        return slot.isOver(loan);
    }

    void check() throws ConnectionClosedException {
        if (slot.isOver(loan)) {
            throw ConnectionClosedException.connection(poolName());
        }
    }

    void enter() throws ConnectionClosedException {
        if (!slot.tryEnter(loan)) {
            throw ConnectionClosedException.connection(poolName());
        }
    }

    boolean tryEnter() {
        return slot.tryEnter(loan);
    }

    void exit() {
        slot.exit();
    }

    /** Enters to run a statement; returns what {@link #end} wants. */
    long begin(String sql) throws ConnectionClosedException {
        enter();
        running(sql);
        slot.forgetOutcome();
        return slot.slots().slowQueries().now(coarseNanos());
    }

    /** Exits after a statement, which perhaps threw; returns how long it took. */
    long end(long started, boolean threw) {
        long coarse = coarseNanos();
        slot.active(coarse);
        exit();
        return slot.slots().slowQueries().executed(started, coarse, threw);
    }

    long coarseNanos() {
        return slot.slots().coarseNanos();
    }

    SlowQueries slowQueries() {
        return slot.slots().slowQueries();
    }

    void running(String sql) {
        SqliteLocks locks = locks();
        if (locks == null && slot.runsAgain(sql, coarseNanos())) {
            return;
        }
        int effects = slot.slots().sqlEffects(sql, slot.physical().dialect());
        slot.soil(SessionState.USED | effects);
        slot.running(sql, coarseNanos());
        if (locks != null && (effects & SessionState.SQL_SESSION) != 0) {
            locks.doubt();
        }
    }

    /** Returns how this connection waits for locks, null if its database does that itself. */
    @Nullable SqliteLocks locks() {
        return slot.physical().locks();
    }

    /** Brings back what a statement has changed in how SQLite waits. Never throws. */
    void settleLocks() {
        SqliteLocks locks = locks();
        if (locks != null) {
            locks.settle();
        }
    }

    void stopWaiting() {
        SqliteLocks locks = locks();
        if (locks != null) {
            locks.cancel();
        }
    }

    /** Makes the call again if SQLite was busy, else throws the failure, noted. Called inside the gate. */
    <T extends @Nullable Object> T again(SQLException failure, SqliteLocks.Call<T> call) throws SQLException {
        SqliteLocks locks = locks();
        if (locks == null) {
            throw noted(failure);
        }
        try {
            return locks.again(failure, locks.timeoutMillis(), call);
        } catch (SQLException e) {
            throw noted(e);
        }
    }

    /** Goes on with a step of a transaction if SQLite was busy, else throws the failure, noted. */
    void recover(SQLException failure, Recovery recovery) throws SQLException {
        SqliteLocks locks = locks();
        if (locks == null) {
            throw noted(failure);
        }
        try {
            recovery.by(locks);
        } catch (SQLException e) {
            throw noted(e);
        }
    }

    @FunctionalInterface
    interface Recovery {
        void by(SqliteLocks locks) throws SQLException;
    }

    /** Notes that the borrower is about to change a property: even a call that fails may have changed it. */
    void changing(int property) {
        slot.soil(SessionState.USED | property);
    }

    /** Closes this with the loan, unless it is forgotten before. Called inside the gate. */
    <T extends OpenResources.Tracked> T track(T resource) {
        slot.soil(SessionState.USED);
        slot.open().add(resource);
        return resource;
    }

    void forget(OpenResources.Tracked resource) {
        slot.open().remove(resource);
    }

    /** Returns the failure itself, after noting whether it condemns the connection. Called inside the gate. */
    <E extends SQLException> E noted(E failure) {
        for (Throwable each : failure) {
            if (each instanceof SQLException error && slot.slots().isFatal(error)) {
                slot.condemn("broken, SQLState " + error.getSQLState() + ": "
                        + Redaction.url(String.valueOf(error.getMessage())));
                if (slot.slots().isDemotion(error)) {
                    slot.noteDemotion();
                }
                break;
            }
            if (each instanceof SQLException error && Slots.isPlanOutdated(error)) {
                slot.retire("a prepared statement no longer fits its table, SQLState " + error.getSQLState());
            }
        }
        return failure;
    }

    /** Ends the loan and gives the connection back. Idempotent. */
    void giveBack() {
        // Read before the loan ends: then the slot may be somebody else's.
        long lentAt = slot.lentAt;
        if (slot.slots().takeBackAtOnce(slot, loan)) {
            used(lentAt);
            return;
        }
        int inside = slot.end(loan);
        if (inside < 0) {
            return;
        }
        @Nullable String verdict = "could not be given back";
        try {
            verdict = verdict(inside);
        } finally {
            slot.slots().takeBack(slot, verdict);
        }
        used(lentAt);
    }

    private void used(long lentAt) {
        if (slot.slots().isMeasured()) {
            slot.slots().meters().used(lentAt);
        }
    }

    private @Nullable String verdict(int inside) {
        if (inside > 0) {
            return "closed while another thread was using it";
        }
        String fault = slot.fault();
        if (fault != null) {
            return fault;
        }
        String flaw = slot.flaw();
        if (flaw != null) {
            return flaw;
        }
        int dirty = slot.dirty();
        return dirty == 0 ? null : slot.physical().reset(dirty, slot.open());
    }

    /** Ends the loan and has the driver cut the connection. Idempotent. */
    void abandon(Executor executor) throws SQLException {
        long lentAt = slot.lentAt;
        if (slot.end(loan) < 0) {
            return;
        }
        try {
            slot.physical().raw().abort(executor);
        } finally {
            slot.slots().takeBack(slot, "aborted by the borrower");
            used(lentAt);
        }
    }
}

package dev.wellhead.pool;

import dev.wellhead.core.Redaction;
import dev.wellhead.jdbc.internal.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One loan of a physical connection, from hand-out to return. */
final class Lease {
    /*
     * The gate keeps a loan that has ended from touching the connection again, which by then may be somebody else's.
     * Each call to the driver enters before and exits after; the gate counts those inside. Its highest bit shuts it, once
     * and for good: whoever sets the bit ends the loan, everybody later does nothing. Found empty when shut, the
     * connection is the closer's alone, can be restored and lent again. Found occupied (another thread is in the middle
     * of a call), it can never be known what that call still does, so the connection is discarded.
     *
     * The atomic update of the gate orders everything done inside before the reset; the lock of Slots orders the reset
     * before the next loan.
     */
    private static final int SHUT = Integer.MIN_VALUE;
    private static final int STACK_DEPTH = 32;
    private static final int SAMPLE = 1024;
    private static final Set<String> OWN_FRAMES = Set.of(Lease.class.getName(), ConnectionPool.class.getName());

    private final AtomicInteger gate = new AtomicInteger();

    private final Slots slots;
    private final PhysicalConnection physical;
    private final Thread borrower;
    private final long borrowedAt;
    private final boolean stackMatters;

    // Written by borrowers, inside the gate.
    private final AtomicInteger changed = new AtomicInteger();
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String fault;

    // Written by borrowers, read by reports at any time.
    private volatile @Nullable String lastSql;
    private volatile List<StackTraceElement> stack = List.of();

    // Guarded by the lock of Slots.
    boolean reported;

    Lease(Slots slots, PhysicalConnection physical, Thread borrower, long borrowedAt, boolean stackMatters) {
        this.slots = slots;
        this.physical = physical;
        this.borrower = borrower;
        this.borrowedAt = borrowedAt;
        this.stackMatters = stackMatters;
    }

    PhysicalConnection physical() {
        return physical;
    }

    String poolName() {
        return slots.name();
    }

    /** Remembers the borrower's stack if a report is likely to want it. Called by the borrower, before anybody else. */
    void rememberStack() {
        if (stackMatters || ThreadLocalRandom.current().nextInt(SAMPLE) == 0) {
            stack = StackWalker.getInstance()
                    .walk(frames -> frames.dropWhile(frame -> OWN_FRAMES.contains(frame.getClassName()))
                            .limit(STACK_DEPTH)
                            .map(StackWalker.StackFrame::toStackTraceElement)
                            .toList());
        }
    }

    boolean isClosed() {
        return gate.get() < 0;
    }

    void check() throws ConnectionClosedException {
        if (isClosed()) {
            throw ConnectionClosedException.connection(slots.name());
        }
    }

    void enter() throws ConnectionClosedException {
        if (!tryEnter()) {
            throw ConnectionClosedException.connection(slots.name());
        }
    }

    boolean tryEnter() {
        int inside = gate.get();
        while (inside >= 0) {
            if (gate.compareAndSet(inside, inside + 1)) {
                return true;
            }
            inside = gate.get();
        }
        return false;
    }

    void exit() {
        gate.decrementAndGet();
    }

    /** Enters to run a statement; returns what {@link #end} wants. */
    long begin(String sql) throws ConnectionClosedException {
        enter();
        running(sql);
        return slots.meters().start();
    }

    void end(long started) {
        exit();
        slots.meters().executed(started);
    }

    void running(String sql) {
        lastSql = sql;
        if (SqlText.mayBegin(sql)) {
            changing(SessionState.SQL_TRANSACTION);
        }
    }

    /** Notes that the borrower is about to change a property: even a call that fails may have changed it. */
    void changing(int property) {
        changed.accumulateAndGet(property, (before, bit) -> before | bit);
    }

    /** Closes this with the loan, unless it is forgotten before. Called inside the gate. */
    <T extends AutoCloseable> T track(T resource) {
        open.add(resource);
        return resource;
    }

    void forget(AutoCloseable resource) {
        open.remove(resource);
    }

    /** Returns the failure itself, after noting whether it condemns the connection. */
    <E extends SQLException> E noted(E failure) {
        for (Throwable each : failure) {
            if (each instanceof SQLException error && SqlErrors.isFatal(error)) {
                fault = "broken, SQLState " + error.getSQLState() + ": "
                        + Redaction.url(String.valueOf(error.getMessage()));
                break;
            }
        }
        return failure;
    }

    /** Returns whether an error was seen that makes other connections of the pool suspect too. */
    boolean sawFatalError() {
        return fault != null;
    }

    /** Returns whether a thread is inside the gate, which after the end of the loan only the overtaken are. */
    boolean isOccupied() {
        return (gate.get() & ~SHUT) != 0;
    }

    Set<AutoCloseable> open() {
        return open;
    }

    /** Ends the loan and gives the connection back. Idempotent. */
    void close() {
        int inside = gate.getAndUpdate(before -> before | SHUT);
        if (inside < 0) {
            return;
        }
        @Nullable String verdict = "could not be given back";
        try {
            verdict = verdict(inside);
        } finally {
            slots.giveBack(this, verdict);
        }
    }

    private @Nullable String verdict(int inside) {
        if (inside > 0) {
            return "closed while another thread was using it";
        }
        return fault != null ? fault : physical.reset(changed.get(), open);
    }

    /** Ends the loan and has the driver cut the connection. Idempotent. */
    void abort(Executor executor) throws SQLException {
        if (!revoke()) {
            return;
        }
        try {
            physical.raw().abort(executor);
        } finally {
            slots.giveBack(this, "aborted by the borrower");
        }
    }

    /** Ends the loan on behalf of the pool; returns false if it has ended already. */
    boolean revoke() {
        return gate.getAndUpdate(before -> before | SHUT) >= 0;
    }

    long heldNanos(long now) {
        return now - borrowedAt;
    }

    /** Returns the class and method that borrowed, else the thread. */
    String place() {
        for (StackTraceElement frame : stack) {
            if (!frame.getClassName().startsWith("java.")
                    && !frame.getClassName().startsWith("javax.")) {
                String type = frame.getClassName();
                return "at " + type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName();
            }
        }
        return "by thread " + Redaction.printable(borrower.getName());
    }

    BorrowedConnection snapshot(long now) {
        String sql = lastSql;
        return new BorrowedConnection(
                Redaction.printable(borrower.getName()),
                Duration.ofNanos(Math.max(0, heldNanos(now))),
                sql == null ? null : SqlText.shown(sql),
                stack);
    }
}

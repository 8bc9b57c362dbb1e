package dev.wellhead.pool;

import dev.wellhead.core.Redaction;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A place in the pool with the connection that fills it: whose it is, and what is known of its present loan. */
final class Slot {
    /*
     * One word says whose the slot is. Its low 16 bits count the threads that are inside the driver on behalf of the
     * present loan, then come two bits of state, then the number of the loan, and the sign.
     *
     * State. Whoever moves a slot out of a state by compare-and-set owns it, and alone may move it on:
     *
     *   FRESH  -> LENT (a borrower), STALE, HELD (housekeeping)
     *   STALE  -> HELD (to validate or to close)
     *   LENT   -> FRESH, STALE, LENT (handed on), HELD (to close): the borrower who gives back
     *   HELD   -> FRESH, STALE, LENT, or out of the pool for good
     *
     * The number keeps a loan that has ended from touching the connection again, which by then may be somebody else's.
     * Each call to the driver enters before and exits after, by compare-and-set on the word with the loan's own number.
     * Ending a loan raises the number, once: whoever does it ends the loan, everybody later finds another number and does
     * nothing. Found empty then, the connection is the closer's alone, can be restored and lent again. Found occupied
     * (another thread is in the middle of a call), it can never be known what that call still does, so the connection is
     * discarded. A loan that left no trace ends and is FRESH in one step.
     *
     * The sign shuts the slot for good: the pool has taken the connection away from its borrower, and discards it.
     *
     * Orders are bits that anybody may set for the owner to obey when he gives the slot back. Borrowers who give back
     * write the word and then read the orders; who orders writes the orders and then tries to take an idle slot. Both
     * writes are volatile, so one of the two sees the other.
     *
     * The notes of the loan are plain fields, written by borrowers between enter and exit, or by the owner. The updates of
     * the word order them before the reset, and the reset before the next loan. Reports read them at any time and may see
     * the one or the other loan: they compare the loan's number before and after.
     */
    private static final int INSIDE_BITS = 16;
    private static final int STATE_BITS = 2;
    private static final long INSIDE = (1L << INSIDE_BITS) - 1;
    private static final long STATE = 3L << INSIDE_BITS;
    private static final int LOAN_SHIFT = INSIDE_BITS + STATE_BITS;
    private static final long ONE_LOAN = 1L << LOAN_SHIFT;
    private static final long SHUT = Long.MIN_VALUE;

    static final long FRESH = 0;
    static final long STALE = 1L << INSIDE_BITS;
    static final long LENT = 2L << INSIDE_BITS;
    static final long HELD = 3L << INSIDE_BITS;

    /** To be closed instead of lent again. */
    static final int RETIRE = 1;
    /** To be validated before it is lent again. */
    static final int SUSPECT = 1 << 1;
    /** Reported as a leak: its return is worth a word. */
    static final int REPORTED = 1 << 2;
    /** To be lent again only if the pool, which was made smaller, still has room for it. */
    static final int RECOUNT = 1 << 3;

    static final List<StackTraceElement> NO_STACK = List.of();

    private static final int STACK_DEPTH = 32;
    private static final Set<String> OWN_FRAMES = Set.of(
            Slot.class.getName(),
            Slots.class.getName(),
            Acquisition.class.getName(),
            ConnectionPool.class.getName(),
            ConnectionPool.SharedSource.class.getName(),
            WellheadDataSource.class.getName());

    private static final VarHandle WORD;
    private static final VarHandle ORDERS;
    private static final VarHandle DIRTY;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WORD = lookup.findVarHandle(Slot.class, "word", long.class);
            ORDERS = lookup.findVarHandle(Slot.class, "orders", int.class);
            DIRTY = lookup.findVarHandle(Slot.class, "dirty", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Slots slots;
    private final PhysicalConnection physical;
    private final OpenResources open = new OpenResources();

    private volatile long word = HELD;
    private volatile int orders;

    // Of the owner.
    long borrows;
    /** When it was last validated. */
    long validatedAt;
    /** When it last came back. */
    long idleSince;
    /** A reading of the ticker, zero if the length of this loan is not measured. */
    long startedAt;

    @Nullable Share share;

    /** When the loan began, exactly; means nothing if nobody measures. */
    long lentAt;

    // Of the execution under way, for whoever reports it as slow.
    long rows;

    @Nullable SQLException failure;

    // Notes of the loan.
    private long lentLoan = -1;
    private volatile int dirty;
    private final int dirtyFromTheStart;
    private @Nullable Thread borrower;
    private long borrowedAt;
    private long activeAt;
    private @Nullable String fault;
    private boolean demoted;
    private @Nullable String flaw;
    private @Nullable String lastSql;
    private List<StackTraceElement> stack = NO_STACK;

    // Guarded by the lock of Books.
    /** The loan that was last found without a sign of life for too long, and when. */
    long doubtedLoan = -1;

    long doubtedAt;

    private final long expiresAt;

    /**
     * @param expiresAt in the pool's time; {@link Long#MAX_VALUE} for never
     */
    Slot(Slots slots, PhysicalConnection physical, long openedAt, long expiresAt) {
        this.slots = slots;
        this.physical = physical;
        this.validatedAt = openedAt;
        this.idleSince = openedAt;
        this.expiresAt = expiresAt;
        // With autocommit off from the start even a getter may open a transaction, so no loan is free of traces.
        this.dirtyFromTheStart = physical.isAutoCommitDefault() ? 0 : SessionState.USED;
        this.dirty = dirtyFromTheStart;
    }

    PhysicalConnection physical() {
        return physical;
    }

    Slots slots() {
        return slots;
    }

    OpenResources open() {
        return open;
    }

    boolean isExpired(long now) {
        return now >= expiresAt;
    }

    // --- state

    long state() {
        return word & STATE;
    }

    boolean take(long from, long to) {
        long now = word;
        return (now & STATE) == from && WORD.compareAndSet(this, now, now - from + to);
    }

    /** Moves a slot that is the caller's own. */
    void move(long to) {
        word = (word & ~STATE) | to;
    }

    int orders() {
        return orders;
    }

    boolean isOrdered(int order) {
        return (orders & order) != 0;
    }

    /** Returns whether it is news. */
    boolean order(int order) {
        return ((int) ORDERS.getAndBitwiseOr(this, order) & order) == 0;
    }

    /** Returns whether the order stood. */
    boolean obey(int order) {
        return ((int) ORDERS.getAndBitwiseAnd(this, ~order) & order) != 0;
    }

    // --- loans

    private static long loan(long word) {
        return word >>> LOAN_SHIFT;
    }

    private static boolean isOn(long word, long loan) {
        return word >= 0 && loan(word) == loan;
    }

    /** Returns whether this loan has ended, or never was. */
    boolean isOver(long loan) {
        return !isOn(word, loan);
    }

    boolean tryEnter(long loan) {
        long now = word;
        while (isOn(now, loan)) {
            if (WORD.compareAndSet(this, now, now + 1)) {
                return true;
            }
            now = word;
        }
        return false;
    }

    void exit() {
        WORD.getAndAdd(this, -1L);
    }

    /**
     * Ends the loan and makes the slot FRESH if the loan left no trace and nobody is inside; false if that is not so.
     *
     * @param coarseNanos the time
     */
    boolean endClean(long loan, long coarseNanos) {
        long now = word;
        if ((now & (SHUT | STATE | INSIDE)) != LENT || loan(now) != loan || dirty != 0) {
            return false;
        }
        // Before the slot is anybody's. A second thread that closes the same loan may write it as well, to no harm.
        idleSince = coarseNanos;
        return WORD.compareAndSet(this, now, now - LENT + FRESH + ONE_LOAN);
    }

    /** Ends the loan; returns how many threads are inside, or -1 if it had ended before. */
    int end(long loan) {
        long now = word;
        while (isOn(now, loan)) {
            if (WORD.compareAndSet(this, now, now + ONE_LOAN)) {
                return (int) (now & INSIDE);
            }
            now = word;
        }
        return -1;
    }

    /** Ends a loan that nobody has seen yet, of a slot that is the caller's own. */
    void endUnseen() {
        end(loan(word));
    }

    /**
     * Ends this loan on behalf of the pool and shuts the slot for good; false if it has ended already, so that the slot is
     * just being given back.
     */
    boolean revoke(long loan) {
        long now = word;
        while (isOn(now, loan)) {
            if (WORD.compareAndSet(this, now, now | SHUT)) {
                return true;
            }
            now = word;
        }
        return false;
    }

    boolean isOccupied() {
        return (word & INSIDE) != 0;
    }

    // --- notes of the loan

    /** Begins a loan to this thread. Called by the owner of the slot. */
    PooledConnection lend(Thread to, long coarseNanos, List<StackTraceElement> borrowedAtStack) {
        borrows++;
        if (borrower != to) {
            borrower = to;
        }
        borrowedAt = coarseNanos;
        activeAt = coarseNanos;
        if (slots.isMeasured()) {
            lentAt = slots.meters().start();
        }
        if (stack != borrowedAtStack) {
            stack = borrowedAtStack;
        }
        long loan = loan(word);
        lentLoan = loan;
        return new PooledConnection(this, loan);
    }

    /** Forgets the loan that has ended. Called by the owner, who moves the slot next: that publishes it. */
    void forgetLoan() {
        DIRTY.setRelease(this, dirtyFromTheStart);
        lastSql = null;
        failure = null;
    }

    /** Returns the stack of the current thread, from the host's own frames on. */
    static List<StackTraceElement> callers() {
        return StackWalker.getInstance()
                .walk(frames -> frames.dropWhile(frame -> OWN_FRAMES.contains(frame.getClassName()))
                        .limit(STACK_DEPTH)
                        .map(StackWalker.StackFrame::toStackTraceElement)
                        .toList());
    }

    /**
     * Notes that this SQL runs, if it ran last in this loan, as what was prepared does: its effects are noted then. False if
     * it did not.
     */
    boolean runsAgain(String sql, long coarseNanos) {
        if (!sql.equals(lastSql)) {
            return false;
        }
        activeAt = coarseNanos;
        return true;
    }

    /** Notes that this SQL runs, after its effects were noted: whoever sees it may rely on them. */
    void running(String sql, long coarseNanos) {
        lastSql = sql;
        activeAt = coarseNanos;
    }

    void forgetOutcome() {
        rows = SlowExecution.UNKNOWN;
        if (failure != null) {
            failure = null;
        }
    }

    void active(long coarseNanos) {
        activeAt = coarseNanos;
    }

    /** Notes that something is about to be changed: even a call that fails may have changed it. */
    void soil(int what) {
        if ((dirty & what) != what) {
            DIRTY.getAndBitwiseOr(this, what);
        }
    }

    int dirty() {
        return dirty;
    }

    void condemn(String reason) {
        fault = reason;
        soil(SessionState.USED);
    }

    /** Returns why the connection must not be used again, null if nothing was seen. */
    @Nullable String fault() {
        return fault;
    }

    /** Notes that the server of this connection was demoted, which is a fault of all that were opened with it. */
    void noteDemotion() {
        demoted = true;
    }

    boolean isDemoted() {
        return demoted;
    }

    /** Has this connection replaced when it comes back; says nothing about the others. */
    void retire(String reason) {
        flaw = reason;
        soil(SessionState.USED);
    }

    /** Returns why the connection is to be replaced, null if it is not. */
    @Nullable String flaw() {
        return flaw;
    }

    /** Returns whether this thread borrowed it, now or last. */
    boolean isBorrower(Thread thread) {
        return borrower == thread;
    }

    /** Returns the number of the loan that began last; the gate tells whether it is over. */
    long lentLoan() {
        return lentLoan;
    }

    long heldNanos(long now) {
        return Math.max(0, now - borrowedAt);
    }

    /** Returns for how long the connection has not been known to work, by use or by validation. */
    long unprovenNanos(long now) {
        return now - Math.max(idleSince, validatedAt);
    }

    /**
     * Returns the time until something has to be done with an idle connection.
     *
     * @param keepaliveNanos {@link Long#MAX_VALUE} for never
     */
    long nextDeadlineNanos(long now, long keepaliveNanos) {
        long alive = keepaliveNanos == Long.MAX_VALUE ? Long.MAX_VALUE : keepaliveNanos - unprovenNanos(now);
        return Math.min(alive, expiresAt == Long.MAX_VALUE ? Long.MAX_VALUE : expiresAt - now);
    }

    /** Returns for how long the loan has done nothing, or one and the same thing. */
    long inactiveNanos(long now) {
        return Math.max(0, now - activeAt);
    }

    /** Returns what is known of the present loan, null if there is none or it ends at this moment. */
    @Nullable BorrowedConnection snapshot(long now) {
        long loan = lentLoan;
        Thread by = borrower;
        if (state() != LENT || by == null || isOver(loan)) {
            return null;
        }
        String sql = lastSql;
        BorrowedConnection seen = new BorrowedConnection(
                Redaction.printable(by.getName()),
                new BorrowedConnection.Times(Duration.ofNanos(heldNanos(now)), Duration.ofNanos(inactiveNanos(now))),
                isOccupied(),
                sql == null ? null : SqlText.shown(sql, physical.dialect()),
                stack);
        return isOver(loan) ? null : seen;
    }
}

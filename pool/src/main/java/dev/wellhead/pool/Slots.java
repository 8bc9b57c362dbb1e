package dev.wellhead.pool;

import dev.wellhead.core.Ticker;
import dev.wellhead.jdbc.internal.SqlErrors;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The slots of the pool, and the short way to borrow one and to give it back. Thread-safe, and never blocks but where it
 * says so: everything that talks to the driver is given to the workers or done by the borrower who gives back.
 */
final class Slots {
    /*
     * Two ways lead to a connection and back.
     *
     * The short way touches no lock and no clock: a borrower takes a FRESH slot by one compare-and-set, and sets it FRESH
     * again when he gives it back. It is open while nobody waits and nothing special is going on.
     *
     * The long way goes through the lock of Books. There the Dispatcher has waiters queue and connections opened, validated
     * and closed, Maintenance and the LeakWatch do what time brings about, PoolControl what the host asks for. Every change
     * there ends in Dispatcher.settle(), which holds the invariant that no waiter is left while a connection fit for him
     * lies idle, and that for each waiter something is under way as far as demand, size, connectors and the outage permit.
     *
     * The ways meet in two volatile words, the state of a slot and the length of the queue. Who gives back the short way
     * writes FRESH and then reads the length; who starts to wait enters the queue and then looks for FRESH slots. One of
     * the two sees the other, whatever the order, so nobody sleeps beside an idle connection.
     *
     */
    // So many slots found busy one after the other, or a quarter of the pool if that is more, make it worth
    // to count all.
    private static final int MANY_BUSY = 4;

    /** The pool is closed. */
    static final int SHUT = 1;
    /** The host wants nothing to be lent for now. */
    static final int SUSPENDED = 1 << 1;
    /** The pool is divided into shares, whose loans have to be counted. */
    static final int SHARED = 1 << 2;
    /** The next few loans are to remember their borrowers' stacks. */
    static final int FEW_STACKS = 1 << 3;
    /** All loans are, within the budget. */
    static final int ALL_STACKS = 1 << 4;

    private static final int STACKS = FEW_STACKS | ALL_STACKS;

    private final PoolSettings settings;
    private final Tools tools;
    private final Books books;
    private final WaitQueue queue;
    private final HandOff handOff;
    private final Dispatcher dispatcher;
    private final Maintenance maintenance;
    private final PoolControl control;
    private final PoolReports reports;
    private final boolean stacks;
    private final StackBudget stackBudget = new StackBudget();
    private final boolean measured;

    // Written under the lock, read without it.
    /** Replaced as a whole when a slot comes or goes. */
    private volatile Slot[] live = {};
    /** Why the short way is closed to borrowers, for all of them; zero if it is open. */
    private volatile int barred;
    /** How many slots, from the first, borrowers begin to look at: the rest may grow old and be closed. */
    private volatile int window = 1;

    private volatile int maxSize;

    /** How many more loans are to remember their stack for {@link #FEW_STACKS}. Guarded by the lock of Books. */
    private int fewStacks;

    /** How many slots a borrower may find busy before he leaves {@link #lendAtOnce} and they are counted. */
    private volatile int busyAtOnce;

    // Guarded by the lock of books: the loans of slots that are gone.
    private long retiredBorrows;

    /**
     * What the pool works with.
     *
     * @param wakeHousekeeper called when {@link Maintenance#housekeep} should run sooner than it said
     */
    record Tools(
            Opener opener,
            Ticker ticker,
            Executor workers,
            Meters meters,
            PoolEvents events,
            SqlEffects sqlEffects,
            SlowQueries slowQueries,
            Runnable wakeHousekeeper) {}

    Slots(PoolSettings settings, Tools tools) {
        this.settings = settings;
        this.tools = tools;
        this.books = new Books(tools.ticker());
        this.queue = new WaitQueue(books);
        this.handOff = new HandOff();
        this.stacks = settings.leakNanos() != Long.MAX_VALUE;
        this.measured = tools.meters().isEnabled();
        this.maxSize = settings.maxSize();
        this.busyAtOnce = busyAtOnce();
        this.barred = settings.shares().isEmpty() ? 0 : SHARED;
        this.dispatcher = new Dispatcher(this, settings, tools, books, queue, handOff);
        this.maintenance = new Maintenance(this, settings, tools, books, dispatcher);
        this.control = new PoolControl(this, settings, tools, books, dispatcher);
        this.reports = new PoolReports(this, books, dispatcher);
    }

    private int busyAtOnce() {
        if (!stacks || handOff.isBarging()) {
            return Integer.MAX_VALUE;
        }
        int untilCrowded = Math.max(1, (4 * maxSize + 4) / 5 - 1);
        return Math.min(untilCrowded, Math.max(MANY_BUSY, maxSize / 4));
    }

    String name() {
        return settings.name();
    }

    /** Returns how long a validation may take, rounded up: the driver counts in seconds, and takes 0 for no bound. */
    int validationSeconds() {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(settings.validationNanos() + 999_999_999L);
        return (int) Math.min(Integer.MAX_VALUE, seconds);
    }

    /** Returns whether somebody wants to know how long connections are on loan. */
    boolean isMeasured() {
        return measured;
    }

    Meters meters() {
        return tools.meters();
    }

    SlowQueries slowQueries() {
        return tools.slowQueries();
    }

    long coarseNanos() {
        return books.coarseNanos();
    }

    int sqlEffects(String sql, SqlDialect dialect) {
        return tools.sqlEffects().of(sql, dialect);
    }

    boolean isFatal(SQLException error) {
        return SqlErrors.isFatal(error) || isDemotion(error);
    }

    /** Returns whether the server takes no writes, though the pool wants one that does. */
    boolean isDemotion(SQLException error) {
        return settings.primaryRequired() && SqlErrors.state(error).equals("25006");
    }

    /**
     * Returns whether a statement prepared on the server has outlived the table it was made for, as after a migration. The
     * other connections need not have prepared it. Servers say it in the language of their {@code lc_messages}; in another
     * than English it is not recognized, and the driver prepares again by itself.
     */
    static boolean isPlanOutdated(SQLException error) {
        return SqlErrors.state(error).equals("0A000")
                && String.valueOf(error.getMessage()).contains("cached plan must not change result type");
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    Maintenance maintenance() {
        return maintenance;
    }

    PoolControl control() {
        return control;
    }

    PoolReports reports() {
        return reports;
    }

    /**
     * Lends a connection to the current thread if that can be done at once, the short way; null if not. Kept small, so
     * that the compiler makes it part of its callers: whatever is rare bars the short way and is done on the long one.
     */
    @Nullable PooledConnection lendAtOnce() {
        boolean waiting = !queue.isEmpty();
        if (barred != 0 || (waiting && !handOff.isBarging())) {
            return null;
        }
        Slot[] all = live;
        int count = all.length;
        int at = count == 0 ? 0 : start(Math.min(window, count));
        int mayBeBusy = busyAtOnce;
        for (int left = count; left > 0; left--) {
            Slot slot = all[at];
            if (slot.take(Slot.FRESH, Slot.LENT)) {
                if (waiting && HandOff.isSample(slot.borrows)) {
                    slot.startedAt = tools.ticker().nanos();
                }
                return lend(slot);
            }
            if (slot.state() == Slot.LENT && --mayBeBusy == 0) {
                return null;
            }
            at++;
            if (at == count) {
                at = 0;
            }
        }
        return null;
    }

    /**
     * Lends a connection to the current thread at once if it only was not lent by {@link #lendAtOnce} because loans may have
     * to remember their stack; null if not. Takes no lock: whoever is switched off with it would stop all the others.
     */
    @Nullable PooledConnection lendAmongBusy() {
        int bars = barred;
        if (!stacks || (bars & ~ALL_STACKS) != 0 || !queue.isEmpty()) {
            return null;
        }
        Slot slot = takeIdle(Slot.FRESH, Slot.LENT);
        if (slot == null) {
            return null;
        }
        return isStackDue(bars) ? lendWithStack(slot) : lend(slot);
    }

    /** Returns where the current thread begins to look: spread evenly for threads that were started in a row. */
    private static int start(int count) {
        long hash = (Thread.currentThread().getId() * 0x9E37_79B9_7F4A_7C15L) >>> 32;
        return (int) ((hash * count) >>> 32);
    }

    /** Lends a slot that the current thread has taken or was granted. */
    private PooledConnection lend(Slot slot) {
        try {
            return slot.lend(Thread.currentThread(), books.coarseNanos(), Slot.NO_STACK);
        } catch (Throwable e) {
            throw lost(slot, e);
        }
    }

    /** The same, with the borrower's stack. */
    PooledConnection lendWithStack(Slot slot) {
        try {
            return slot.lend(Thread.currentThread(), books.coarseNanos(), Slot.callers());
        } catch (Throwable e) {
            throw lost(slot, e);
        }
    }

    /** Lends a slot that was granted to the current thread. */
    PooledConnection lend(Slot slot, Waiter waiter) {
        int bars = barred;
        if ((bars & FEW_STACKS) != 0) {
            books.change(now -> oneOfFewStacks());
        }
        if (waiter.queued) {
            return lend(slot, Thread.currentThread(), waiter.waitsAt);
        }
        return isStackDue(bars) ? lendWithStack(slot) : lend(slot);
    }

    private void oneOfFewStacks() {
        assert books.isMine();
        fewStacks--;
        if (fewStacks <= 0) {
            unbar(FEW_STACKS);
        }
    }

    private boolean isStackDue(int bars) {
        boolean wanted = (bars & STACKS) != 0 || (!handOff.isBarging() && isCrowded(lent()));
        return stacks && wanted && stackBudget.take();
    }

    /** Out of memory or stack: the caller gets no proxy, so nobody else could give it back. */
    private RuntimeException lost(Slot slot, Throwable cause) {
        slot.endUnseen();
        takeBack(slot, null);
        if (cause instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) cause;
    }

    StackBudget stackBudget() {
        return stackBudget;
    }

    /** Returns whether so many of the pool are lent that it may soon be exhausted. */
    boolean isCrowded(int lent) {
        return 5L * lent >= 4L * maxSize;
    }

    /** Takes back a loan that left no trace, the short way; false if that cannot be done, or it has ended already. */
    boolean takeBackAtOnce(Slot slot, long loan) {
        if (slot.orders() != 0 || slot.startedAt != 0 || !mayGoShort() || !slot.endClean(loan, books.coarseNanos())) {
            return false;
        }
        fresh(slot);
        return true;
    }

    /**
     * Takes back a connection whose loan has ended.
     *
     * @param fault null if the next borrower may have it, else why not
     */
    void takeBack(Slot slot, @Nullable String fault) {
        if (fault == null && slot.orders() == 0 && slot.startedAt == 0 && mayGoShort()) {
            slot.forgetLoan();
            slot.idleSince = books.coarseNanos();
            slot.move(Slot.FRESH);
            fresh(slot);
        } else {
            dispatcher.takeBack(slot, fault);
        }
    }

    /** Looks, after a slot was made FRESH without the lock, whether somebody wants it. */
    private void fresh(Slot slot) {
        if (!queue.isEmpty() && (!handOff.isBarging() || HandOff.isSample(slot.borrows))) {
            passOn();
        }
        if (slot.orders() != 0 && slot.take(Slot.FRESH, Slot.LENT)) {
            books.change(now -> dispatcher.cameBack(slot, null, now));
        }
    }

    private boolean mayGoShort() {
        return (barred & SHARED) == 0 && (queue.isEmpty() || handOff.isBarging());
    }

    /** Returns whether a newcomer may be lent a fresh connection although others wait. */
    boolean mayOvertake() {
        return (barred & ~STACKS) == 0 && handOff.isBarging();
    }

    /** Returns whether a newcomer may be lent a fresh connection, as nobody waits or those who do may be overtaken. */
    boolean mayLendFresh() {
        return (barred & ~STACKS) == 0 && (queue.isEmpty() || handOff.isBarging());
    }

    /** Brings idle connections and those who wait together. */
    private void passOn() {
        if (anyFresh() && !(handOff.isBarging() && handOff.isUnderWay())) {
            books.change(dispatcher::serve);
        }
    }

    boolean anyFresh() {
        for (Slot slot : live) {
            if (slot.state() == Slot.FRESH) {
                return true;
            }
        }
        return false;
    }

    /** Lends a slot that was granted to one who does not wait, in the name of the thread that asked. */
    PooledConnection lend(Slot slot, Thread asked, List<StackTraceElement> askedAt) {
        try {
            return slot.lend(asked, books.coarseNanos(), askedAt);
        } catch (Throwable e) {
            throw lost(slot, e);
        }
    }

    /**
     * Returns the stack of the current thread if loans that had to wait are to remember it. It is taken while its thread
     * has nothing better to do, not when others wait for it to come and go.
     */
    List<StackTraceElement> stackOfWaiter() {
        try {
            return stacks && stackBudget.take() ? Slot.callers() : Slot.NO_STACK;
        } catch (StackOverflowError | OutOfMemoryError e) {
            // A loan without a stack is better than none, and a waiter must not leave the queue by accident.
            return Slot.NO_STACK;
        }
    }

    /** Has the length of this loan measured, which had to wait, or of some such loans. Called by its borrower. */
    void measure(Slot slot) {
        if (handOff.isBarging() && !HandOff.isSample(slot.borrows)) {
            return;
        }
        slot.startedAt = tools.ticker().nanos();
    }

    /** Adds a slot, of its owner. */
    void add(Slot slot) {
        assert books.isMine();
        Slot[] more = Arrays.copyOf(live, live.length + 1);
        more[live.length] = slot;
        live = more;
    }

    /** Takes a slot out, of its owner. */
    void remove(Slot slot) {
        assert books.isMine();
        Slot[] before = live;
        Slot[] less = new Slot[before.length - 1];
        int at = 0;
        for (Slot each : before) {
            if (each != slot) {
                less[at++] = each;
            }
        }
        live = less;
        retiredBorrows += slot.borrows;
    }

    /** Takes any slot in one state to the other; null if there is none. */
    @Nullable Slot takeIdle(long from, long to) {
        for (Slot slot : live) {
            if (slot.take(from, to)) {
                return slot;
            }
        }
        return null;
    }

    int lent() {
        return count(Slot.LENT);
    }

    int idle() {
        return count(Slot.FRESH) + count(Slot.STALE);
    }

    private int count(long state) {
        int count = 0;
        for (Slot slot : live) {
            count += slot.state() == state ? 1 : 0;
        }
        return count;
    }

    /** Returns how many loans there have been. */
    long borrows() {
        long borrows = retiredBorrows;
        for (Slot slot : live) {
            borrows += slot.borrows;
        }
        return borrows;
    }

    /** Returns the slots as of now. */
    Slot[] all() {
        return live;
    }

    int size() {
        return live.length;
    }

    int maxSize() {
        return maxSize;
    }

    void setMaxSize(int size) {
        assert books.isMine();
        maxSize = size;
        busyAtOnce = busyAtOnce();
    }

    /** Has borrowers begin to look among the first so many slots. */
    void setWindow(int slots) {
        assert books.isMine();
        window = Math.max(1, slots);
    }

    boolean isBarred(int reason) {
        return (barred & reason) != 0;
    }

    void bar(int reason) {
        assert books.isMine();
        barred |= reason;
    }

    void unbar(int reason) {
        assert books.isMine();
        barred &= ~reason;
    }

    /** Has all loans remember their borrower's stack, within the budget. */
    void wantAllStacks() {
        assert books.isMine();
        fewStacks = 0;
        barStacks(ALL_STACKS);
    }

    /** Has a few loans remember their borrower's stack: the next ones if they are granted anew, or what is left of them. */
    void wantFewStacks(boolean anew) {
        assert books.isMine();
        if (anew) {
            fewStacks = StackBudget.FEW;
        }
        barStacks(fewStacks > 0 ? FEW_STACKS : 0);
    }

    private void barStacks(int which) {
        barred = (barred & ~STACKS) | which;
        busyAtOnce = busyAtOnce();
    }
}

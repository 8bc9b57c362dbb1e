package dev.wellhead.pool;

import dev.wellhead.core.Ticker;
import dev.wellhead.jdbc.internal.SqlErrors;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The books of the pool: which connections there are, who has them, who waits, and what has to be opened, validated or
 * closed. Thread-safe, and never blocks but where it says so: everything that talks to the driver is given to the workers
 * or done by the borrower who gives back.
 */
final class Slots implements Chores.Connecting.Outcome {
    /*
     * Two ways lead to a connection and back.
     *
     * The short way touches no lock and no clock: a borrower takes a FRESH slot by one compare-and-set, and sets it FRESH
     * again when he gives it back. It is open while nobody waits and nothing special is going on.
     *
     * The long way goes through the lock of Books, where waiters queue, connections are opened, validated and closed, and
     * time is kept. Every change there ends in settle(), which holds the invariant that no waiter is left while a
     * connection fit for him lies idle, and that for each waiter something is under way as far as demand, size, connectors
     * and the outage permit.
     *
     * The ways meet in two volatile words, the state of a slot and the length of the queue. Who gives back the short way
     * writes FRESH and then reads the length; who starts to wait enters the queue and then looks for FRESH slots. One of
     * the two sees the other, whatever the order, so nobody sleeps beside an idle connection.
     *
     * A place is taken from the moment a connection is asked of the driver until the driver has closed it, so the driver
     * never sees more than maxSize: an attempt under way, a slot, or a connection being closed.
     *
     * Connections go to waiters strictly in order of arrival (but see HandOff): a newcomer queues behind those who wait,
     * and whatever comes free goes to the head of the queue, never to the one on whose behalf it was opened. A waiter who
     * leaves takes nothing along.
     */
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_DOZE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long SHORTEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    // What a borrower gets who was told to stop, until he is cut off.
    private static final long RECLAIM_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);
    // So many slots found busy one after the other, and less of a quarter of the pool, make it worth to count them all.
    private static final int MANY_BUSY = 4;
    private static final long STACKS_DUE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final int SHUT = 1;
    private static final int SUSPENDED = 1 << 1;
    private static final int SHARED = 1 << 2;
    private static final int ONE_STACK = 1 << 3;
    private static final int ALL_STACKS = 1 << 4;
    private static final int STACKS = ONE_STACK | ALL_STACKS;

    private final PoolSettings settings;
    private final Tools tools;
    private final Books books;
    private final WaitQueue queue;
    private final Chores chores;
    private final HandOff handOff = new HandOff();
    private final Shares shares;
    private final boolean stacks;

    // Written under the lock, read without it.
    /** Replaced as a whole when a slot comes or goes. */
    private volatile Slot[] live = {};
    /** Why the short way is closed to borrowers, for all of them; zero if it is open. */
    private volatile int barred;
    /** How many slots, from the first, borrowers begin to look at: the rest may grow old and be closed. */
    private volatile int window = 1;

    private volatile int maxSize;
    /** How many slots a borrower may find busy before he has to go the long way, where they are counted. */
    private volatile int busyAtOnce;

    // Guarded by the lock of books.
    /** Until then all loans remember their stack, as a leak was reported that had none. */
    private long stacksDueUntil = Long.MIN_VALUE;

    private final Demand demand = new Demand();
    private final Outage outage;
    private boolean dozing;
    private boolean hurrying;
    private int peak;
    private long peakSince;
    private long resumeAt;
    private long retiredBorrows;
    private long borrowsBefore;
    private long timeouts;
    private long rejected;
    private long created;
    private long connectFailures;
    private long discarded;
    private long leaksReported;
    private long reclaimed;

    /**
     * What the books work with.
     *
     * @param wakeHousekeeper called when {@link #housekeep} should run sooner than it said
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
        this.chores = new Chores(books, tools.workers());
        this.shares = new Shares(settings.shares());
        this.stacks = settings.leakNanos() != Long.MAX_VALUE;
        this.maxSize = settings.maxSize();
        this.busyAtOnce = busyAtOnce();
        this.outage = new Outage(settings.parallelConnects());
        this.barred = shares.isEmpty() ? 0 : SHARED;
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
        return SqlErrors.isFatal(error)
                || (settings.primaryRequired() && SqlErrors.state(error).equals("25006"));
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

    Shares shares() {
        return shares;
    }

    // --- the short way

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
    PooledConnection lend(Slot slot, boolean queued) {
        int bars = barred;
        boolean wanted = queued || (bars & STACKS) != 0 || (!handOff.isBarging() && isCrowded(lent()));
        if ((bars & ONE_STACK) == ONE_STACK) {
            books.change(now -> barred &= ~STACKS);
        }
        return stacks && wanted ? lendWithStack(slot) : lend(slot);
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

    private boolean isCrowded(int lent) {
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
            takeBackTheLongWay(slot, fault);
        }
    }

    /** Looks, after a slot was made FRESH without the lock, whether somebody wants it. */
    private void fresh(Slot slot) {
        if (!queue.isEmpty() && (!handOff.isBarging() || HandOff.isSample(slot.borrows))) {
            passOn();
        }
        if (slot.orders() != 0 && slot.take(Slot.FRESH, Slot.LENT)) {
            books.change(now -> cameBack(slot, null, now));
        }
    }

    private void takeBackTheLongWay(Slot slot, @Nullable String fault) {
        boolean occupied = slot.isOccupied();
        boolean suspicious = slot.fault() != null;
        books.change(now -> {
            if (slot.startedAt != 0) {
                handOff.held(tools.ticker().nanos() - slot.startedAt);
                slot.startedAt = 0;
            }
            if (slot.obey(Slot.REPORTED)) {
                long heldNanos = slot.heldNanos(now);
                books.afterwards(() -> tools.events().suspectReturned(heldNanos));
            }
            if (suspicious) {
                distrust(now);
            }
            slot.idleSince = now;
            if (occupied) {
                gone(slot, Objects.requireNonNullElse(fault, "closed while in use"), true);
                settle(now);
            } else {
                slot.forgetLoan();
                cameBack(slot, fault, now);
            }
        });
    }

    private boolean mayGoShort() {
        return (barred & SHARED) == 0 && (queue.isEmpty() || handOff.isBarging());
    }

    private boolean mayOvertake() {
        return (barred & ~STACKS) == 0 && handOff.isBarging();
    }

    /** Brings idle connections and those who wait together. */
    private void passOn() {
        if (anyFresh() && !(handOff.isBarging() && handOff.isUnderWay())) {
            books.change(this::serve);
        }
    }

    /** Hands one idle connection on, unless somebody is on his way already; the rest is left to those who may overtake. */
    private void send() {
        Waiter first = queue.first();
        if (first == null || handOff.isUnderWay()) {
            return;
        }
        Slot slot = takeIdle(Slot.FRESH, Slot.LENT);
        if (slot != null) {
            handOff.sent();
            first.onItsWay = true;
            grant(first, slot);
        }
    }

    /** Called by a waiter who was granted a connection, when he has woken up. */
    void arrived(Waiter waiter) {
        if (waiter.onItsWay) {
            handOff.arrived();
        }
    }

    private boolean anyFresh() {
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

    /** Returns the stack of the current thread if loans that had to wait are to remember it. */
    List<StackTraceElement> stackOfWaiter() {
        return stacks ? Slot.callers() : List.of();
    }

    /** Has the length of this loan measured, which had to wait, or of some such loans. Called by its borrower. */
    void measure(Slot slot) {
        if (handOff.isBarging() && !HandOff.isSample(slot.borrows)) {
            return;
        }
        slot.startedAt = tools.ticker().nanos();
    }

    /** Runs a task that must be run, on a worker if one can be had. */
    void work(Runnable task) {
        chores.work(task);
    }

    // --- waiting

    /** Asks for a connection on behalf of the waiter: settled at once, or queued. */
    void request(Waiter waiter) {
        books.change(now -> request(waiter, now));
    }

    /** Asks for a connection on behalf of one who is told when he is settled, which is within this time. */
    void request(long timeoutNanos, Function<Long, Waiter> promised) {
        books.change(now -> {
            request(promised.apply(now + Math.min(timeoutNanos, Long.MAX_VALUE / 4)), now);
            books.afterwards(tools.wakeHousekeeper());
        });
    }

    private void request(Waiter waiter, long now) {
        if ((barred & SHUT) != 0) {
            refuse(waiter, Refusal.CLOSED);
            return;
        }
        Slot free = mayOvertake() ? takeIdle(Slot.FRESH, Slot.LENT) : null;
        if (free != null) {
            hand(waiter, free);
            books.afterwards(waiter::tell);
            return;
        }
        if (queue.isEmpty()) {
            demand.begins(now);
        }
        queue.add(waiter);
        settle(now);
        if (waiter.isSettled()) {
            return;
        }
        waiter.queued = true;
        if (queue.size() > settings.maxWaiters()) {
            queue.remove(waiter);
            rejected++;
            refuse(waiter, Refusal.QUEUE_FULL);
        } else if (taken() >= maxSize) {
            waiter.holds = borrowedBy(waiter.owner(), now);
        }
    }

    private void refuse(Waiter waiter, Refusal reason) {
        waiter.refuse(reason);
        books.afterwards(waiter::tell);
    }

    /** Takes the waiter out of the queue, unless it was settled just before. */
    void withdraw(Waiter waiter, Refusal reason) {
        books.change(now -> {
            if (!waiter.isSettled()) {
                queue.remove(waiter);
                waiter.refuse(reason);
                if (reason == Refusal.TIMEOUT) {
                    timeouts++;
                }
                settle(now);
            }
        });
    }

    private @Nullable Waiter eligible() {
        return shares.isEmpty() ? queue.first() : queue.first(waiter -> shares.permit(waiter.share, maxSize - lent()));
    }

    private void grant(Waiter waiter, Slot slot) {
        queue.remove(waiter);
        hand(waiter, slot);
        demand.served();
        books.afterwards(waiter::tell);
    }

    private void hand(Waiter waiter, Slot slot) {
        Share share = waiter.share;
        slot.share = share;
        if (share != null) {
            share.lent++;
        }
        waiter.grant(slot);
    }

    // --- what happens to a slot that is nobody's

    /** Puts a slot that has come back, without a loan and still in the pool, to where it is needed. */
    private void cameBack(Slot slot, @Nullable String fault, long now) {
        Share share = slot.share;
        if (share != null) {
            share.lent--;
            slot.share = null;
        }
        if (fault != null) {
            gone(slot, fault, false);
        } else {
            accept(slot, now);
        }
        settle(now);
    }

    private void accept(Slot slot, long now) {
        String end = end(slot, now);
        if (end != null) {
            gone(slot, end, false);
            return;
        }
        if (slot.obey(Slot.SUSPECT)) {
            slot.move(Slot.STALE);
            return;
        }
        Waiter first = (barred & SUSPENDED) == 0 ? eligible() : null;
        if (first == null || mayOvertake()) {
            slot.move(Slot.FRESH);
        } else {
            slot.move(Slot.LENT);
            grant(first, slot);
        }
    }

    private @Nullable String end(Slot slot, long now) {
        if ((barred & SHUT) != 0) {
            return "pool closed";
        }
        if (slot.isExpired(now)) {
            return "max lifetime reached";
        }
        if (slot.isOrdered(Slot.RETIRE)) {
            return "evicted";
        }
        return taken() > maxSize ? "pool made smaller" : null;
    }

    /** Takes a slot out of the pool, which the caller owns, and has its connection closed. */
    private void gone(Slot slot, String reason, boolean byForce) {
        remove(slot);
        discarded++;
        books.afterwards(() -> tools.events().discarded(reason));
        PhysicalConnection connection = slot.physical();
        Runnable close = byForce ? () -> connection.kill(slot.open()) : connection::close;
        chores.close(close, this::settle);
        if (live.length < settings.minIdle()) {
            books.afterwards(tools.wakeHousekeeper());
        }
    }

    private void add(Slot slot) {
        Slot[] more = Arrays.copyOf(live, live.length + 1);
        more[live.length] = slot;
        live = more;
    }

    private void remove(Slot slot) {
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
        Share share = slot.share;
        if (share != null) {
            share.lent--;
            slot.share = null;
        }
    }

    private @Nullable Slot takeIdle(long from, long to) {
        for (Slot slot : live) {
            if (slot.take(from, to)) {
                return slot;
            }
        }
        return null;
    }

    /** Makes every connection prove itself before its next loan: one was found dead, others may be as well. */
    private void distrust(long now) {
        for (Slot slot : live) {
            slot.order(Slot.SUSPECT);
            if (slot.take(Slot.FRESH, Slot.HELD) || slot.take(Slot.STALE, Slot.HELD)) {
                validate(slot, now);
            }
        }
    }

    // --- chores

    private void validate(Slot slot, long now) {
        long limit = settings.validationNanos();
        int seconds = validationSeconds();
        // What is ordered from now on comes after this validation and wants another one.
        slot.obey(Slot.SUSPECT);
        chores.start(new Chores.Validating(slot, now, limit, seconds, this::validated));
    }

    private void validated(Chores.Validating chore, Slot slot, @Nullable String fault) {
        books.change(now -> {
            chores.ended(chore);
            if (fault == null) {
                slot.validatedAt = now;
                accept(slot, now);
            } else {
                distrust(now);
                gone(slot, fault, false);
            }
            settle(now);
        });
    }

    @Override
    public void connected(Chores.Connecting attempt, PhysicalConnection connection) {
        books.change(now -> {
            chores.ended(attempt);
            created++;
            books.afterwards(() -> tools.events().created());
            long tookNanos = Math.max(1, now - attempt.startedAt());
            demand.connected(tookNanos);
            books.afterwards(() -> tools.meters().connected(tookNanos));
            long outageNanos = outage.durationNanos(now);
            if (outage.succeeded()) {
                books.afterwards(() -> tools.events().back(outageNanos));
            }
            long lifetime = connection.lifetimeNanos();
            Slot slot = new Slot(this, connection, now, lifetime == Long.MAX_VALUE ? lifetime : now + lifetime);
            add(slot);
            accept(slot, now);
            settle(now);
        });
    }

    @Override
    public void connectFailed(Chores.Connecting attempt, SQLException failure) {
        books.change(now -> {
            chores.ended(attempt);
            if (!attempt.isOverdue()) {
                noteFailure(now, failure);
            }
            settle(now);
        });
    }

    private void noteFailure(long now, SQLException failure) {
        connectFailures++;
        books.afterwards(() -> tools.events().connectFailed(failure));
        if (outage.failed(now, failure)) {
            books.afterwards(() -> tools.events().down(failure));
        }
        books.afterwards(tools.wakeHousekeeper());
    }

    // --- settling

    private void settle(long now) {
        settle(now, 0);
    }

    /** Brings connections and waiters together and starts what is missing. */
    private void settle(long now, int wantedIdle) {
        books.changed();
        if ((barred & SHUT) != 0) {
            return;
        }
        serve(now);
        int room = maxSize - taken();
        int connecting = chores.inTime(true);
        if (room > 0 && (!queue.isEmpty() || wantedIdle > 0)) {
            int missing = demand.missing(now, queue.size(), connecting + chores.inTime(false), lent());
            missing = Math.max(missing, Math.min(wantedIdle, settings.minIdle() - idle() - connecting));
            for (; missing > 0 && room > 0 && outage.permits(now, connecting); missing--, room--, connecting++) {
                connect(now);
            }
        }
        if (outage.isFailing() && room > 0 && outage.permits(now, connecting)) {
            // The prober goes on even if nobody waits, so that the pool finds out by itself.
            connect(now);
        }
        if (outage.isDown() && live.length == 0) {
            rejected += queue.size();
            queue.drain(waiter -> refuse(waiter, Refusal.DOWN));
        }
        boolean hurry = isHurrying();
        if ((dozing && isAwaitingTicks()) || (hurry && !hurrying)) {
            dozing = false;
            hurrying = hurry;
            books.afterwards(tools.wakeHousekeeper());
        }
    }

    private void serve(long now) {
        boolean overtaking = mayOvertake();
        if (overtaking) {
            send();
        }
        serve(now, overtaking);
    }

    /**
     * Hands out what is idle.
     *
     * @param overtaking whether fresh connections are left to those who come
     */
    private void serve(long now, boolean overtaking) {
        if ((barred & SUSPENDED) != 0) {
            return;
        }
        for (Waiter first = eligible(); first != null; first = eligible()) {
            Slot slot = overtaking ? null : takeIdle(Slot.FRESH, Slot.LENT);
            if (slot != null) {
                grant(first, slot);
                continue;
            }
            boolean wanted = chores.inTime(false) < queue.size() && !(overtaking && anyFresh());
            slot = wanted ? takeIdle(Slot.STALE, Slot.HELD) : null;
            if (slot == null) {
                return;
            }
            validate(slot, now);
        }
    }

    private void connect(long now) {
        chores.start(new Chores.Connecting(tools.opener(), now, settings.connectNanos(), this));
    }

    private int taken() {
        return live.length + chores.connecting() + chores.closing();
    }

    private int lent() {
        return count(Slot.LENT);
    }

    private int idle() {
        return count(Slot.FRESH) + count(Slot.STALE);
    }

    private int count(long state) {
        int count = 0;
        for (Slot slot : live) {
            count += slot.state() == state ? 1 : 0;
        }
        return count;
    }

    // --- time

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
            for (Slot slot : live) {
                age(slot, now);
                watch(slot, now, suspects);
            }
            watchPace();
            giveUp(now);
            if ((barred & SUSPENDED) != 0 && now - resumeAt >= 0) {
                resume(now);
            }
            // What lay idle until now, nobody came for.
            serve(now, false);
            settle(now, settings.minIdle());
            pause[0] = pauseNanos(now);
        });
        suspects.forEach(tools.events()::leakSuspected);
        return pause[0];
    }

    /** Notices that loans have become long while others may overtake, when few of them are measured. */
    private void watchPace() {
        long borrows = borrows();
        if (hurrying && isHurrying() && borrows - borrowsBefore < live.length) {
            handOff.held(HandOff.PERIOD_NANOS);
        }
        borrowsBefore = borrows;
    }

    /** Refuses those whose deadline the pool has to see to. */
    private void giveUp(long now) {
        while (queue.nextDeadline() <= now) {
            Waiter late = Objects.requireNonNull(queue.first(waiter -> waiter.deadline() <= now));
            queue.remove(late);
            timeouts++;
            refuse(late, Refusal.TIMEOUT);
        }
    }

    private void overdue(Chores.Chore chore, long now) {
        if (chore.isConnecting()) {
            noteFailure(
                    now,
                    new SQLTimeoutException(
                            "driver did not connect within " + Meters.duration(chore.limitNanos()), "08001"));
        }
    }

    private void watchPeak(long now) {
        int lent = lent();
        if (lent >= peak || now - peakSince > settings.idleNanos()) {
            peak = lent;
            peakSince = now;
        }
        window = Math.max(1, Math.max(peak + 1, settings.minIdle()));
        watchStacks(lent, now);
    }

    /**
     * Decides which borrowers' stacks are remembered, for a report that may name them. A stack takes microseconds: too
     * much for each of millions, nothing for ten in a second, so the first loan after each tick has one. All have when
     * things go wrong, which is when four fifths are lent or a leak was reported that had none.
     */
    private void watchStacks(int lent, long now) {
        if (stacks) {
            boolean all = now < stacksDueUntil || (isCrowded(lent) && !handOff.isBarging());
            barred = (barred & ~STACKS) | (all ? ALL_STACKS : ONE_STACK);
            busyAtOnce = busyAtOnce();
        }
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
        boolean surplus = now - slot.idleSince >= settings.idleNanos() && idle() > settings.minIdle();
        if (expired || surplus) {
            if (slot.take(state, Slot.HELD)) {
                gone(slot, expired ? "max lifetime reached" : "idle timeout", false);
            }
        } else if (state == Slot.FRESH && slot.unprovenNanos(now) >= FRESH_NANOS) {
            slot.take(Slot.FRESH, Slot.STALE);
        } else if (slot.unprovenNanos(now) >= settings.keepaliveNanos() && slot.take(Slot.STALE, Slot.HELD)) {
            validate(slot, now);
        }
    }

    private void watch(Slot slot, long now, List<BorrowedConnection> suspects) {
        if (slot.state() != Slot.LENT) {
            return;
        }
        if (slot.heldNanos(now) >= settings.leakNanos() && !slot.isOrdered(Slot.REPORTED)) {
            BorrowedConnection seen = slot.snapshot(now);
            if (seen != null && slot.order(Slot.REPORTED)) {
                leaksReported++;
                suspects.add(seen);
                if (seen.stack().isEmpty()) {
                    stacksDueUntil = now + STACKS_DUE_NANOS;
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
        if (slot.isOccupied()) {
            if (slot.cancelledLoan != loan) {
                // What runs is stopped on the server; the borrower then has time to notice and to give back.
                slot.cancelledLoan = loan;
                slot.cancelledAt = now;
                books.afterwards(() -> chores.work(() -> slot.physical().cancel(slot.open())));
                return;
            }
            if (now - slot.cancelledAt < RECLAIM_GRACE_NANOS) {
                return;
            }
        }
        if (slot.revoke(loan)) {
            reclaimed++;
            gone(slot, "taken away as a leak", true);
            books.afterwards(() -> tools.events().reclaimed(seen));
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
        for (Slot slot : live) {
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
        if (!queue.isEmpty() && taken() < maxSize) {
            pause = Math.min(pause, demand.nextLookNanos(queue.size()));
        }
        if (outage.isFailing()) {
            pause = Math.min(pause, outage.pauseLeftNanos(now));
        }
        if ((barred & SUSPENDED) != 0) {
            pause = Math.min(pause, resumeAt - now);
        }
        boolean surplus = idle() > settings.minIdle();
        for (Slot slot : live) {
            if (slot.state() == Slot.STALE) {
                pause = Math.min(pause, slot.nextDeadlineNanos(now, settings.keepaliveNanos()));
                if (surplus) {
                    pause = Math.min(pause, settings.idleNanos() - (now - slot.idleSince));
                }
            }
        }
        return Math.max(SHORTEST_TICK_NANOS, pause);
    }

    // --- what the host asks for

    /** Lets nobody have a connection until {@link #resume}, or this time has passed. */
    void suspend(long nanos) {
        books.change(now -> {
            barred |= SUSPENDED;
            resumeAt = now + nanos;
            books.afterwards(tools.wakeHousekeeper());
        });
    }

    void resume() {
        books.change(this::resume);
    }

    private void resume(long now) {
        barred &= ~SUSPENDED;
        settle(now);
    }

    /** Closes every connection, those lent when they come back. */
    void evict() {
        books.change(now -> {
            for (Slot slot : live) {
                slot.order(Slot.RETIRE);
                if (slot.take(Slot.FRESH, Slot.HELD) || slot.take(Slot.STALE, Slot.HELD)) {
                    gone(slot, "evicted", false);
                }
            }
            settle(now, settings.minIdle());
        });
    }

    /** Changes the bound. What is too much is closed, idle ones at once, those lent when they come back. */
    void resize(int size) {
        books.change(now -> {
            maxSize = size;
            busyAtOnce = busyAtOnce();
            for (Slot slot : live) {
                if (taken() - chores.closing() > size
                        && (slot.take(Slot.STALE, Slot.HELD) || slot.take(Slot.FRESH, Slot.HELD))) {
                    gone(slot, "pool made smaller", false);
                }
            }
            int surplus = taken() - chores.closing() - size;
            for (Slot slot : live) {
                if (surplus > 0 && slot.state() == Slot.LENT && slot.order(Slot.RETIRE)) {
                    surplus--;
                }
            }
            settle(now);
        });
    }

    /** Refuses everybody who waits or comes, and closes what is idle. What is lent stays lent. Idempotent. */
    void shut() {
        books.change(now -> {
            barred |= SHUT;
            queue.drain(waiter -> refuse(waiter, Refusal.CLOSED));
            for (Slot slot : live) {
                slot.order(Slot.RETIRE);
                if (slot.take(Slot.FRESH, Slot.HELD) || slot.take(Slot.STALE, Slot.HELD)) {
                    gone(slot, "pool closed", false);
                }
            }
            settle(now);
        });
    }

    /** Has every statement that runs cancelled on the server; blocks as long as the driver does. */
    void cancelAll() {
        for (Slot slot : live) {
            if (slot.state() == Slot.LENT) {
                slot.physical().cancel(slot.open());
            }
        }
    }

    /** Ends every loan by force; what a borrower does at that moment fails. */
    void revokeAll() {
        books.change(now -> {
            for (Slot slot : live) {
                if (slot.state() != Slot.LENT) {
                    continue;
                }
                if (slot.revoke(slot.lentLoan())) {
                    gone(slot, "pool closed while lent", true);
                } else {
                    // Just being given back; if the driver hangs in that, this frees it.
                    books.afterwards(() -> chores.work(() -> slot.physical().kill(slot.open())));
                }
            }
            settle(now);
        });
    }

    /** Waits until everything lent is back, at most this long; keeps the interrupt flag and then returns at once. */
    boolean awaitReturned(long nanos) {
        return books.await(nanos, () -> lent() == 0);
    }

    /** Waits until no place is taken, at most this long; keeps the interrupt flag and then returns at once. */
    boolean awaitEmpty(long nanos) {
        return books.await(nanos, () -> taken() == 0);
    }

    /** Waits until the idle reserve is there, at most this long; keeps the interrupt flag and then returns at once. */
    boolean awaitWarm(long nanos) {
        return books.await(nanos, () -> live.length >= settings.minIdle() && (barred & SHUT) == 0);
    }

    // --- reports

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
                    outage.isDown(),
                    outage.durationNanos(now),
                    outage.cause(),
                    lent.isEmpty() ? null : lent.get(0),
                    (barred & SHUT) != 0,
                    (barred & SUSPENDED) != 0);
        });
        return view[0];
    }

    PoolStats stats() {
        PoolStats[] stats = new PoolStats[1];
        books.change(now -> stats[0] = standing());
        return stats[0];
    }

    private PoolStats standing() {
        int connecting = chores.connecting();
        return new PoolStats(
                new PoolStats.Standing(taken() - connecting, lent(), idle(), connecting, queue.size(), maxSize),
                new PoolStats.Totals(
                        borrows(), timeouts, rejected, created, connectFailures, discarded, leaksReported, reclaimed));
    }

    private long borrows() {
        long borrows = retiredBorrows;
        for (Slot slot : live) {
            borrows += slot.borrows;
        }
        return borrows;
    }

    /** Returns who holds connections now, longest first. */
    List<BorrowedConnection> borrowed() {
        List<BorrowedConnection> lent = new ArrayList<>();
        books.change(now -> lent.addAll(borrowed(now)));
        return lent;
    }

    private List<BorrowedConnection> borrowed(long now) {
        List<BorrowedConnection> lent = new ArrayList<>();
        for (Slot slot : live) {
            BorrowedConnection seen = slot.snapshot(now);
            if (seen != null) {
                lent.add(seen);
            }
        }
        lent.sort(Comparator.comparing(BorrowedConnection::age).reversed());
        return lent;
    }

    private List<BorrowedConnection> borrowedBy(@Nullable Thread thread, long now) {
        List<BorrowedConnection> lent = new ArrayList<>();
        for (Slot slot : live) {
            BorrowedConnection seen = thread != null && slot.isBorrower(thread) ? slot.snapshot(now) : null;
            if (seen != null) {
                lent.add(seen);
            }
        }
        return lent;
    }
}

package dev.wellhead.pool;

import dev.wellhead.core.Ticker;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The books of the pool: which connections there are, who has them, who waits, and what has to be opened, validated or
 * closed. Thread-safe, and never blocks but where it says so: everything that talks to the driver is given to the workers
 * or done by the borrower who gives back.
 */
final class Slots {
    /*
     * A slot is taken from the moment a connection is asked of the driver until the driver has closed it, so the driver
     * never sees more than maxSize. A taken slot is always in exactly one place:
     *
     *   connecting -> idle | lent | closing | free (attempt failed)
     *   idle       -> lent | validating | closing
     *   validating -> idle | lent | closing
     *   lent       -> idle | lent (handed on) | validating | closing
     *   closing    -> free
     *
     * Everything below is guarded by one lock, which is held for a few field accesses: no driver call, no listener, no
     * log and no metric under it. What has to follow a change is collected in todo and run after unlocking. Every change
     * ends in settle(), which holds the invariant that no waiter is left while a connection fit for him lies idle, and
     * that for each waiter something is under way as far as maxSize, the connectors and the outage permit.
     *
     * Connections go to waiters strictly in order of arrival: a newcomer queues behind those who wait, and whatever comes
     * free goes to the head of the queue, never to the one on whose behalf it was opened. A waiter who leaves takes
     * nothing along.
     *
     * Giving a connection back happens-before its next loan (unlock, lock, and the volatile write in Waiter).
     *
     * An attempt to connect or to validate that overruns its time keeps its slot and its thread until the driver returns,
     * for nothing else is known of it, but others are started as if it were not there. So the threads are bounded by
     * maxSize, too. Whatever it brings in the end is used or closed.
     */
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LONGEST_TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final PoolSettings settings;
    private final Tools tools;

    private final ReentrantLock lock = new ReentrantLock();
    // All of the following is guarded by lock.
    private final Condition vacated = lock.newCondition();
    private final ArrayDeque<PhysicalConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private final Set<Lease> leases = new LinkedHashSet<>();
    private final Set<Chore> chores = new LinkedHashSet<>();
    private int closing;
    private long lastReading;
    private long steadyNanos;
    // Raised by every fatal error; connections that were not proven since are validated before the next loan.
    private long generation;
    private final Outage outage;
    private boolean shut;
    private List<Runnable> todo = new ArrayList<>();
    private long acquired;
    private long timeouts;
    private long rejected;
    private long created;
    private long connectFailures;
    private long discarded;
    private long leaksReported;

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
            Runnable wakeHousekeeper) {}

    /** Something under way with the driver that may end in a connection. */
    private abstract static class Chore implements Runnable {
        final long startedAt;
        // Guarded by lock.
        boolean overdue;

        Chore(long startedAt) {
            this.startedAt = startedAt;
        }

        abstract long limitNanos();

        abstract boolean isConnecting();

        /** Ends the chore in its stead, as no thread could be had for it. */
        abstract void refused(Throwable cause);
    }

    private final class Connecting extends Chore {
        Connecting(long startedAt) {
            super(startedAt);
        }

        @Override
        public void run() {
            try {
                connected(this, tools.opener().open());
            } catch (SQLException e) {
                connectFailed(this, e);
            }
        }

        @Override
        long limitNanos() {
            return settings.connectNanos();
        }

        @Override
        boolean isConnecting() {
            return true;
        }

        @Override
        void refused(Throwable cause) {
            connectFailed(this, new SQLException("no thread to connect with", "08001", cause));
        }
    }

    private final class Validating extends Chore {
        private final PhysicalConnection connection;
        private final long generationBefore;

        Validating(PhysicalConnection connection, long startedAt, long generationBefore) {
            super(startedAt);
            this.connection = connection;
            this.generationBefore = generationBefore;
        }

        @Override
        public void run() {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(settings.validationNanos() + 999_999_999L);
            validated(connection.validate((int) Math.min(seconds, Integer.MAX_VALUE)));
        }

        private void validated(@Nullable String fault) {
            change(now -> {
                chores.remove(this);
                if (fault == null) {
                    connection.provenAt = now;
                    connection.generation = generationBefore;
                    accept(connection, now);
                } else {
                    generation++;
                    discard(fault, connection::close);
                }
            });
        }

        @Override
        long limitNanos() {
            return settings.validationNanos();
        }

        @Override
        boolean isConnecting() {
            return false;
        }

        @Override
        void refused(Throwable cause) {
            validated("no thread to validate with: " + cause);
        }
    }

    Slots(PoolSettings settings, Tools tools) {
        this.settings = settings;
        this.tools = tools;
        this.lastReading = tools.ticker().nanos();
        this.outage = new Outage(settings.parallelConnects());
    }

    String name() {
        return settings.name();
    }

    Meters meters() {
        return tools.meters();
    }

    /** Asks for a connection on behalf of the current thread: settled at once, or queued. */
    Waiter request() {
        Waiter waiter = new Waiter();
        change(now -> {
            if (shut) {
                waiter.refuse(Refusal.CLOSED);
            } else if (waiters.size() >= settings.maxWaiters()) {
                rejected++;
                waiter.refuse(Refusal.QUEUE_FULL);
            } else {
                waiters.addLast(waiter);
                settle(now);
                waiter.queued = !waiter.isSettled();
            }
        });
        return waiter;
    }

    /** Takes the waiter out of the queue, unless it was settled just before. */
    void withdraw(Waiter waiter, Refusal reason) {
        change(now -> {
            if (!waiter.isSettled()) {
                waiters.remove(waiter);
                waiter.refuse(reason);
                if (reason == Refusal.TIMEOUT) {
                    timeouts++;
                }
            }
        });
    }

    /**
     * Takes back a connection whose loan has ended.
     *
     * @param fault null if the next borrower may have it, else why not
     */
    void giveBack(Lease lease, @Nullable String fault) {
        change(now -> {
            if (!leases.remove(lease)) {
                return;
            }
            PhysicalConnection connection = lease.physical();
            if (lease.reported) {
                todo.add(() -> tools.events().suspectReturned(lease.heldNanos(now)));
            }
            if (lease.sawFatalError()) {
                generation++;
            }
            if (fault == null) {
                connection.provenAt = now;
                connection.idleSince = now;
                accept(connection, now);
            } else if (lease.isOccupied()) {
                discard(fault, () -> connection.kill(lease.open()));
            } else {
                discard(fault, connection::close);
            }
        });
    }

    private void connected(Connecting attempt, PhysicalConnection connection) {
        change(now -> {
            chores.remove(attempt);
            created++;
            todo.add(tools.events()::created);
            long outageNanos = outage.durationNanos(now);
            if (outage.succeeded()) {
                todo.add(() -> tools.events().back(outageNanos));
            }
            connection.generation = generation;
            connection.openedAt = now;
            connection.provenAt = now;
            connection.idleSince = now;
            accept(connection, now);
        });
    }

    private void connectFailed(Connecting attempt, SQLException failure) {
        change(now -> {
            chores.remove(attempt);
            if (!attempt.overdue) {
                noteFailure(now, failure);
            }
            settle(now);
        });
    }

    private void noteFailure(long now, SQLException failure) {
        connectFailures++;
        todo.add(() -> tools.events().connectFailed(failure));
        if (outage.failed(now, failure)) {
            todo.add(() -> tools.events().down(failure));
        }
        todo.add(tools.wakeHousekeeper());
    }

    /** Puts a connection that is in no place to where it is needed. */
    private void accept(PhysicalConnection connection, long now) {
        if (shut) {
            discard("pool closed", connection::close);
        } else if (connection.isExpired(now)) {
            discard("max lifetime reached", connection::close);
        } else {
            idle.addLast(connection);
        }
        settle(now);
    }

    private void discard(String reason, Runnable close) {
        closing++;
        discarded++;
        todo.add(() -> {
            tools.events().discarded(reason);
            work(() -> {
                close.run();
                change(now -> {
                    closing--;
                    settle(now);
                });
            });
        });
    }

    private void work(Runnable task) {
        try {
            tools.workers().execute(task);
        } catch (RuntimeException | OutOfMemoryError e) {
            // The workers have ended, or there is no thread: then it is done here, for it must be done.
            task.run();
        }
    }

    private void start(Chore chore) {
        chores.add(chore);
        todo.add(() -> {
            try {
                tools.workers().execute(chore);
            } catch (RuntimeException | OutOfMemoryError e) {
                chore.refused(e);
            }
        });
    }

    /** Brings connections and waiters together and starts what is missing. */
    private void settle(long now) {
        settle(now, 0);
    }

    private void settle(long now, int wantedIdle) {
        assert lock.isHeldByCurrentThread();
        vacated.signalAll();
        if (shut) {
            return;
        }
        serve(now);
        int missing = waiters.size() - underWay(true) - underWay(false) + Math.max(0, wantedIdle - idle.size());
        while (missing > 0 && connect(now)) {
            missing--;
        }
        if (outage.isFailing()) {
            // The prober goes on even if nobody waits, so that the pool finds out by itself.
            connect(now);
        }
        if (outage.isDown() && leases.isEmpty() && idle.isEmpty() && underWay(false) == 0) {
            rejected += waiters.size();
            waiters.forEach(waiter -> waiter.refuse(Refusal.DOWN));
            waiters.clear();
        }
    }

    private void serve(long now) {
        while (!waiters.isEmpty() && !idle.isEmpty()) {
            PhysicalConnection newest = idle.getLast();
            if (newest.generation == generation && now - newest.provenAt < FRESH_NANOS) {
                idle.removeLast();
                lend(newest, waiters.removeFirst(), now);
            } else if (underWay(false) < waiters.size()) {
                idle.removeLast();
                start(new Validating(newest, now, generation));
            } else {
                return;
            }
        }
    }

    private void lend(PhysicalConnection connection, Waiter waiter, long now) {
        boolean crowded = 5L * (leases.size() + 1) >= 4L * settings.maxSize();
        Lease lease = new Lease(this, connection, waiter.thread(), now, crowded || waiter.queued);
        leases.add(lease);
        acquired++;
        waiter.grant(lease);
    }

    private boolean connect(long now) {
        if (taken() >= settings.maxSize() || !outage.permits(now, underWay(true))) {
            return false;
        }
        start(new Connecting(now));
        return true;
    }

    /** Returns how many chores of one kind are under way and in time. */
    private int underWay(boolean connecting) {
        int count = 0;
        for (Chore chore : chores) {
            if (!chore.overdue && chore.isConnecting() == connecting) {
                count++;
            }
        }
        return count;
    }

    private int taken() {
        return idle.size() + leases.size() + chores.size() + closing;
    }

    /**
     * Does what only time brings about: overdue attempts, lifetimes, idle times, the idle reserve, the next attempt in an
     * outage, leak reports.
     *
     * @return nanoseconds until it should be called again
     */
    long housekeep() {
        List<BorrowedConnection> suspects = new ArrayList<>();
        long[] pause = new long[1];
        change(now -> {
            findOverdue(now);
            retire(now);
            findSuspects(now, suspects);
            settle(now, settings.minIdle());
            pause[0] = pauseNanos(now);
        });
        suspects.forEach(tools.events()::leakSuspected);
        return pause[0];
    }

    private void findOverdue(long now) {
        for (Chore chore : chores) {
            if (!chore.overdue && now - chore.startedAt >= chore.limitNanos()) {
                chore.overdue = true;
                if (chore.isConnecting()) {
                    noteFailure(
                            now,
                            new SQLTimeoutException(
                                    "driver did not connect within " + Meters.duration(chore.limitNanos()), "08001"));
                }
            }
        }
    }

    private void retire(long now) {
        int reserve = settings.minIdle();
        for (PhysicalConnection connection : List.copyOf(idle)) {
            boolean expired = connection.isExpired(now);
            if (expired || (idle.size() > reserve && now - connection.idleSince >= settings.idleNanos())) {
                idle.remove(connection);
                discard(expired ? "max lifetime reached" : "idle timeout", connection::close);
            }
        }
    }

    private void findSuspects(long now, List<BorrowedConnection> suspects) {
        for (Lease lease : leases) {
            // In order of borrowing, so the rest is younger.
            if (lease.heldNanos(now) < settings.leakNanos()) {
                return;
            }
            if (!lease.reported) {
                lease.reported = true;
                leaksReported++;
                suspects.add(lease.snapshot(now));
            }
        }
    }

    private long pauseNanos(long now) {
        long shortest = Math.min(Math.min(settings.connectNanos(), settings.validationNanos()), settings.leakNanos());
        shortest = Math.min(shortest, Math.min(settings.idleNanos(), settings.maxLifetimeNanos()));
        long pause = Math.min(LONGEST_TICK_NANOS, shortest / 4);
        if (outage.isFailing()) {
            pause = Math.min(pause, outage.pauseLeftNanos(now));
        }
        return Math.max(SHORTEST_TICK_NANOS, pause);
    }

    /** Refuses everybody who waits or comes, and closes what is idle. What is lent stays lent. Idempotent. */
    void shut() {
        change(now -> {
            shut = true;
            waiters.forEach(waiter -> waiter.refuse(Refusal.CLOSED));
            waiters.clear();
            while (!idle.isEmpty()) {
                PhysicalConnection connection = idle.removeLast();
                discard("pool closed", connection::close);
            }
            settle(now);
        });
    }

    /** Ends every loan by force; what a borrower does at that moment fails. */
    void revokeAll() {
        change(now -> {
            for (Lease lease : List.copyOf(leases)) {
                PhysicalConnection connection = lease.physical();
                if (lease.revoke()) {
                    leases.remove(lease);
                    discard("pool closed while lent", () -> connection.kill(lease.open()));
                } else {
                    // Just being given back; if the driver hangs in that, this frees it.
                    todo.add(() -> work(() -> connection.kill(lease.open())));
                }
            }
            settle(now);
        });
    }

    /** Waits until everything lent is back, at most this long; keeps the interrupt flag and then returns at once. */
    boolean awaitReturned(long nanos) {
        return await(nanos, leases::isEmpty);
    }

    /** Waits until no slot is taken, at most this long; keeps the interrupt flag and then returns at once. */
    boolean awaitEmpty(long nanos) {
        return await(nanos, () -> taken() == 0);
    }

    private boolean await(long nanos, BooleanSupplier reached) {
        lock.lock();
        try {
            long left = nanos;
            while (!reached.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                left = vacated.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return reached.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    /** How the pool stands, for messages and reports. */
    record View(
            PoolStats stats,
            boolean down,
            long outageNanos,
            @Nullable SQLException lastFailure,
            @Nullable Lease oldest,
            boolean shut,
            long now) {}

    View view() {
        lock.lock();
        try {
            long now = now();
            Lease oldest = leases.isEmpty() ? null : leases.iterator().next();
            return new View(stats(), outage.isDown(), outage.durationNanos(now), outage.cause(), oldest, shut, now);
        } finally {
            lock.unlock();
        }
    }

    PoolStats stats() {
        lock.lock();
        try {
            int connecting = 0;
            for (Chore chore : chores) {
                connecting += chore.isConnecting() ? 1 : 0;
            }
            return new PoolStats(
                    new PoolStats.Standing(
                            taken() - connecting,
                            leases.size(),
                            idle.size(),
                            connecting,
                            waiters.size(),
                            settings.maxSize()),
                    new PoolStats.Totals(
                            acquired, timeouts, rejected, created, connectFailures, discarded, leaksReported));
        } finally {
            lock.unlock();
        }
    }

    List<BorrowedConnection> borrowed() {
        List<Lease> lent;
        long now;
        lock.lock();
        try {
            lent = List.copyOf(leases);
            now = now();
        } finally {
            lock.unlock();
        }
        return lent.stream().map(lease -> lease.snapshot(now)).toList();
    }

    /** Returns the time, which stands still while a broken clock goes back, instead of holding up everything it measures. */
    private long now() {
        assert lock.isHeldByCurrentThread();
        long reading = tools.ticker().nanos();
        steadyNanos += Math.max(0, reading - lastReading);
        lastReading = reading;
        return steadyNanos;
    }

    /** Changes the books under the lock, then does what has to follow. */
    private void change(LongConsumer change) {
        List<Runnable> following;
        lock.lock();
        try {
            change.accept(now());
            following = todo;
            if (!following.isEmpty()) {
                todo = new ArrayList<>();
            } else {
                following = List.of();
            }
        } finally {
            lock.unlock();
        }
        following.forEach(Runnable::run);
    }
}

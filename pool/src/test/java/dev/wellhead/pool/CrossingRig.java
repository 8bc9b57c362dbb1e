package dev.wellhead.pool;

import dev.wellhead.core.MetricSink;
import dev.wellhead.testkit.ManualTicker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The books of one pool for a few threads to meet on: time stands still, and what the pool gives to its workers waits
 * until somebody runs it, so that the threads of the test are all that moves. Thread-safe.
 */
final class CrossingRig {
    private static final int ROUNDS = 20;

    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger opened = new AtomicInteger();
    final ManualTicker ticker = new ManualTicker();
    final Slots slots;

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock.
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<Waiter> waiting = new ArrayList<>();
    private final List<PooledConnection> held = new ArrayList<>();

    CrossingRig(int maxSize) {
        this(maxSize, Long.MAX_VALUE);
    }

    CrossingRig(int maxSize, long reclaimNanos) {
        long never = Long.MAX_VALUE;
        long second = Duration.ofSeconds(1).toNanos();
        PoolSettings settings = new PoolSettings(
                "crossing",
                maxSize,
                0,
                10,
                5 * second,
                5 * second,
                2 * second,
                never,
                never,
                never,
                never,
                reclaimNanos,
                2,
                false,
                List.of());
        Meters meters = new Meters(MetricSink.none(), ticker, "crossing");
        PoolEvents events = new PoolEvents("crossing", meters, new PoolListener() {});
        Opener opener = new Opener(this::connect, connection -> {}, SessionReset.TRACKED, never);
        slots = new Slots(
                settings,
                new Slots.Tools(
                        opener,
                        ticker,
                        this::later,
                        meters,
                        events,
                        new SqlEffects(),
                        new SlowQueries(new SlowQueries.Options(never, 1, false), ticker, meters, events),
                        () -> {}));
    }

    private Connection connect() {
        opened.incrementAndGet();
        return new StillConnection(open).raw();
    }

    private void later(Runnable task) {
        lock.lock();
        try {
            tasks.add(task);
        } finally {
            lock.unlock();
        }
    }

    /** Runs what the pool gave to its workers, and what comes of it. */
    void work() {
        for (Runnable task = next(); task != null; task = next()) {
            task.run();
        }
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            return tasks.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Asks for a connection as a caller does, but for the waiting: null if it would have to wait, or was refused. */
    @Nullable PooledConnection acquire() {
        PooledConnection atOnce = slots.lendAtOnce();
        if (atOnce != null) {
            return taken(atOnce);
        }
        return collect(enqueue());
    }

    Waiter enqueue() {
        Waiter waiter = new Waiter.Blocking(null);
        lock.lock();
        try {
            waiting.add(waiter);
        } finally {
            lock.unlock();
        }
        slots.dispatcher().request(waiter);
        return waiter;
    }

    /** Leaves the queue as a caller does whose time is over; returns what was granted just before, null if nothing was. */
    @Nullable PooledConnection leave(Waiter waiter, Refusal reason) {
        slots.dispatcher().withdraw(waiter, reason);
        require(waiter.isSettled(), "a caller who left is settled");
        return collect(waiter);
    }

    /** Returns what the waiter was granted, null if nothing was until now. */
    @Nullable PooledConnection collect(Waiter waiter) {
        if (!waiter.isSettled() || !forget(waiter)) {
            return null;
        }
        slots.dispatcher().arrived(waiter);
        Slot slot = waiter.granted();
        if (slot == null) {
            return null;
        }
        PooledConnection connection = slots.lend(slot, waiter);
        if (waiter.queued) {
            slots.measure(slot);
        }
        return connection.isOver() ? null : taken(connection);
    }

    private boolean forget(Waiter waiter) {
        lock.lock();
        try {
            return waiting.remove(waiter);
        } finally {
            lock.unlock();
        }
    }

    private PooledConnection taken(PooledConnection connection) {
        require(StillConnection.of(connection).holders.incrementAndGet() == 1, "one borrower at a time");
        require(!StillConnection.of(connection).closed, "open when lent");
        lock.lock();
        try {
            held.add(connection);
        } finally {
            lock.unlock();
        }
        return connection;
    }

    void giveBack(PooledConnection connection) {
        drop(connection);
        close(connection);
    }

    /** Notes that the caller no longer believes to have it, without closing it. */
    void drop(PooledConnection connection) {
        StillConnection.of(connection).holders.decrementAndGet();
        lock.lock();
        try {
            held.remove(connection);
        } finally {
            lock.unlock();
        }
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new AssertionError("close failed", e);
        }
    }

    /** Borrows this many, before anybody else moves, so that they can come back the short way. */
    List<PooledConnection> borrow(int count) {
        List<PooledConnection> waited = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Waiter waiter = enqueue();
            work();
            waited.add(Objects.requireNonNull(collect(waiter), "connection"));
        }
        waited.forEach(this::giveBack);
        List<PooledConnection> borrowed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            borrowed.add(taken(Objects.requireNonNull(slots.lendAtOnce(), "connection")));
        }
        return borrowed;
    }

    /** Has the pool see loans so short that it lets running threads overtake. */
    void makeBarging() {
        PooledConnection connection = borrow(1).get(0);
        for (int i = 0; i < 16; i++) {
            Waiter next = enqueue();
            giveBack(connection);
            slots.maintenance().housekeep();
            connection = Objects.requireNonNull(collect(next), "connection");
        }
        giveBack(connection);
    }

    /**
     * When every thread has come to rest: nobody waits beside an idle connection, everything held is counted once,
     * everything comes home, and all places can be had again.
     */
    void checkAtRest() {
        work();
        require(waitingInPool() == 0 || slots.idle() == 0, "no waiter beside an idle connection");
        comeHome();
        if (slots.isBarred(Slots.SHUT)) {
            require(open.get() == 0, "nothing open after the pool was closed");
        } else {
            borrow(slots.maxSize()).forEach(each -> require(!StillConnection.of(each).dead, "alive when lent"));
            require(slots.lent() == slots.maxSize(), "all lent as counted");
        }
    }

    /** The same where the waiters may depend on the next tick of the housekeeper. */
    void checkAfterTick() {
        slots.maintenance().housekeep();
        checkAtRest();
    }

    private int waitingInPool() {
        return slots.dispatcher().queue().size();
    }

    private void comeHome() {
        boolean more = true;
        for (int round = 0; more && round < ROUNDS; round++) {
            copy(waiting).forEach(this::collect);
            List<PooledConnection> now = copy(held);
            require(slots.lent() == now.size(), "lent as counted");
            require(slots.size() <= slots.maxSize(), "bound");
            more = !now.isEmpty() || waitingInPool() > 0;
            now.forEach(this::giveBack);
            work();
        }
        require(!more && copy(waiting).isEmpty(), "nobody waits for ever");
        require(slots.size() == open.get(), "open as counted");
        require(slots.idle() == slots.size(), "everything idle");
    }

    /** Throws if it is not so. Plain, as it is asked millions of times. */
    static void require(boolean so, String rule) {
        if (!so) {
            throw new AssertionError("broken: " + rule);
        }
    }

    private <T> List<T> copy(List<T> of) {
        lock.lock();
        try {
            return List.copyOf(of);
        } finally {
            lock.unlock();
        }
    }
}

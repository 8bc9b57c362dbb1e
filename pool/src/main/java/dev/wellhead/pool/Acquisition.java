package dev.wellhead.pool;

import dev.wellhead.core.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How callers come to their connection: at once, by waiting, or by a future. Thread-safe. */
final class Acquisition {
    private final PoolSettings settings;
    private final Ticker ticker;
    private final Meters meters;
    private final PoolEvents events;
    private final Slots slots;
    private final Dispatcher dispatcher;
    private final PoolReports reports;
    private final Complaints complaints;

    Acquisition(PoolSettings settings, Ticker ticker, Meters meters, PoolEvents events, Slots slots) {
        this.settings = settings;
        this.ticker = ticker;
        this.meters = meters;
        this.events = events;
        this.slots = slots;
        this.dispatcher = slots.dispatcher();
        this.reports = slots.reports();
        this.complaints = new Complaints(settings);
    }

    /** Borrows a connection within the acquire timeout. */
    Connection acquire(@Nullable Share share) throws SQLException {
        long start = meters.start();
        if (share == null) {
            PooledConnection connection = atOnce();
            if (connection != null) {
                meters.waited(start);
                return connection;
            }
        }
        Waiter.Blocking waiter = await(share, settings.acquireNanos(), start);
        PooledConnection connection = lent(waiter);
        if (connection == null) {
            throw complaint(waiter, settings.acquireNanos());
        }
        return connection;
    }

    /** Borrows a connection within this time; empty if none came. */
    Optional<Connection> tryAcquire(long nanos) throws SQLException {
        long start = meters.start();
        PooledConnection connection = atOnce();
        if (connection != null) {
            meters.waited(start);
            return Optional.of(connection);
        }
        Waiter.Blocking waiter = await(null, nanos, start);
        connection = lent(waiter);
        if (connection != null) {
            return Optional.of(connection);
        }
        if (waiter.refusal() == Refusal.TIMEOUT || waiter.refusal() == Refusal.QUEUE_FULL) {
            return Optional.empty();
        }
        throw complaint(waiter, nanos);
    }

    private @Nullable PooledConnection atOnce() {
        PooledConnection connection = slots.lendAtOnce();
        return connection != null ? connection : slots.lendAmongBusy();
    }

    private Waiter.Blocking await(@Nullable Share share, long timeoutNanos, long start) {
        Waiter.Blocking waiter = new Waiter.Blocking(share);
        dispatcher.request(waiter);
        if (!waiter.holds.isEmpty()) {
            events.nested(waiter.holds);
        }
        if (waiter.queued && waiter.refusal() == null) {
            waiter.waitsAt = slots.stackOfWaiter();
        }
        if (!waiter.isSettled()) {
            Refusal reason = waiter.await(ticker, timeoutNanos);
            // Settled is settled: whoever was served needs no look under the lock, which those behind him
            // want just now.
            if (!waiter.isSettled()) {
                dispatcher.withdraw(waiter, reason);
            }
        }
        dispatcher.arrived(waiter);
        meters.waited(start);
        if (waiter.refusal() == Refusal.TIMEOUT) {
            events.timedOut(reports.stats());
        }
        return waiter;
    }

    private @Nullable PooledConnection lent(Waiter waiter) throws ConnectionClosedException {
        Slot slot = waiter.granted();
        if (slot == null) {
            return null;
        }
        PooledConnection connection = slots.lend(slot, waiter);
        if (waiter.queued) {
            slots.measure(slot);
        }
        if (connection.isOver()) {
            // The pool was closed by force between the grant and now.
            throw ConnectionClosedException.pool(settings.name());
        }
        return connection;
    }

    private SQLException complaint(Waiter waiter, long timeoutNanos) {
        Refusal refusal = Objects.requireNonNull(waiter.refusal(), "refusal");
        return complaints.about(refusal, reports.view(), timeoutNanos);
    }

    /** Asks for a connection, and waits for nothing. */
    CompletableFuture<Connection> acquireAsync() {
        CompletableFuture<Connection> future = new CompletableFuture<>();
        Thread asked = Thread.currentThread();
        List<StackTraceElement> askedAt = slots.stackOfWaiter();
        long start = meters.start();
        dispatcher.request(settings.acquireNanos(), deadline -> {
            Waiter waiter =
                    new Waiter.Promised(null, deadline, settled -> deliver(settled, future, asked, askedAt, start));
            future.whenComplete((connection, failure) -> {
                if (future.isCancelled()) {
                    dispatcher.withdraw(waiter, Refusal.INTERRUPTED);
                }
            });
            return waiter;
        });
        return future;
    }

    /** Completes the future away from whoever gave the connection back: what hangs on it is the host's code. */
    private void deliver(
            Waiter waiter,
            CompletableFuture<Connection> future,
            Thread asked,
            List<StackTraceElement> askedAt,
            long start) {
        dispatcher.arrived(waiter);
        dispatcher.chores().work(() -> {
            meters.waited(start);
            Slot slot = waiter.granted();
            if (slot != null) {
                hand(slot, future, asked, askedAt);
            } else if (!future.isDone()) {
                if (waiter.refusal() == Refusal.TIMEOUT) {
                    events.timedOut(reports.stats());
                }
                future.completeExceptionally(complaint(waiter, settings.acquireNanos()));
            }
        });
    }

    private void hand(Slot slot, CompletableFuture<Connection> future, Thread asked, List<StackTraceElement> askedAt) {
        try {
            PooledConnection connection = slots.lend(slot, asked, askedAt);
            if (!future.complete(connection)) {
                connection.close();
            }
        } catch (Error e) {
            // Out of memory, and the slot is back in the pool: whoever waits must hear of it.
            future.completeExceptionally(e);
            throw e;
        }
    }
}

package dev.wellhead.pool;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Turns the refusal of a waiter into the exception that its caller gets. */
final class Complaints {
    private static final String CANNOT_CONNECT = "08001";

    private final PoolSettings settings;

    Complaints(PoolSettings settings) {
        this.settings = settings;
    }

    SQLException about(Refusal refusal, PoolReports.View view, long waitedAtMostNanos) {
        String who = "pool '" + settings.name() + "': ";
        return switch (refusal) {
            case TIMEOUT ->
                new PoolTimeoutException(
                        who + "no connection within " + Meters.duration(waitedAtMostNanos) + state(view) + remedy(view),
                        sqlState(view),
                        view.lastFailure());
            case QUEUE_FULL ->
                new PoolUnavailableException(
                        "WH-POOL-002",
                        who + "not waiting for a connection, as " + settings.maxWaiters() + " callers wait already"
                                + state(view) + "; send less work, or raise maxSize or maxWaiters",
                        sqlState(view),
                        view.lastFailure());
            case DOWN ->
                new PoolUnavailableException(
                        "WH-POOL-003",
                        who + "the database cannot be reached since " + Meters.duration(view.outageNanos())
                                + state(view) + lastFailure(view)
                                + "; the pool keeps trying and recovers by itself once it can connect",
                        sqlState(view),
                        view.lastFailure());
            case INTERRUPTED ->
                new PoolUnavailableException(
                        "WH-POOL-004",
                        who + "interrupted while waiting for a connection" + state(view)
                                + "; the thread's interrupt flag is kept",
                        CANNOT_CONNECT,
                        null);
            case CLOSED -> ConnectionClosedException.pool(settings.name());
        };
    }

    private static String state(PoolReports.View view) {
        PoolStats stats = view.stats();
        StringBuilder text = new StringBuilder(" (size ")
                .append(stats.size())
                .append('/')
                .append(stats.maxSize())
                .append(", idle ")
                .append(stats.idle())
                .append(", connecting ")
                .append(stats.connecting())
                .append(", waiting ")
                .append(stats.waiting());
        if (view.suspended()) {
            text.append(", suspended");
        }
        BorrowedConnection oldest = view.oldest();
        if (oldest != null) {
            text.append(", oldest borrowed ")
                    .append(Meters.duration(oldest.age().toNanos()))
                    .append(" ago ")
                    .append(oldest.place());
        }
        return text.append(')').toString();
    }

    private static String remedy(PoolReports.View view) {
        if (view.lastFailure() != null) {
            return lastFailure(view) + "; look at the database first";
        }
        if (view.suspended()) {
            return "; resume() has it lend again";
        }
        PoolStats stats = view.stats();
        return stats.connecting() > 0 && stats.active() < stats.maxSize()
                ? "; connects take that long: look at the database and the way to it, or keep more open (minIdle)"
                : "; raise maxSize or look for leaks (leakThreshold)";
    }

    private static String lastFailure(PoolReports.View view) {
        SQLException failure = view.lastFailure();
        return failure == null ? "" : "; last attempt to connect: " + failure.getMessage();
    }

    private static String sqlState(PoolReports.View view) {
        SQLException failure = view.lastFailure();
        @Nullable String state = failure == null ? null : failure.getSQLState();
        return state == null ? CANNOT_CONNECT : state;
    }
}

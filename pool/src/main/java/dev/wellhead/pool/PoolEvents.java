package dev.wellhead.pool;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells log, metrics and listener what happened. Never called under a lock, never throws. */
final class PoolEvents {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);

    private final String pool;
    private final Meters meters;
    private final PoolListener listener;

    PoolEvents(String pool, Meters meters, PoolListener listener) {
        this.pool = pool;
        this.meters = meters;
        this.listener = listener;
    }

    void created() {
        LOG.debug("pool '{}': connection opened", pool);
        meters.created();
    }

    void connectFailed(SQLException failure) {
        LOG.debug("pool '{}': could not connect", pool, failure);
    }

    void discarded(String reason) {
        LOG.debug("pool '{}': connection discarded: {}", pool, reason);
        meters.discarded();
        tell(to -> to.connectionDiscarded(pool, reason));
    }

    void timedOut(PoolStats stats) {
        meters.timedOut();
        tell(to -> to.acquireTimedOut(pool, stats));
    }

    void down(SQLException cause) {
        LOG.warn(
                "pool '{}': cannot connect to the database: {}; callers fail at once when no connection is left,"
                        + " one attempt at a time goes on",
                pool,
                cause.getMessage());
        tell(to -> to.databaseDown(pool, cause));
    }

    void back(long outageNanos) {
        LOG.info("pool '{}': connected to the database again after {}", pool, Meters.duration(outageNanos));
        tell(to -> to.databaseBack(pool, Duration.ofNanos(outageNanos)));
    }

    void leakSuspected(BorrowedConnection borrowed) {
        StringBuilder stack = new StringBuilder();
        borrowed.stack().forEach(frame -> stack.append("\n\tat ").append(frame));
        LOG.warn(
                "pool '{}': connection not given back for {} by thread {}; last SQL: {}; {}{}",
                pool,
                Meters.duration(borrowed.age().toNanos()),
                borrowed.thread(),
                borrowed.lastSql().orElse("none"),
                borrowed.stack().isEmpty() ? "stack not captured" : "borrowed here:",
                stack);
        meters.leaked();
        tell(to -> to.leakSuspected(pool, borrowed));
    }

    void suspectReturned(long heldNanos) {
        LOG.info("pool '{}': a connection reported as a leak came back after {}", pool, Meters.duration(heldNanos));
    }

    private void tell(Consumer<PoolListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException | Error e) {
            // An Error as well: the books of the pool must go on whatever the host's code does.
            LOG.warn("pool '{}': listener {} threw", pool, listener.getClass().getName(), e);
        }
    }
}

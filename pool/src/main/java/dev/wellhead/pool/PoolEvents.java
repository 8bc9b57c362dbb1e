package dev.wellhead.pool;

import dev.wellhead.core.Redaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells log, metrics and listener what happened. Never called under a lock, never throws. */
final class PoolEvents {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String pool;
    private final Meters meters;
    private final PoolListener listener;
    private final Throttle slowLines = new Throttle(PAUSE_NANOS, System.nanoTime());
    private final Throttle nestedLines = new Throttle(PAUSE_NANOS, System.nanoTime());

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
        LOG.warn(
                "pool '{}': connection not given back for {} by thread {}; last SQL: {}; {}",
                pool,
                Meters.duration(borrowed.age().toNanos()),
                borrowed.thread(),
                borrowed.lastSql().orElse("none"),
                trace(borrowed));
        meters.leaked();
        tell(to -> to.leakSuspected(pool, borrowed));
    }

    void reclaimed(BorrowedConnection borrowed) {
        LOG.warn(
                "pool '{}': connection taken away from thread {}, which held it for {} and did nothing with it for {};"
                        + " last SQL: {}; {}",
                pool,
                borrowed.thread(),
                Meters.duration(borrowed.age().toNanos()),
                Meters.duration(borrowed.inactive().toNanos()),
                borrowed.lastSql().orElse("none"),
                trace(borrowed));
        tell(to -> to.leakReclaimed(pool, borrowed));
    }

    /** Called by the thread that waits. */
    void nested(List<BorrowedConnection> held) {
        long unsaid = nestedLines.admit(System.nanoTime());
        if (unsaid != Throttle.HELD_BACK) {
            LOG.warn(
                    "pool '{}': exhausted, and thread {} waits for another connection while it holds {}{}; threads that"
                            + " do so can block each other for ever; hand the connection on, or raise maxSize above the"
                            + " number of such threads; the first was {}",
                    pool,
                    Redaction.printable(Thread.currentThread().getName()),
                    held.size(),
                    more(unsaid),
                    trace(held.get(0)),
                    new IllegalStateException("and the second is asked for here"));
        }
        tell(to -> to.nestedBorrow(pool, held));
    }

    /** Called by the borrower. */
    void slowQuery(SlowQuery query) {
        long unsaid = slowLines.admit(System.nanoTime());
        if (unsaid != Throttle.HELD_BACK) {
            LOG.warn(
                    "pool '{}': slow statement: {}{}; have QueryPlans explain it, or raise slowQueryThreshold",
                    pool,
                    query,
                    more(unsaid));
        }
        meters.slow();
        tell(to -> to.slowQuery(pool, query));
    }

    private static String more(long unsaid) {
        return unsaid == 0 ? "" : " (and " + unsaid + " more since the last such line)";
    }

    private static String trace(BorrowedConnection borrowed) {
        if (borrowed.stack().isEmpty()) {
            return "stack not captured";
        }
        StringBuilder stack = new StringBuilder("borrowed here:");
        borrowed.stack().forEach(frame -> stack.append("\n\tat ").append(frame));
        return stack.toString();
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

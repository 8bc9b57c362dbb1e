package dev.wellhead.pool;

import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool's instruments. A sink that throws against its contract must not cost a connection, so nothing here throws; and
 * without a sink no clock is read.
 */
final class Meters {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);

    private final boolean enabled;
    private final Ticker ticker;
    private final MetricSink sink;
    private final String pool;
    private final MetricSink.Timer wait;
    private final MetricSink.Timer usage;
    private final MetricSink.Timer connect;
    private final MetricSink.Timer succeeded;
    private final MetricSink.Timer failed;
    private final MetricSink.Counter timeouts;
    private final MetricSink.Counter rejected;
    private final MetricSink.Counter created;
    private final MetricSink.Counter discarded;
    private final MetricSink.Counter leaks;
    private final MetricSink.Counter slow;

    Meters(MetricSink sink, Ticker ticker, String pool) {
        this.enabled = sink != MetricSink.none();
        this.ticker = ticker;
        this.sink = sink;
        this.pool = pool;
        this.wait = sink.timer("wellhead.pool.wait", "pool", pool);
        this.usage = sink.timer("wellhead.pool.usage", "pool", pool);
        this.connect = sink.timer("wellhead.pool.connect", "pool", pool);
        this.succeeded = sink.timer("wellhead.pool.statement", "pool", pool, "outcome", "ok");
        this.failed = sink.timer("wellhead.pool.statement", "pool", pool, "outcome", "failed");
        this.timeouts = sink.counter("wellhead.pool.timeouts", "pool", pool);
        this.rejected = sink.counter("wellhead.pool.rejected", "pool", pool);
        this.created = sink.counter("wellhead.pool.opened", "pool", pool);
        this.discarded = sink.counter("wellhead.pool.discarded", "pool", pool);
        this.leaks = sink.counter("wellhead.pool.leaks", "pool", pool);
        this.slow = sink.counter("wellhead.pool.slow", "pool", pool);
    }

    /**
     * Registers the gauges; who closes the pool closes them.
     *
     * @param minIdle the reserve, which does not change
     */
    List<MetricSink.Registration> gauges(Supplier<PoolStats> stats, int minIdle) {
        return List.of(
                gauge("wellhead.pool.size", stats, PoolStats::size),
                gauge("wellhead.pool.active", stats, PoolStats::active),
                gauge("wellhead.pool.idle", stats, PoolStats::idle),
                gauge("wellhead.pool.waiting", stats, PoolStats::waiting),
                gauge("wellhead.pool.max", stats, PoolStats::maxSize),
                sink.gauge("wellhead.pool.min", () -> minIdle, "pool", pool));
    }

    private MetricSink.Registration gauge(String name, Supplier<PoolStats> stats, ToIntFunction<PoolStats> value) {
        return sink.gauge(name, () -> value.applyAsInt(stats.get()), "pool", pool);
    }

    /** Returns whether there is a sink, which then wants to know of every statement. */
    boolean isEnabled() {
        return enabled;
    }

    /** Returns the moment that {@link #waited} wants; means nothing without a sink. */
    long start() {
        return enabled ? ticker.nanos() : 0;
    }

    void waited(long start) {
        if (enabled) {
            record(wait, Math.max(0, ticker.nanos() - start));
        }
    }

    /** Records how long a connection was on loan, from what {@link #start} returned when it was lent. */
    void used(long start) {
        if (enabled) {
            record(usage, Math.max(0, ticker.nanos() - start));
        }
    }

    /** Records how long a statement ran, whether it came to its end or the driver threw. */
    void executed(long nanos, boolean threw) {
        if (enabled) {
            record(threw ? failed : succeeded, nanos);
        }
    }

    /** Records how long it took to open a connection. */
    void connected(long nanos) {
        record(connect, nanos);
    }

    void timedOut() {
        count(timeouts);
    }

    /** So many callers were refused at once. */
    void rejected(int callers) {
        if (callers > 0) {
            add(rejected, callers);
        }
    }

    void created() {
        count(created);
    }

    void discarded() {
        count(discarded);
    }

    void leaked() {
        count(leaks);
    }

    void slow() {
        count(slow);
    }

    private void record(MetricSink.Timer timer, long nanos) {
        try {
            timer.record(nanos);
        } catch (RuntimeException e) {
            LOG.warn("pool '{}': metric sink {} threw", pool, sink.getClass().getName(), e);
        }
    }

    private void count(MetricSink.Counter counter) {
        add(counter, 1);
    }

    private void add(MetricSink.Counter counter, int delta) {
        try {
            counter.add(delta);
        } catch (RuntimeException e) {
            LOG.warn("pool '{}': metric sink {} threw", pool, sink.getClass().getName(), e);
        }
    }

    /** Returns the duration in the unit that a person would choose. */
    static String duration(long nanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        return millis < 10_000 ? millis + " ms" : TimeUnit.NANOSECONDS.toSeconds(nanos) + " s";
    }
}

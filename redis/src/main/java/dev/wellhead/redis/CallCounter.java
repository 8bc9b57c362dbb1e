package dev.wellhead.redis;

import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import dev.wellhead.redis.RedisUnavailableException.Reason;
import java.util.concurrent.atomic.LongAdder;

/** Counts calls by how they ended, for {@link RedisStats} and the host's metrics. */
final class CallCounter {
    private final Ticker ticker;
    private final boolean measured;
    private final MetricSink.Timer latencyOfSuccess;
    private final MetricSink.Timer latencyOfFailure;
    private final LongAdder scriptLoads = new LongAdder();
    private final LongAdder breakerOpened = new LongAdder();

    private final Outcome ok;
    private final Outcome timeout;
    private final Outcome disconnected;
    private final Outcome breakerOpen;
    private final Outcome refused;
    private final Outcome failed;
    private final Outcome denied;

    private record Outcome(LongAdder total, MetricSink.Counter metric) {
        static Outcome of(MetricSink metrics, String redis, String outcome) {
            return new Outcome(
                    new LongAdder(), metrics.counter("wellhead.redis.calls", "redis", redis, "outcome", outcome));
        }

        void count() {
            total.increment();
            metric.increment();
        }
    }

    CallCounter(MetricSink metrics, String name, Ticker ticker) {
        this.ticker = ticker;
        measured = metrics != MetricSink.none();
        // Not by each outcome: it has many series, and how failures differ tells the counter.
        latencyOfSuccess = metrics.timer("wellhead.redis.latency", "redis", name, "outcome", "ok");
        latencyOfFailure = metrics.timer("wellhead.redis.latency", "redis", name, "outcome", "failed");
        ok = Outcome.of(metrics, name, "ok");
        timeout = Outcome.of(metrics, name, "timeout");
        disconnected = Outcome.of(metrics, name, "disconnected");
        breakerOpen = Outcome.of(metrics, name, "breaker_open");
        refused = Outcome.of(metrics, name, "refused");
        failed = Outcome.of(metrics, name, "failed");
        denied = Outcome.of(metrics, name, "denied");
    }

    /** Reads the clock only if somebody measures. */
    long start() {
        return measured ? ticker.nanos() : 0;
    }

    void succeeded(long start) {
        ended(ok, latencyOfSuccess, start);
    }

    void failed(Reason reason, long start) {
        ended(of(reason), latencyOfFailure, start);
    }

    void shortCircuited() {
        breakerOpen.count();
    }

    void scriptLoaded() {
        scriptLoads.increment();
    }

    void breakerOpened() {
        breakerOpened.increment();
    }

    RedisStats stats(boolean connected, boolean open) {
        return new RedisStats(
                connected,
                open,
                new RedisStats.Counts(
                        ok.total().sum(),
                        timeout.total().sum(),
                        disconnected.total().sum(),
                        breakerOpen.total().sum(),
                        refused.total().sum(),
                        failed.total().sum(),
                        denied.total().sum(),
                        scriptLoads.sum(),
                        breakerOpened.sum()));
    }

    private void ended(Outcome outcome, MetricSink.Timer latency, long start) {
        outcome.count();
        if (measured) {
            latency.record(Math.max(0, ticker.nanos() - start));
        }
    }

    private Outcome of(Reason reason) {
        return switch (reason) {
            case TIMEOUT -> timeout;
            case DISCONNECTED -> disconnected;
            case BREAKER_OPEN -> breakerOpen;
            case REFUSED -> refused;
            case FAILED -> failed;
            case DENIED -> denied;
        };
    }
}

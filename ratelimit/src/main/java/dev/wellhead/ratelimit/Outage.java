package dev.wellhead.ratelimit;

import dev.wellhead.core.Health;
import dev.wellhead.core.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows whether Redis decides, and tells of each change once. Thread-safe. */
final class Outage {
    /*
     * `away` moves by CAS: false -> true by the first call that fell back, true -> false by the first that Redis
     * answered; whoever makes a move tells of it. Moves may come fast while Redis is half there, so a warning is
     * written at most once a while; listeners hear every move.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
    private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();

    private final String name;
    private final Ticker ticker;
    private final RateLimiterListener listener;
    private final AtomicBoolean away = new AtomicBoolean();
    private final AtomicBoolean warned = new AtomicBoolean();
    private final AtomicLong lastWarning;
    private volatile long lastFallback;
    private volatile String why = "";

    Outage(String name, Ticker ticker, RateLimiterListener listener) {
        this.name = name;
        this.ticker = ticker;
        this.listener = listener;
        lastFallback = ticker.nanos() - QUIET_NANOS;
        lastWarning = new AtomicLong(lastFallback);
    }

    void fellBack(String reason) {
        long now = ticker.nanos();
        lastFallback = now;
        why = reason;
        if (away.compareAndSet(false, true)) {
            long last = lastWarning.get();
            if (now - last >= QUIET_NANOS && lastWarning.compareAndSet(last, now)) {
                warned.set(true);
                LOG.warn("{}: Redis does not decide, limits go by their failure policy: {}", name, reason);
            }
            tell(listening -> listening.degraded(reason));
        }
    }

    void answered() {
        // The usual case is a plain read.
        if (away.get() && away.compareAndSet(true, false)) {
            if (warned.compareAndSet(true, false)) {
                LOG.info("{}: Redis decides again", name);
            }
            tell(RateLimiterListener::recovered);
        }
    }

    void stateLost(Limit limit) {
        tell(listening -> listening.stateLost(limit));
    }

    Health health(Health redis) {
        if (redis.status() != Health.Status.UP) {
            return Health.degraded(name + " goes by failure policies: " + redis.detail());
        }
        if (ticker.nanos() - lastFallback < QUIET_NANOS) {
            return Health.degraded(name + " went by failure policies within the last 10 s: " + why);
        }
        return Health.up(name + " decides in Redis");
    }

    private void tell(Consumer<RateLimiterListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            LOG.error("listener {} failed", listener.getClass().getName(), e);
        }
    }
}

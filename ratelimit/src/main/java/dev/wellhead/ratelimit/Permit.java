package dev.wellhead.ratelimit;

import dev.wellhead.core.Ticker;
import dev.wellhead.ratelimit.Decision.Source;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a limiter answered to one who wants to begin: a permit to be closed when the work is done, or a denial, of which
 * closing does nothing.
 *
 * <pre>{@code
 * try (Permit permit = limiter.tryAcquire(exports, tenant)) {
 *     if (!permit.granted()) return tooManyRequests(permit.retryAfter());
 *     export(tenant);
 * }
 * }</pre>
 *
 * <p>It is held for the lease of its limit at most, so that one whose process died comes back by itself. Work that may take
 * longer {@linkplain #renew() renews} it, and ends if that fails. Thread-safe.
 */
public final class Permit implements AutoCloseable {
    // How much slower than Redis' clock ours may run.
    private static final long DRIFT_PARTS = 1_000;

    private final boolean granted;
    private final Source source;
    private final Duration retryAfter;
    private final Ticker ticker;
    private final long leaseNanos;
    private final Held held;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long endNanos;

    /** Where a permit is held. */
    interface Held {
        /** Holds it for a lease from now on; false if it was lost. */
        boolean renew();

        /** Gives it back. */
        void release();
    }

    private Permit(
            boolean granted,
            Source source,
            Duration retryAfter,
            Ticker ticker,
            long askedNanos,
            long leaseNanos,
            Held held) {
        this.granted = granted;
        this.source = source;
        this.retryAfter = retryAfter;
        this.ticker = ticker;
        this.leaseNanos = leaseNanos - leaseNanos / DRIFT_PARTS;
        this.endNanos = askedNanos + this.leaseNanos;
        this.held = held;
    }

    /** @param askedNanos when it was asked for, on this ticker: its lease is over no later than where it is held */
    static Permit granted(Source source, Ticker ticker, long askedNanos, Duration lease, Held held) {
        return new Permit(true, source, Duration.ZERO, ticker, askedNanos, lease.toNanos(), held);
    }

    static Permit denied(Source source, Duration retryAfter) {
        Held nowhere = new Held() {
            @Override
            public boolean renew() {
                return false;
            }

            @Override
            public void release() {}
        };
        return new Permit(false, source, retryAfter, Ticker.system(), 0, 0, nowhere);
    }

    /** Returns whether the work may begin. Does not change. */
    public boolean granted() {
        return granted;
    }

    /** Returns who decided. */
    public Source source() {
        return source;
    }

    /**
     * Returns the time after which the first of the permits comes back at the latest, if nobody renews it; most are given
     * back before. Zero if this one was granted.
     */
    public Duration retryAfter() {
        return retryAfter;
    }

    /**
     * Returns whether it is held now: granted, not closed, and its lease not over by this JVM's clock, less a thousandth of it
     * for clocks that drift. So it is never over for others while this says that it is held. Never blocks.
     */
    public boolean isHeld() {
        return granted && !closed.get() && endNanos - ticker.nanos() > 0;
    }

    /**
     * Holds it for a whole lease from now on. Blocks for one round trip, at most the budget of the Redis client.
     *
     * @return false if it is not held any more, and the work should end; also if Redis did not answer, while the lease that
     *     runs is kept: {@link #isHeld()} tells which
     */
    public boolean renew() {
        long asked = ticker.nanos();
        if (!isHeld() || !held.renew()) {
            return false;
        }
        endNanos = asked + leaseNanos;
        return true;
    }

    /** Gives it back. Never blocks and never throws: if Redis is away it comes back when its lease is over. Idempotent. */
    @Override
    public void close() {
        if (granted && closed.compareAndSet(false, true)) {
            held.release();
        }
    }

    /** Granted or denied; without the key. */
    @Override
    public String toString() {
        return "Permit[" + (granted ? isHeld() ? "held" : "over" : "denied, retry after " + retryAfter) + ", source "
                + source + "]";
    }
}

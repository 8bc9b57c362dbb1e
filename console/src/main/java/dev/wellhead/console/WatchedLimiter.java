package dev.wellhead.console;

import dev.wellhead.core.Health;
import dev.wellhead.core.Ticker;
import dev.wellhead.ratelimit.Ask;
import dev.wellhead.ratelimit.ConcurrencyLimit;
import dev.wellhead.ratelimit.Decision;
import dev.wellhead.ratelimit.Permit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.ratelimit.RateLimiterStats;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * A limiter that answers as the one behind it, and remembers which keys were denied most, for a console to show. Keys may be
 * personal: of each only a hash is kept, salted anew in each process; {@link #hash} tells what a key that you know is shown as.
 *
 * <p>An allowed call costs nothing more; a denied one a hash, half a microsecond or so. Counts are of the last five to ten
 * minutes; of 256 keys at most at a time, so that those denied often stay and those denied once come and go.
 *
 * <p>Thread-safe. Closing it closes the limiter behind it.
 */
public final class WatchedLimiter implements RateLimiter {
    private static final int SALT_BYTES = 16;

    private final RateLimiter limiter;
    private final DeniedKeys denied;
    private final byte[] salt = new byte[SALT_BYTES];

    private WatchedLimiter(RateLimiter limiter, Ticker ticker) {
        this.limiter = limiter;
        this.denied = new DeniedKeys(ticker);
        new SecureRandom().nextBytes(salt);
    }

    /** Returns a limiter that decides by this one and watches whom it denies. */
    public static WatchedLimiter of(RateLimiter limiter) {
        return of(limiter, Ticker.system());
    }

    static WatchedLimiter of(RateLimiter limiter, Ticker ticker) {
        return new WatchedLimiter(Objects.requireNonNull(limiter, "limiter"), ticker);
    }

    /** Returns what the console of this process shows in the place of this key: 16 hexadecimal digits. */
    public String hash(String key) {
        return Hashes.of(salt, key.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Decision tryAcquire(Ask ask) {
        return watched(ask, limiter.tryAcquire(ask));
    }

    @Override
    public CompletionStage<Decision> tryAcquireAsync(Ask ask) {
        return limiter.tryAcquireAsync(ask).thenApply(decision -> watched(ask, decision));
    }

    @Override
    public Decision acquire(Ask ask, Duration maxWait) throws InterruptedException {
        return watched(ask, limiter.acquire(ask, maxWait));
    }

    @Override
    public CompletionStage<Decision> acquireAsync(Ask ask, Duration maxWait) {
        return limiter.acquireAsync(ask, maxWait).thenApply(decision -> watched(ask, decision));
    }

    @Override
    public Decision peek(Ask ask) {
        return limiter.peek(ask);
    }

    @Override
    public boolean refund(Decision decision) {
        return limiter.refund(decision);
    }

    @Override
    public CompletionStage<Boolean> refundAsync(Decision decision) {
        return limiter.refundAsync(decision);
    }

    @Override
    public Permit tryAcquire(ConcurrencyLimit limit, String key) {
        Permit permit = limiter.tryAcquire(limit, key);
        if (!permit.granted()) {
            denied.count(limit.name(), hash(key));
        }
        return permit;
    }

    @Override
    public RateLimiterStats stats() {
        return limiter.stats();
    }

    @Override
    public Health health() {
        return limiter.health();
    }

    @Override
    public void close() {
        limiter.close();
    }

    List<DeniedKeys.Denied> mostDenied(int atMost) {
        return denied.most(atMost);
    }

    private Decision watched(Ask ask, Decision decision) {
        if (!decision.allowed()) {
            decision.violated()
                    .ifPresent(limit -> ask.key(limit).ifPresent(key -> denied.count(limit.name(), hash(key))));
        }
        return decision;
    }

    @Override
    public String toString() {
        return "WatchedLimiter[" + limiter + "]";
    }
}

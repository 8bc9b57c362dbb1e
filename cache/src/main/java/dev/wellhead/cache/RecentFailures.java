package dev.wellhead.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wellhead.core.Ticker;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys whose load failed a moment ago, and with what: their loader is left alone for a while, longer each time. */
final class RecentFailures<I> {
    /*
     *   no entry     load
     *   resting      fail as the last load did
     *   rested       load; a failure doubles the rest
     *   forgotten    once as much time again has passed: as if there were no entry
     */
    private static final int MOST = 10_000;
    private static final int DOUBLED_AT_MOST = 4;

    private final Ticker ticker;
    private final long restNanos;
    // Null if none are remembered.
    private final com.github.benmanes.caffeine.cache.@Nullable Cache<I, Failure> failures;

    private record Failure(Throwable cause, int doubled, long restsUntil, long forgottenAt) {}

    /** @param restNanos how long a key rests after its first failure; 0 for not at all */
    RecentFailures(Ticker ticker, long restNanos) {
        this.ticker = ticker;
        this.restNanos = restNanos;
        failures = restNanos == 0
                ? null
                : Caffeine.newBuilder()
                        .maximumSize(MOST)
                        .ticker(ticker::nanos)
                        .expireAfterWrite(Duration.ofNanos(2 * rest(DOUBLED_AT_MOST)))
                        .executor(Runnable::run)
                        .build();
    }

    private long rest(int doubled) {
        long longest = Long.MAX_VALUE >> (DOUBLED_AT_MOST + 2);
        return Math.min(restNanos, longest) << doubled;
    }

    /** Returns what the last load of the key failed with, if it still rests from that. */
    Optional<Throwable> of(I key) {
        Failure last = failures == null ? null : failures.getIfPresent(key);
        return last != null && ticker.nanos() - last.restsUntil() < 0 ? Optional.of(last.cause()) : Optional.empty();
    }

    void failed(I key, Throwable cause) {
        if (failures == null || !isRemembered(cause)) {
            return;
        }
        long now = ticker.nanos();
        failures.asMap().compute(key, (same, last) -> {
            boolean again = last != null && now - last.forgottenAt() < 0;
            int doubled = again ? Math.min(last.doubled() + 1, DOUBLED_AT_MOST) : 0;
            long rest = rest(doubled);
            return new Failure(cause, doubled, now + rest, now + 2 * rest);
        });
    }

    // Errors and our own exceptions say nothing about the key, nor does an impatient caller.
    private static boolean isRemembered(Throwable cause) {
        return cause instanceof Exception
                && !(cause instanceof CacheException)
                && !(cause instanceof InterruptedException)
                && !Thread.currentThread().isInterrupted();
    }

    /** The key was loaded, or what is behind it has changed. */
    void forget(I key) {
        if (failures != null) {
            failures.invalidate(key);
        }
    }

    void forgetAll() {
        if (failures != null) {
            failures.invalidateAll();
        }
    }
}

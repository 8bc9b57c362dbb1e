package dev.wellhead.cache;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log and the host's listener. Keys and values appear in neither, since they may be secret; nor do the messages
 * of a codec's exceptions, which like to quote what they were given.
 */
final class Announcer {
    private static final Logger LOG = LoggerFactory.getLogger(Cache.class);

    private final String cache;
    private final CacheListener listener;
    private final AtomicLong unreadable = new AtomicLong();
    private final AtomicLong notStored = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    Announcer(String cache, CacheListener listener) {
        this.cache = cache;
        this.listener = listener;
    }

    void unreadable(String why) {
        long seen = unreadable.incrementAndGet();
        if (isPowerOfTwo(seen)) {
            LOG.warn(
                    "cache '{}': a value in Redis cannot be read and is loaded anew: {} ({} so far)", cache, why, seen);
        }
        tell(hearing -> hearing.valueUnreadable(cache));
    }

    void notStored(String why) {
        long seen = notStored.incrementAndGet();
        if (isPowerOfTwo(seen)) {
            LOG.warn("cache '{}': a value is not stored in Redis: {} ({} so far)", cache, why, seen);
        }
        tell(hearing -> hearing.valueNotStored(cache));
    }

    void refreshFailed(Throwable why) {
        failed("a load in the background failed", why);
    }

    void servedInsteadOfFailure(Throwable why) {
        failed("a load failed, a value past its life is served", why);
    }

    // Callers never see these. Only the class: the message may quote keys.
    private void failed(String what, Throwable why) {
        long seen = failures.incrementAndGet();
        if (isPowerOfTwo(seen)) {
            LOG.warn(
                    "cache '{}': {}: the loader threw {} ({} so far)",
                    cache,
                    what,
                    why.getClass().getName(),
                    seen);
        }
        tell(hearing -> hearing.loadFailedUnseen(cache, why));
    }

    void queued(int queued) {
        LOG.debug("cache '{}': Redis is away, invalidation queued", cache);
        tell(hearing -> hearing.invalidationQueued(cache, queued));
    }

    void overflowed(int bound) {
        LOG.warn(
                "cache '{}': more than {} invalidations wait for Redis; all of the cache counts as absent once it is back",
                cache,
                bound);
    }

    void lost(int queued) {
        LOG.warn(
                "cache '{}': closed while Redis is away with {} invalidations unsent; other nodes may serve those values"
                        + " until they expire",
                cache,
                queued);
    }

    void generationChanged() {
        LOG.info("cache '{}': starts a new generation, earlier values count as absent", cache);
        tell(hearing -> hearing.generationChanged(cache));
    }

    void nearTierOpened() {
        LOG.info("cache '{}': hears invalidations of other nodes", cache);
        tell(hearing -> hearing.nearTierOpened(cache));
    }

    void nearTierClosed() {
        LOG.info("cache '{}': may miss invalidations of other nodes, near values are kept only briefly", cache);
        tell(hearing -> hearing.nearTierClosed(cache));
    }

    void trackingRefused(RuntimeException why) {
        LOG.warn(
                "cache '{}': Redis does not tell what others do to the values, only caches are heard: {}",
                cache,
                why.getMessage());
    }

    void redisFailed(RuntimeException cause) {
        LOG.debug("cache '{}': going on without Redis", cache, cause);
    }

    private void tell(Consumer<CacheListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            LOG.error("listener {} failed", listener.getClass().getName(), e);
        }
    }

    // Says it at once and then ever more rarely, without a clock.
    private static boolean isPowerOfTwo(long number) {
        return (number & (number - 1)) == 0;
    }
}

package dev.wellhead.cache;

import dev.wellhead.core.Coded;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A call that the cache could not carry out. Never because of Redis, and never in place of a loader's own exception. */
public final class CacheException extends RuntimeException implements Coded {
    private static final long serialVersionUID = 1L;

    /** Why the call ended. */
    public enum Reason {
        /** A loader asked for the key that it loads, or loaders wait for each other in a circle. */
        RECURSION("WH-CACHE-001"),
        /** The thread was interrupted while it waited for somebody else's load. Its interrupt flag is set. */
        INTERRUPTED("WH-CACHE-002"),
        /** The cache is closed. */
        CLOSED("WH-CACHE-003"),
        /** The load did not end within {@link CacheBuilder#hardLoadTimeout}. It goes on. */
        TIMEOUT("WH-CACHE-004");

        private final String code;

        Reason(String code) {
            this.code = code;
        }
    }

    /** Why the call ended. */
    private final Reason reason;

    private CacheException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    static CacheException recursion(String cache) {
        return new CacheException(
                Reason.RECURSION,
                who(cache) + "the loader in thread '" + Thread.currentThread().getName()
                        + "' asked for a key whose load waits for this loader; it would wait forever: load the inner value"
                        + " without the cache, or under another key",
                null);
    }

    static CacheException interrupted(String cache, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new CacheException(
                Reason.INTERRUPTED,
                who(cache) + "interrupted while waiting for a load that another caller runs",
                cause);
    }

    static CacheException closed(String cache) {
        return new CacheException(Reason.CLOSED, who(cache) + "closed; keep it open as long as it is used", null);
    }

    static CacheException timeout(String cache, long nanos) {
        return new CacheException(
                Reason.TIMEOUT,
                who(cache) + "no value within " + Duration.ofNanos(nanos)
                        + ", the load goes on; raise hardLoadTimeout, or allow old values (staleIfError)",
                null);
    }

    private static String who(String cache) {
        return "cache '" + cache + "': ";
    }

    /** Returns why the call ended. */
    public Reason reason() {
        return reason;
    }

    @Override
    public String code() {
        return reason.code;
    }
}

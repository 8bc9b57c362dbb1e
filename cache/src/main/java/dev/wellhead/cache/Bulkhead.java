package dev.wellhead.cache;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Bounds how many loaders run at once while Redis does not hold back the rest of the fleet. */
final class Bulkhead {
    // More than there can be waiters, and far from overflow.
    private static final int ALL = 1 << 30;

    private final String cache;
    private final Semaphore permits;
    // A loader that loads another key is inside already: waiting for a second permit, it could wait for itself.
    private final Set<Thread> inside = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Bulkhead(String cache, int size) {
        this.cache = cache;
        permits = new Semaphore(size, true);
    }

    /** @throws CacheException if interrupted or closed while waiting for a permit */
    <V extends @Nullable Object, E extends Exception> V run(Flights.Body<V, E> body) throws E {
        Thread me = Thread.currentThread();
        if (inside.contains(me)) {
            return body.run();
        }
        // An interrupted thread that need not wait is not turned away.
        if (!permits.tryAcquire()) {
            enter();
        }
        inside.add(me);
        try {
            return body.run();
        } finally {
            inside.remove(me);
            permits.release();
        }
    }

    private void enter() {
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            throw CacheException.interrupted(cache, e);
        }
        if (closed) {
            permits.release();
            throw CacheException.closed(cache);
        }
    }

    void close() {
        if (!closed) {
            closed = true;
            permits.release(ALL);
        }
    }
}

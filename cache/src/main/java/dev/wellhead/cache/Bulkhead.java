package dev.wellhead.cache;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Bounds how many loaders run at once in this process; more wait their turn, first come, first served. */
final class Bulkhead {
    /*
     * A place is free, or somebody's. leave() hands it to the longest waiting, or frees it; a waiter that gives up either
     * completes its future itself, and is then passed over, or has the place already, and leaves.
     */
    private final String cache;
    private final ReentrantLock placesLock = new ReentrantLock();
    private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();
    private int free;
    private boolean closed;
    // A loader that loads another key is inside already: waiting for a second place, it could wait for itself.
    private final Set<Thread> inside = ConcurrentHashMap.newKeySet();

    Bulkhead(String cache, int size) {
        this.cache = cache;
        free = size;
    }

    /** @throws CacheException if interrupted or closed while waiting for a place */
    <V extends @Nullable Object, E extends Exception> V run(Flights.Body<V, E> body) throws E {
        if (isInside()) {
            return body.run();
        }
        await(enter());
        try {
            return runInside(body);
        } finally {
            leave();
        }
    }

    /** Runs with a place that the caller has and gives back. */
    <V extends @Nullable Object, E extends Exception> V runInside(Flights.Body<V, E> body) throws E {
        Thread me = Thread.currentThread();
        inside.add(me);
        try {
            return body.run();
        } finally {
            inside.remove(me);
        }
    }

    boolean isInside() {
        return inside.contains(Thread.currentThread());
    }

    /** Is done once there is a place for the caller, who then must {@link #leave}; fails if closed. */
    CompletableFuture<Void> enter() {
        CompletableFuture<Void> place = new CompletableFuture<>();
        placesLock.lock();
        try {
            if (closed) {
                place.completeExceptionally(CacheException.closed(cache));
            } else if (free > 0) {
                free--;
                place.complete(null);
            } else {
                waiting.addLast(place);
            }
        } finally {
            placesLock.unlock();
        }
        return place;
    }

    void leave() {
        while (true) {
            CompletableFuture<Void> next;
            placesLock.lock();
            try {
                next = waiting.pollFirst();
                if (next == null) {
                    free++;
                    return;
                }
            } finally {
                placesLock.unlock();
            }
            if (next.complete(null)) {
                return;
            }
        }
    }

    void close() {
        List<CompletableFuture<Void>> left;
        placesLock.lock();
        try {
            closed = true;
            left = List.copyOf(waiting);
            waiting.clear();
        } finally {
            placesLock.unlock();
        }
        left.forEach(place -> place.completeExceptionally(CacheException.closed(cache)));
    }

    private void await(CompletableFuture<Void> place) {
        // An interrupted thread that need not wait is not turned away.
        if (place.isDone() && !place.isCompletedExceptionally()) {
            return;
        }
        try {
            place.get();
        } catch (InterruptedException e) {
            CacheException interrupted = CacheException.interrupted(cache, e);
            if (!place.completeExceptionally(interrupted) && !place.isCompletedExceptionally()) {
                leave();
            }
            throw interrupted;
        } catch (ExecutionException e) {
            throw CacheException.closed(cache);
        }
    }
}

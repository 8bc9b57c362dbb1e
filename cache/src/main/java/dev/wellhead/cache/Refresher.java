package dev.wellhead.cache;

import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Refreshes values in the background: each key once at a time, and not too many at once. */
final class Refresher<I> {
    private final Workers workers;
    private final Semaphore permits;
    private final Set<I> running = ConcurrentHashMap.newKeySet();

    Refresher(Workers workers, int most) {
        this.workers = workers;
        permits = new Semaphore(most);
    }

    /** Starts the work unless the key is being refreshed already, or too many are; says whether it did. */
    boolean start(I key, Runnable work) {
        if (!running.add(key)) {
            return false;
        }
        boolean started = permits.tryAcquire();
        if (started && !workers.load(() -> finish(key, work))) {
            permits.release();
            started = false;
        }
        if (!started) {
            running.remove(key);
        }
        return started;
    }

    /** Like {@link #start}, for work that returns at once and is done later. */
    boolean startAsync(I key, Supplier<? extends CompletionStage<?>> work) {
        if (!running.add(key)) {
            return false;
        }
        if (!permits.tryAcquire()) {
            running.remove(key);
            return false;
        }
        work.get().whenComplete((done, error) -> {
            running.remove(key);
            permits.release();
        });
        return true;
    }

    private void finish(I key, Runnable work) {
        try {
            work.run();
        } finally {
            running.remove(key);
            permits.release();
        }
    }
}

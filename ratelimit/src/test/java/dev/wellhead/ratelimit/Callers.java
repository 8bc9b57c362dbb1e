package dev.wellhead.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Threads that ask a limiter for one key, again and again. For one thread. */
final class Callers {
    private static final int THREADS = 4;

    private final AtomicInteger allowed = new AtomicInteger();
    private final AtomicLong slowest = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();

    private Callers(RateLimiter limiter, Limit limit, String key) {
        for (int i = 0; i < THREADS; i++) {
            threads.add(new Thread(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    long called = System.nanoTime();
                    allowed.addAndGet(limiter.tryAcquire(limit, key).allowed() ? 1 : 0);
                    slowest.accumulateAndGet(System.nanoTime() - called, Math::max);
                }
            }));
        }
    }

    static Callers start(RateLimiter limiter, Limit limit, String key) {
        Callers callers = new Callers(limiter, limit, key);
        callers.threads.forEach(Thread::start);
        return callers;
    }

    /** Returns how many calls were allowed so far. */
    int allowed() {
        return allowed.get();
    }

    Duration slowest() {
        return Duration.ofNanos(slowest.get());
    }

    void stop() throws InterruptedException {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join();
        }
    }
}

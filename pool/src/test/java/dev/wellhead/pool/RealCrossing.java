package dev.wellhead.pool;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** On real processors, with their caches and what the compiler makes of it; the threads start in the same instant. */
record RealCrossing(int runs) implements Crossing {
    private static final int LONGEST_HEAD_START = 200;

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "crossing");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public void repeat(Runnable scenario) {
        for (int i = 0; i < runs; i++) {
            scenario.run();
        }
    }

    @Override
    public void together(Runnable... parts) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicInteger toStart = new AtomicInteger(parts.length);
        AtomicInteger toEnd = new AtomicInteger(parts.length);
        for (Runnable part : parts) {
            THREADS.execute(() -> {
                try {
                    start(toStart);
                    part.run();
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                } finally {
                    toEnd.decrementAndGet();
                }
            });
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (toEnd.get() > 0) {
            CrossingRig.require(System.nanoTime() - deadline < 0, "every thread ends");
            Thread.yield();
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    private static void start(AtomicInteger toStart) {
        toStart.decrementAndGet();
        while (toStart.get() > 0) {
            Thread.yield();
        }
        for (int spins = ThreadLocalRandom.current().nextInt(LONGEST_HEAD_START); spins > 0; spins--) {
            Thread.onSpinWait();
        }
    }
}

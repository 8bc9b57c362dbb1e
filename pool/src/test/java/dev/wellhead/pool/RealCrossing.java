package dev.wellhead.pool;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** On real processors, with their caches and what the compiler makes of it; the threads start in the same instant. */
record RealCrossing(int runs) implements Crossing {
    private static final int LONGEST_HEAD_START_BITS = 8;
    private static final int PATIENT_SPINS = 2000;

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

    /** Starts the threads within nanoseconds of each other, or a random while apart: windows are of all widths. */
    private static void start(AtomicInteger toStart) {
        int headStart = ThreadLocalRandom.current()
                .nextInt(1 << ThreadLocalRandom.current().nextInt(LONGEST_HEAD_START_BITS));
        toStart.decrementAndGet();
        for (int spins = 0; toStart.get() > 0; spins++) {
            if (spins > PATIENT_SPINS) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
        for (int spins = headStart; spins > 0; spins--) {
            Thread.onSpinWait();
        }
    }
}

package dev.wellhead.pool;

import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.Lincheck;

/**
 * A model checker decides at each access to shared memory who goes on, and tries so many schedules, those with few
 * switches first. It knows no weak memory: for that there is {@link RealCrossing}.
 */
record ModelledCrossing(int schedules) implements Crossing {
    @Override
    public void repeat(Runnable scenario) {
        // Class initialization is none of the schedules' business.
        scenario.run();
        Lincheck.runConcurrentTest(schedules, scenario);
    }

    @Override
    public void together(Runnable... parts) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread[] threads = new Thread[parts.length];
        for (int i = 0; i < parts.length; i++) {
            Runnable part = parts[i];
            threads[i] = new Thread(() -> {
                try {
                    part.run();
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            });
        }
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }
}

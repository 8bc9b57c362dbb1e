package dev.wellhead.pool;

import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.Lincheck;

/** Under a model checker, which decides at each access to shared memory who goes on. */
class SlotsCrossingTest extends SlotsCrossingContract {
    private static final int SCHEDULES = Integer.getInteger("schedules", 1000);

    @Override
    void crossing(Runnable scenario) {
        // Class initialization is none of the schedules' business.
        scenario.run();
        Lincheck.runConcurrentTest(SCHEDULES, scenario);
    }

    @Override
    void together(Runnable... parts) {
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

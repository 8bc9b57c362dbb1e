package dev.wellhead.cache;

import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** In place of a timer: the simulation calls. */
final class SimulatedTimer extends ScheduledThreadPoolExecutor {
    SimulatedTimer(int threads, ThreadFactory factory, RejectedExecutionHandler handler) {
        super(threads, factory, handler);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return new Scheduled(task, unit.toNanos(delay), 0);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long delay, long period, TimeUnit unit) {
        return new Scheduled(task, unit.toNanos(delay), unit.toNanos(period));
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long delay, long period, TimeUnit unit) {
        return scheduleAtFixedRate(task, delay, period, unit);
    }

    private static final class Scheduled extends FutureTask<Void> implements ScheduledFuture<Void> {
        private static final Callable<Void> NOTHING = () -> null;

        private final Runnable task;
        private final long period;

        Scheduled(Runnable task, long delay, long period) {
            super(NOTHING);
            this.task = task;
            this.period = period;
            Simulation.current().after(delay, this::ring);
        }

        private void ring() {
            if (isCancelled()) {
                return;
            }
            task.run();
            if (period > 0) {
                Simulation.current().after(period, this::ring);
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int compareTo(Delayed other) {
            throw new UnsupportedOperationException();
        }
    }
}

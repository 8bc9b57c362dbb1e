package dev.wellhead.benchmarks.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** One run of a {@link Load}. */
final class LoadRun {
    /*
     * A wait counts if it ended after the warm-up and began before the end, however long it lasted: so those count that
     * somebody overtook until the others had gone. A borrow counts for its caller if it was had within the time.
     */
    private static final int MOST_COUNTERS = 64;

    private final BenchedPool pool;
    private final Load load;
    private final Latencies[] waits;
    private final long[] borrows;
    private final AtomicLong holdNanos = new AtomicLong();
    private final AtomicLong holds = new AtomicLong();
    private final LongAdder failed = new LongAdder();
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile long begin;
    private volatile long end;

    /**
     * What was seen.
     *
     * @param waits all that counted
     * @param borrowsOfEach how often each caller had a connection
     * @param meanHoldNanos of all borrows that counted; zero if none was held
     * @param cpu processor time of this JVM
     * @param failed borrows that ended in an exception
     */
    record Result(Latencies waits, List<Long> borrowsOfEach, double meanHoldNanos, Duration cpu, long failed) {
        long borrows() {
            return borrowsOfEach.stream().mapToLong(Long::longValue).sum();
        }
    }

    LoadRun(BenchedPool pool, Load load) {
        this.pool = pool;
        this.load = load;
        waits = new Latencies[Math.min(MOST_COUNTERS, load.callers())];
        Arrays.setAll(waits, i -> new Latencies());
        borrows = new long[load.callers()];
    }

    Result run() {
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < load.callers(); i++) {
            int caller = i;
            callers.add(load.threads().start(() -> call(caller)));
        }
        begin = System.nanoTime() + load.warmup().toNanos();
        end = begin + load.length().toNanos();
        started.countDown();
        Parking.until(begin);
        Duration before = cpu();
        Parking.until(end);
        Duration cpu = cpu().minus(before);
        callers.forEach(LoadRun::join);
        Latencies all = new Latencies();
        for (Latencies some : waits) {
            all.add(some);
        }
        double meanHold = (double) holdNanos.get() / Math.max(1, holds.get());
        return new Result(all, Arrays.stream(borrows).boxed().toList(), meanHold, cpu, failed.sum());
    }

    private void call(int caller) {
        Latencies mine = waits[caller % waits.length];
        long hold = load.hold().toNanos();
        try {
            started.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts callers", e);
        }
        long from = begin;
        long until = end;
        long had = 0;
        long heldNanos = 0;
        long held = 0;
        for (long asked = System.nanoTime(); asked < until; asked = System.nanoTime()) {
            long got;
            boolean borrowed = false;
            try (Connection connection = pool.get()) {
                got = System.nanoTime();
                borrowed = true;
                if (hold > 0) {
                    Parking.nanos(hold);
                    if (got >= from) {
                        heldNanos += System.nanoTime() - got;
                        held++;
                    }
                }
            } catch (SQLException e) {
                got = System.nanoTime();
                failed.increment();
            }
            if (got >= from) {
                mine.record(got - asked);
                had += borrowed && got < until ? 1 : 0;
            }
        }
        borrows[caller] = had;
        holdNanos.addAndGet(heldNanos);
        holds.addAndGet(held);
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this program", e);
        }
    }
}

package dev.wellhead.benchmarks.pool;

import dev.wellhead.benchmarks.program.Latencies;
import dev.wellhead.benchmarks.program.Parking;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

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
    // Of each caller: when its loans that counted began, and how long they were held.
    private final List<List<long[]>> holds;
    private final LongAdder failed = new LongAdder();
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile long begin;
    private volatile long end;

    /**
     * What was seen.
     *
     * @param waits all that counted
     * @param borrowsOfEach how often each caller had a connection
     * @param holdNanos of all borrows that counted, in their order; none if they were not held
     * @param cpu processor time of this JVM
     * @param failed borrows that ended in an exception
     */
    record Result(Latencies waits, List<Long> borrowsOfEach, List<Long> holdNanos, Duration cpu, long failed) {
        double meanHoldNanos() {
            return holdNanos.stream().mapToLong(Long::longValue).average().orElse(0);
        }

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
        holds = Stream.generate(() -> (List<long[]>) new ArrayList<long[]>())
                .limit(load.callers())
                .toList();
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
        List<long[]> held = holds.stream().flatMap(List::stream).toList();
        return new Result(all, Arrays.stream(borrows).boxed().toList(), InTurn.inOrder(held), cpu, failed.sum());
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
        List<long[]> held = holds.get(caller);
        for (long asked = System.nanoTime(); asked < until; asked = System.nanoTime()) {
            long got;
            boolean borrowed = false;
            try (Connection connection = pool.get()) {
                got = System.nanoTime();
                borrowed = true;
                if (hold > 0) {
                    Parking.nanos(hold);
                    if (got >= from) {
                        held.add(new long[] {got, System.nanoTime() - got});
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

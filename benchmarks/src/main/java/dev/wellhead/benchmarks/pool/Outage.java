package dev.wellhead.benchmarks.pool;

import dev.wellhead.benchmarks.program.Latencies;
import dev.wellhead.benchmarks.program.Parking;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One outage under {@value #CALLERS} callers, each of which asks again some milliseconds after every answer. */
final class Outage {
    private static final int CALLERS = 8;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final Duration BEFORE = Duration.ofSeconds(1);
    private static final Duration UNTIL_OPEN = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETURN = Duration.ofSeconds(10);
    private static final long NEVER = Long.MAX_VALUE;

    private final StubDatabase database;
    private final BenchedPool pool;
    private final Latencies failures = new Latencies();
    private final AtomicLong firstSuccess = new AtomicLong(NEVER);
    private volatile long down = NEVER;
    private volatile long up = NEVER;
    private volatile boolean over;

    Outage(StubDatabase database, BenchedPool pool) {
        this.database = database;
        this.pool = pool;
    }

    /** Runs it and waits for the first success, 10 s at most. */
    void run(Duration length) throws InterruptedException {
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(Threads.PLATFORM.start(this::ask));
        }
        Parking.nanos(BEFORE.toNanos());
        database.countAnew();
        down = System.nanoTime();
        database.goDown();
        Parking.until(down + length.toNanos());
        up = System.nanoTime();
        database.comeBack();
        long deadline = up + LONGEST_RETURN.toNanos();
        while (firstSuccess.get() == NEVER && System.nanoTime() < deadline) {
            Parking.nanos(PAUSE_NANOS);
        }
        over = true;
        for (Thread caller : callers) {
            caller.join();
        }
    }

    /** Returns how many connects were begun in this part of the outage. */
    long attempts(Duration from, Duration until) {
        long begin = down + from.toNanos();
        long end = Math.min(up, down + until.toNanos());
        return database.attempts().stream()
                .filter(at -> at >= begin && at < end)
                .count();
    }

    /** Returns how long callers took to fail, of those that asked a second after it began, or later. */
    Latencies failures() {
        return failures;
    }

    /** Returns the time from the database's return to the first success; ten seconds if there was none. */
    long backNanos() {
        return Math.min(LONGEST_RETURN.toNanos(), firstSuccess.get() - up);
    }

    private void ask() {
        while (!over) {
            long asked = System.nanoTime();
            try (Connection connection = pool.get();
                    PreparedStatement statement = connection.prepareStatement("select 1")) {
                statement.execute();
                succeeded(System.nanoTime());
            } catch (SQLException e) {
                failed(asked, System.nanoTime());
            }
            Parking.nanos(PAUSE_NANOS);
        }
    }

    private void succeeded(long now) {
        // What was executed before the end of the outage failed.
        if (up != NEVER) {
            firstSuccess.accumulateAndGet(now, Math::min);
        }
    }

    private void failed(long asked, long now) {
        if (down != NEVER && asked >= down + UNTIL_OPEN.toNanos() && up == NEVER) {
            failures.record(now - asked);
        }
    }
}

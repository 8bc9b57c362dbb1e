package dev.wellhead.examples.gameday;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/** One replica runs a query that takes a processor for a second and more, again and again. */
final class SlowQueries implements Scene {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int VICTIM = 1;
    private static final int THREADS = 2;
    // Times the p99 before: less may be chance.
    private static final double NOTICED = 1.5;
    private static final String SLOW = "wellhead_pool_slow_total";
    private static final String TEXT = "cross join flowers";

    @Override
    public String name() {
        return "slow-query";
    }

    @Override
    public String title() {
        return "A replica runs a slow query";
    }

    @Override
    public String told() {
        return "Code in one replica compares each flower with each pair of others, on two threads, one query behind the other.";
    }

    @Override
    public void play(Stage stage) {
        stage.count(SLOW, "");
        int port = stage.fleet().replica(VICTIM).faultPort();
        long until = System.nanoTime() + stage.timing().during().toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> repeat(port, until), "game-day-slow-query");
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
    }

    private static void repeat(int port, long until) {
        do {
            Http.post(port, "/slow-query", PATIENCE);
        } while (System.nanoTime() - until < 0);
    }

    @Override
    public void lookBack(Stage stage) {
        stage.expectLog(
                "slow statement, and the query", line -> line.contains("slow statement") && line.contains(TEXT));
        stage.expectGrowth(SLOW, "");
        String pool =
                Http.get(stage.fleet().port(VICTIM).orElseThrow(), "/pool").body();
        stage.expect(pool.contains(TEXT), "`/pool` of the replica lists the query");
    }

    @Override
    public String reading(Outcome outcome) {
        return outcome.failed() + "; " + outcome.slowest() + ": "
                + (outcome.during().p99() > NOTICED * outcome.before().p99()
                        ? "the query takes processors that other requests would have, and the log names it."
                        : "at this rate the machine had enough left for the others, so the log names the query before"
                                + " users notice it.");
    }
}

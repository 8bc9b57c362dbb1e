package dev.wellhead.examples.gameday;

import java.time.Duration;
import java.util.Locale;

/** One replica forgets connections, as many as its pool has. */
final class Leak implements Scene {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int VICTIM = 0;
    private static final String LEAKS = "wellhead_pool_leaks_total";
    private static final String TAKEN_AWAY = "connection taken away from thread";

    @Override
    public String name() {
        return "leak";
    }

    @Override
    public String title() {
        return "A replica leaks all its connections";
    }

    @Override
    public String told() {
        return "Code in one replica borrows connections and forgets them, until its pool of " + Fleet.POOL_SIZE
                + " has none left.";
    }

    @Override
    public void play(Stage stage) {
        stage.count(LEAKS, "");
        int port = stage.fleet().replica(VICTIM).faultPort();
        long from = System.nanoTime();
        int planted = 0;
        for (int i = 0; i < Fleet.POOL_SIZE; i++) {
            planted += Http.post(port, "/leak", Duration.ofSeconds(10)).status() == 204 ? 1 : 0;
        }
        stage.expect(planted == Fleet.POOL_SIZE, planted + " connections were leaked, of " + Fleet.POOL_SIZE);
        stage.expectLog(
                "connection not given back, and the line",
                line -> line.contains("connection not given back")
                        && line.contains("gameday.Faults.forget(Faults.java:"));
        boolean reclaimed =
                Waiting.until(PATIENCE, Stage.LOG_POLL, () -> stage.countLogged(TAKEN_AWAY) >= Fleet.POOL_SIZE);
        stage.expect(
                reclaimed,
                String.format(
                        Locale.ROOT,
                        "the pool took away %d connections with which nothing was done, the last %.1f s after the first leak",
                        stage.countLogged(TAKEN_AWAY),
                        (System.nanoTime() - from) / 1e9));
    }

    @Override
    public void lookBack(Stage stage) {
        stage.expectGrowth(LEAKS, "");
        stage.expect(stage.hasSaid(VICTIM, "degraded"), "the replica said `degraded` meanwhile");
    }

    @Override
    public String reading(Outcome outcome) {
        return outcome.failed() + "; " + outcome.slowest()
                + ": what had to go to the database at one replica of three waited for a connection, in vain at worst, until"
                + " the pool took back what was forgotten; the log names the line that forgot.";
    }
}

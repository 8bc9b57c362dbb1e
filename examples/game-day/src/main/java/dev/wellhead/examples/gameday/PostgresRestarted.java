package dev.wellhead.examples.gameday;

import java.time.Duration;
import java.util.Locale;

/** The database is stopped in order and started again later. */
final class PostgresRestarted implements Scene {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Override
    public String name() {
        return "postgres-restarted";
    }

    @Override
    public String title() {
        return "PostgreSQL is restarted";
    }

    @Override
    public String told() {
        return "PostgreSQL is stopped, which cuts all connections, and started again later.";
    }

    @Override
    public void play(Stage stage) {
        stage.fleet().postgres().stop();
        long from = System.nanoTime();
        boolean down = Waiting.until(PATIENCE, () -> stage.balancer().all("down"));
        stage.expect(
                down,
                String.format(
                        Locale.ROOT,
                        "all replicas said `down` after %.1f s, so the balancer had none to send to",
                        (System.nanoTime() - from) / 1e9));
        boolean live = true;
        for (int i = 0; i < Fleet.REPLICAS; i++) {
            live &= stage.fleet().replica(i).status("/health/live") == 200;
        }
        stage.expect(live, "`/health/live` was 200 at all replicas meanwhile: nobody restarts what only waits");
        Waiting.untilNanos(from + stage.timing().during().toNanos());
        stage.fleet().postgres().start();
    }

    @Override
    public void lookBack(Stage stage) {
        stage.expectLog("cannot connect to the database");
        stage.expectLog("connected to the database again after");
    }

    @Override
    public String reading(Outcome outcome) {
        return outcome.failed()
                + outcome.readyAgain()
                        .map(time -> String.format(
                                Locale.ROOT,
                                ": nothing works without the database, failures were quick, and %.1f s after it took"
                                        + " connections again all replicas did too, with nobody's help.",
                                time.toMillis() / 1e3))
                        .orElse(", and not all replicas came back.");
    }
}

package dev.wellhead.examples.gameday;

import dev.wellhead.testkit.RedisServer;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/** Redis does not answer for a while: refused at once when its process is gone, or silent when it hangs. */
final class RedisAway implements Scene {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String DECISIONS = "wellhead_ratelimit_decisions_total";
    private static final String LOCALLY = "source=\"local_fallback\"";

    private final String name;
    private final String title;
    private final String told;
    private final Consumer<RedisServer> breaking;
    private final Consumer<RedisServer> mending;

    private RedisAway(
            String name, String title, String told, Consumer<RedisServer> breaking, Consumer<RedisServer> mending) {
        this.name = name;
        this.title = title;
        this.told = told;
        this.breaking = breaking;
        this.mending = mending;
    }

    static Scene killed() {
        return new RedisAway(
                "redis-killed",
                "Redis is killed and started again",
                "Redis gets a kill -9 and is started again later, empty: connections break, and new ones are refused.",
                RedisServer::kill,
                RedisServer::start);
    }

    static Scene hung() {
        return new RedisAway(
                "redis-hung",
                "Redis hangs and goes on",
                "Redis is stopped where it stands (SIGSTOP): connections stay open, and nothing answers. Then it goes on.",
                RedisServer::pause,
                RedisServer::resume);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public String told() {
        return told;
    }

    @Override
    public void play(Stage stage) {
        stage.count(DECISIONS, LOCALLY);
        breaking.accept(stage.fleet().redis());
        long from = System.nanoTime();
        boolean degraded = Waiting.until(PATIENCE, () -> stage.balancer().all("degraded"));
        stage.expect(
                degraded,
                String.format(
                        Locale.ROOT,
                        "all replicas said `degraded` after %.1f s, and stayed ready",
                        (System.nanoTime() - from) / 1e9));
        Waiting.untilNanos(from + stage.timing().during().toNanos());
        double open = stage.fleet().sum("wellhead_redis_breaker_open", "");
        stage.expect(
                open == Fleet.REPLICAS,
                String.format(
                        Locale.ROOT, "metric `wellhead_redis_breaker_open`: 1 in %.0f of %d", open, Fleet.REPLICAS));
        stage.expectGrowth(DECISIONS, LOCALLY);
        mending.accept(stage.fleet().redis());
    }

    @Override
    public void lookBack(Stage stage) {
        stage.expectLog("is away, calls go on without it");
        stage.expectLog("is back");
    }

    @Override
    public String reading(Outcome outcome) {
        return outcome.failed() + "; " + outcome.slowest() + ": "
                + (outcome.during().failed() == 0
                        ? "values came from memory or the database, and each replica went on counting for itself."
                        : "no request needs Redis, so what failed did so for another reason, which its kind above tells.");
    }
}

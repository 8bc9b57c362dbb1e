package dev.wellhead.console;

import dev.wellhead.console.Histogram.Interval;
import dev.wellhead.redis.Redis;
import dev.wellhead.redis.RedisStats;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Redis client: whether it is connected, how its breaker stands, and what became of calls. */
final class RedisCard implements Card {
    private final String name;
    private final Redis redis;
    private final Percentiles latency;
    private final Rate succeeded = new Rate();
    private final Rate failed = new Rate();
    private final Rate spared = new Rate();

    RedisCard(String name, Redis redis, ConsoleMetrics metrics) {
        this.name = name;
        this.redis = redis;
        this.latency = new Percentiles(() -> metrics.timer(ConsoleMetrics.REDIS_LATENCY, name));
    }

    @Override
    public String kind() {
        return "redis";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> columns() {
        return List.of("succeeded", "failed", "spared", "open", "p50", "p99");
    }

    @Override
    public void sample(long nowNanos, double[] into) {
        RedisStats stats = redis.stats();
        into[0] = succeeded.next(stats.succeeded(), nowNanos);
        into[1] = failed.next(failures(stats), nowNanos);
        into[2] = spared.next(stats.shortCircuited(), nowNanos);
        into[3] = stats.breakerOpen() ? 1 : 0;
        Interval took = latency.next(nowNanos);
        if (took != null) {
            into[4] = took.millis(0.5);
            into[5] = took.millis(0.99);
        }
    }

    @Override
    public Map<String, @Nullable Object> now() {
        RedisStats stats = redis.stats();
        return Json.object(
                "health",
                Healths.shown(redis.health()),
                "connected",
                stats.connected(),
                "breakerOpen",
                stats.breakerOpen(),
                "breakerOpened",
                stats.breakerOpened(),
                "cluster",
                redis.isCluster(),
                "budgetMs",
                redis.budget().toNanos() / 1e6,
                "succeeded",
                stats.succeeded(),
                "timedOut",
                stats.timedOut(),
                "disconnected",
                stats.disconnected(),
                "refused",
                stats.refused(),
                "failed",
                stats.failed(),
                "denied",
                stats.denied(),
                "spared",
                stats.shortCircuited(),
                "latency",
                Percentiles.shown(latency.lastMinute()));
    }

    private static long failures(RedisStats stats) {
        return stats.timedOut() + stats.disconnected() + stats.refused() + stats.failed() + stats.denied();
    }
}

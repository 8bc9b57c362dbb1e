package dev.wellhead.console;

import dev.wellhead.cache.Cache;
import dev.wellhead.cache.CacheStats;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A cache: how often each tier had what was asked for, and how many loads it spared the database. */
final class CacheCard implements Card {
    private final String name;
    private final Cache<?, ?> cache;
    private final Rate nearHits = new Rate();
    private final Rate nearMisses = new Rate();
    private final Rate farHits = new Rate();
    private final Rate farMisses = new Rate();
    private final Rate loads = new Rate();
    private final Rate avoided = new Rate();

    CacheCard(String name, Cache<?, ?> cache) {
        this.name = name;
        this.cache = cache;
    }

    @Override
    public String kind() {
        return "cache";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> columns() {
        return List.of("nearHits", "farHits", "loads", "avoided", "nearRatio", "farRatio");
    }

    @Override
    public void sample(long nowNanos, double[] into) {
        CacheStats stats = cache.stats();
        double near = nearHits.next(stats.nearHits(), nowNanos);
        double nearMissed = nearMisses.next(stats.nearMisses(), nowNanos);
        double far = farHits.next(stats.farHits(), nowNanos);
        double farMissed = farMisses.next(stats.farMisses(), nowNanos);
        into[0] = near;
        into[1] = far;
        into[2] = loads.next(stats.loads(), nowNanos);
        into[3] = avoided.next(stats.processWaits() + stats.fleetWaits(), nowNanos);
        into[4] = near / (near + nearMissed);
        into[5] = far / (far + farMissed);
    }

    @Override
    public Map<String, @Nullable Object> now() {
        CacheStats stats = cache.stats();
        return Json.object(
                "health",
                Healths.shown(cache.health()),
                "nearHits",
                stats.nearHits(),
                "nearMisses",
                stats.nearMisses(),
                "farHits",
                stats.farHits(),
                "farMisses",
                stats.farMisses(),
                "nearSize",
                stats.nearSize(),
                "processWaits",
                stats.processWaits(),
                "fleetWaits",
                stats.fleetWaits(),
                "loads",
                stats.loads(),
                "loadFailures",
                stats.loadFailures(),
                "loadMs",
                stats.loads() == 0 ? Double.NaN : stats.loadTime().toNanos() / 1e6 / stats.loads(),
                "refreshes",
                stats.refreshes(),
                "stale",
                stats.staleRevalidating() + stats.staleFailing() + stats.staleLate(),
                "timeouts",
                stats.timeouts(),
                "queuedInvalidations",
                stats.queuedInvalidations(),
                "awayCalls",
                stats.awayCalls(),
                "redisAway",
                stats.redisAway(),
                "lagMs",
                stats.invalidationLag().map(lag -> lag.toNanos() / 1e6).orElse(null));
    }
}

package dev.wellhead.console;

import dev.wellhead.ratelimit.Decision;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.ratelimit.RateLimiterStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A limiter: how many it let pass, who decided, and whom it denied most. */
final class LimiterCard implements Card {
    private static final int MOST_KEYS = 10;

    private final String name;
    private final RateLimiter limiter;
    private final Rate allowed = new Rate();
    private final Rate denied = new Rate();
    private final Rate fallbacks = new Rate();

    LimiterCard(String name, RateLimiter limiter) {
        this.name = name;
        this.limiter = limiter;
    }

    @Override
    public String kind() {
        return "limiter";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> columns() {
        return List.of("allowed", "denied", "fallbacks");
    }

    @Override
    public void sample(long nowNanos, double[] into) {
        RateLimiterStats stats = limiter.stats();
        into[0] = allowed.next(stats.allowed(), nowNanos);
        into[1] = denied.next(stats.denied() + stats.never(), nowNanos);
        into[2] = fallbacks.next(stats.fallbacks(), nowNanos);
    }

    @Override
    public Map<String, @Nullable Object> now() {
        RateLimiterStats stats = limiter.stats();
        List<Map<String, @Nullable Object>> sources = new ArrayList<>();
        for (Decision.Source source : Decision.Source.values()) {
            sources.add(Json.object("source", source, "decisions", stats.decisions(source)));
        }
        return Json.object(
                "health",
                Healths.shown(limiter.health()),
                "allowed",
                stats.allowed(),
                "denied",
                stats.denied(),
                "never",
                stats.never(),
                "fallbacks",
                stats.fallbacks(),
                "trips",
                stats.redisTrips(),
                "sharedTrips",
                stats.sharedTrips(),
                "failedTrips",
                stats.failedTrips(),
                "stateLosses",
                stats.stateLosses(),
                "localKeys",
                stats.localKeys(),
                "sources",
                sources,
                "deniedKeys",
                deniedKeys());
    }

    /** Returns null if nobody watches which keys are denied. */
    private @Nullable List<Map<String, @Nullable Object>> deniedKeys() {
        if (!(limiter instanceof WatchedLimiter watched)) {
            return null;
        }
        return watched.mostDenied(MOST_KEYS).stream()
                .map(key -> Json.object("limit", key.limit(), "hash", key.hash(), "denied", key.denied()))
                .toList();
    }
}

package dev.wellhead.spring;

import dev.wellhead.ratelimit.FailurePolicy;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.spring.RateLimitProperties.Algorithm;
import dev.wellhead.spring.RateLimitProperties.LimitSettings;
import dev.wellhead.spring.RateLimitProperties.OnFailure;
import dev.wellhead.spring.WellheadConfigurationException.Reason;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The limits of {@code wellhead.ratelimit.limits}. Each is a bean of its own, too: a parameter {@code Limit perIp} is the
 * limit {@code per-ip}. Immutable and thread-safe.
 */
public final class Limits {
    static final String PREFIX = "wellhead.ratelimit.limits";
    private static final double HALF = 0.5;

    private final SortedMap<String, Limit> limits = new TreeMap<>();

    Limits(Map<String, LimitSettings> settings) {
        settings.forEach((name, limit) -> limits.put(name, limit(name, limit)));
    }

    /**
     * Returns the limit of this name.
     *
     * @param name as it stands in the properties
     * @throws WellheadConfigurationException if there is none
     */
    public Limit get(String name) {
        Limit limit = limits.get(name);
        if (limit == null) {
            throw new WellheadConfigurationException(
                    Reason.LIMIT,
                    "there is no limit '" + name + "'; set " + PREFIX + "." + name + ".permits and .per"
                            + (limits.isEmpty() ? "" : ", or take one of " + limits.keySet()));
        }
        return limit;
    }

    /** Returns all limits by name. */
    public SortedMap<String, Limit> all() {
        return new TreeMap<>(limits);
    }

    private static Limit limit(String name, LimitSettings from) {
        Long permits = from.permits();
        Duration per = from.per();
        if (permits == null || per == null) {
            throw refusal(name, "needs permits and per, as permits: 100 and per: 1m");
        }
        require(from.burst() == null || from.algorithm() == Algorithm.TOKEN_BUCKET, name, "burst", "a token-bucket");
        require(from.lease() == null || from.algorithm() == Algorithm.TOKEN_BUCKET, name, "lease", "a token-bucket");
        require(from.queue() == null || from.algorithm() == Algorithm.LEAKY, name, "queue", "a leaky queue");
        try {
            Limit limit = switch (from.algorithm()) {
                case TOKEN_BUCKET -> bucket(Limit.tokenBucket(name, permits, per), from);
                case FIXED_WINDOW -> Limit.fixedWindow(name, permits, per);
                case SLIDING_COUNTER -> Limit.slidingCounter(name, permits, per);
                case SLIDING_LOG -> Limit.slidingLog(name, permits, per);
                case LEAKY -> leaky(name, permits, per, from.queue());
            };
            OnFailure onFailure = from.onFailure();
            return onFailure == null ? limit : limit.onFailure(policy(onFailure, from.localShare()));
        } catch (IllegalArgumentException e) {
            throw new WellheadConfigurationException(
                    Reason.LIMIT, PREFIX + "." + name + " is refused: " + e.getMessage(), e);
        }
    }

    private static Limit bucket(Limit bucket, LimitSettings from) {
        Limit limit = from.burst() == null ? bucket : bucket.burst(from.burst());
        return from.lease() == null ? limit : limit.leased(from.lease());
    }

    private static Limit leaky(String name, long permits, Duration per, @Nullable Long queue) {
        if (queue == null) {
            throw refusal(name, "needs queue, how many may wait");
        }
        return Limit.leaky(name, permits, per, queue);
    }

    private static void require(boolean holds, String name, String property, String algorithm) {
        if (!holds) {
            throw refusal(name, "has " + property + ", which only " + algorithm + " has; remove it");
        }
    }

    /** @param share null for the default */
    static FailurePolicy policy(OnFailure onFailure, @Nullable Double share) {
        return switch (onFailure) {
            case OPEN -> FailurePolicy.open();
            case CLOSED -> FailurePolicy.closed();
            case LOCAL -> FailurePolicy.local(share == null ? HALF : share);
        };
    }

    private static WellheadConfigurationException refusal(String name, String what) {
        return new WellheadConfigurationException(Reason.LIMIT, PREFIX + "." + name + " " + what);
    }
}

package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Decision.Quota;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes a decision as HTTP response headers, in the order in which they should be sent. What nobody knows is left out: a
 * decision that no bucket stands behind has no counts, and one that can never be allowed has no {@code Retry-After}. Times
 * are whole seconds, rounded up. All methods are pure.
 */
public final class RateLimitHeaders {
    private static final String RETRY_AFTER = "Retry-After";
    // What an integer of a structured field may be.
    private static final long LARGEST_INTEGER = 999_999_999_999_999L;

    private RateLimitHeaders() {}

    /**
     * Returns {@code RateLimit-Policy}, {@code RateLimit} and {@code Retry-After} after
     * draft-ietf-httpapi-ratelimit-headers-11. A policy's quota is the burst and its window the time in which an empty
     * bucket fills, or that of a fixed window. A denied ask reports the limits in its way only, with the time after which
     * each would allow it, so that no reset lies behind {@code Retry-After}.
     */
    public static Map<String, String> ietf(Decision decision) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(
                "RateLimit-Policy",
                decision.limits().stream()
                        .distinct()
                        .map(RateLimitHeaders::policy)
                        .collect(Collectors.joining(", ")));
        List<Quota> reported = decision.quotas().stream()
                .filter(quota -> decision.allowed() || quota.violated())
                .toList();
        if (!reported.isEmpty()) {
            headers.put(
                    "RateLimit",
                    reported.stream()
                            .map(quota -> item(quota, decision.allowed() ? quota.resetAfter() : quota.retryAfter()))
                            .collect(Collectors.joining(", ")));
        }
        addRetryAfter(headers, decision);
        return Collections.unmodifiableMap(headers);
    }

    /**
     * Returns {@code X-RateLimit-Limit}, {@code -Remaining} and {@code -Reset} (seconds from now until the bucket is full)
     * of the limit in the way or, of an allowed ask, of the one with least left; and {@code Retry-After}.
     */
    public static Map<String, String> legacy(Decision decision) {
        Map<String, String> headers = new LinkedHashMap<>();
        tightest(decision).ifPresent(quota -> {
            headers.put("X-RateLimit-Limit", Long.toString(quota.limit().burst()));
            headers.put("X-RateLimit-Remaining", Long.toString(quota.remaining()));
            headers.put("X-RateLimit-Reset", Long.toString(seconds(quota.resetAfter())));
        });
        addRetryAfter(headers, decision);
        return Collections.unmodifiableMap(headers);
    }

    private static Optional<Quota> tightest(Decision decision) {
        return decision.allowed()
                ? decision.quotas().stream().min(Comparator.comparingLong(Quota::remaining))
                : decision.quotas().stream().max(Comparator.comparing(Quota::retryAfter));
    }

    private static void addRetryAfter(Map<String, String> headers, Decision decision) {
        if (!decision.allowed() && !decision.never()) {
            headers.put(RETRY_AFTER, Long.toString(seconds(decision.retryAfter())));
        }
    }

    private static String policy(Limit limit) {
        long window = Math.max(
                1,
                seconds(Duration.ofNanos(1_000).multipliedBy(limit.algorithm().refillMicros())));
        return '"' + limit.name() + "\";q=" + integer(limit.burst()) + ";w=" + integer(window);
    }

    private static String item(Quota quota, Duration t) {
        return '"' + quota.limit().name() + "\";r=" + integer(quota.remaining()) + ";t=" + integer(seconds(t));
    }

    private static long integer(long value) {
        return Math.min(value, LARGEST_INTEGER);
    }

    private static long seconds(Duration duration) {
        return duration.toSeconds() + (duration.toNanosPart() == 0 ? 0 : 1);
    }
}

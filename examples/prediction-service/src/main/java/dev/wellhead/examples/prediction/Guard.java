package dev.wellhead.examples.prediction;

import dev.wellhead.ratelimit.ClientIp;
import dev.wellhead.ratelimit.Decision;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimitHeaders;
import dev.wellhead.ratelimit.RateLimiter;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Lets a request through if its client's limit allows, and tells the client where it stands. Thread-safe. */
final class Guard {
    private final RateLimiter limiter;
    private final Limit limit;
    private final Set<String> trustedProxies;

    Guard(RateLimiter limiter, Limit limit, Set<String> trustedProxies) {
        this.limiter = limiter;
        this.limit = limit;
        this.trustedProxies = trustedProxies;
    }

    /** Returns the handler behind the limit. */
    HttpApi.Handler limited(HttpApi.Handler handler) {
        return request -> {
            String client = ClientIp.key(
                    request.remoteAddress().getHostAddress(), request.header("X-Forwarded-For"), trustedProxies);
            Decision decision = limiter.tryAcquire(limit, client);
            Map<String, String> headers = new TreeMap<>(RateLimitHeaders.legacy(decision));
            headers.putAll(RateLimitHeaders.ietf(decision));
            if (!decision.allowed()) {
                return Response.error(429, "too many requests; see Retry-After").with(headers);
            }
            return handler.handle(request).with(headers);
        };
    }
}

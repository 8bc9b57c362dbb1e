package dev.wellhead.examples.prediction;

import dev.wellhead.ratelimit.Ask;
import dev.wellhead.ratelimit.ClientIp;
import dev.wellhead.ratelimit.Decision;
import dev.wellhead.ratelimit.FailurePolicy;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimitHeaders;
import dev.wellhead.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request through if the limits of its address and of its user allow, both or neither charged, and tells the client
 * where it stands. Thread-safe.
 *
 * <p>Who the user is, is believed of a trusted proxy only, which has authenticated them and sets {@code X-User-Id}. Anybody
 * else could use up another user's limit, or have a fresh one for each request.
 */
final class Guard {
    static final Limit PER_IP =
            Limit.tokenBucket("per-ip", 100, Duration.ofMinutes(1)).onFailure(FailurePolicy.local(0.5));
    static final Limit PER_USER =
            Limit.tokenBucket("per-user", 60, Duration.ofMinutes(1)).onFailure(FailurePolicy.local(0.5));

    private static final int LONGEST_USER = 128;
    // Reserved for documentation, so nobody's: it comes back as the client's address only if the sender is believed.
    private static final String NOBODY = "192.0.2.1";

    private final RateLimiter limiter;
    private final ClientIp clients;

    Guard(RateLimiter limiter, Set<String> trustedProxies) {
        this.limiter = limiter;
        this.clients = ClientIp.behind(trustedProxies);
    }

    /** Returns the handler behind the limits. */
    HttpApi.Handler limited(HttpApi.Handler handler) {
        return request -> {
            Decision decision = limiter.tryAcquire(ask(request));
            Map<String, String> headers = new TreeMap<>(RateLimitHeaders.legacy(decision));
            headers.putAll(RateLimitHeaders.ietf(decision));
            if (!decision.allowed()) {
                return Response.error(429, "too many requests; see Retry-After").with(headers);
            }
            return handler.handle(request).with(headers);
        };
    }

    private Ask ask(Request request) {
        String sender = request.remoteAddress().getHostAddress();
        Ask perIp = Ask.of(PER_IP, clients.key(sender, request.headers("X-Forwarded-For")));
        String user = clients.key(sender, NOBODY).equals(NOBODY) ? user(request) : null;
        return user == null ? perIp : perIp.and(PER_USER, user);
    }

    private static @Nullable String user(Request request) {
        String user = request.header("X-User-Id");
        return user == null || user.isBlank() || user.length() > LONGEST_USER ? null : user.strip();
    }
}

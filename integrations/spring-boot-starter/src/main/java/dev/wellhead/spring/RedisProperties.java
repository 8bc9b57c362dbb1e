package dev.wellhead.spring;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the Redis client of caches and limiter is told.
 *
 * @param enabled Whether there is a client; without one caches and limiter work in this process alone.
 * @param url Address of a server or of sentinels, as redis://user:password@host:6379; that of Spring Data Redis where it is not set.
 * @param cluster Addresses of some servers of a Redis Cluster, in place of url.
 * @param name Name of the client in messages and metrics.
 * @param budget How long a call to Redis may take.
 * @param connectTimeout How long the start waits for the first answer before it goes on without.
 * @param breakerFailures How many calls in a row must fail for the breaker to open.
 * @param breakerProbe How often it is tried whether Redis is back.
 * @param heartbeat How often subscriptions ask for a sign of life.
 * @param queue How many calls may be under way at once.
 * @param sslBundle Name of the SSL bundle that says what to trust, for an address that asks for TLS.
 */
@ConfigurationProperties("wellhead.redis")
record RedisProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String url,
        @DefaultValue List<String> cluster,
        @Nullable String name,
        @Nullable Duration budget,
        @Nullable Duration connectTimeout,
        @DefaultValue("3") int breakerFailures,
        @DefaultValue("1s") Duration breakerProbe,
        @Nullable Duration heartbeat,
        @Nullable Integer queue,
        @Nullable String sslBundle) {
    /** Without address, which may hold a password. */
    @Override
    public String toString() {
        return "RedisProperties[name=" + name + "]";
    }
}

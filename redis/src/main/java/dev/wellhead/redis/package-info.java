/**
 * One connection to Redis for {@code cache} and {@code ratelimit}: every call ends within its budget, a breaker spares
 * callers the wait while Redis is away, and scripts survive a restart of the server.
 *
 * <pre>{@code
 * try (Redis redis = Redis.builder(RedisURI.create("redis://cache")).build()) {
 *     Cache<Long, User> users = Cache.builder("users", redis, ...)...
 * }
 * }</pre>
 */
@NullMarked
package dev.wellhead.redis;

import org.jspecify.annotations.NullMarked;

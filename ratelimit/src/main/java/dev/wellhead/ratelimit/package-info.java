/**
 * Rate limits that hold exactly over a whole fleet: one round trip to Redis a decision, on Redis' own clock, in integers.
 * The same limits decide in memory with the same verdicts, and go on by a chosen policy while Redis is away.
 *
 * <pre>{@code
 * Limit perIp = Limit.tokenBucket("per-ip", 100, Duration.ofMinutes(1));
 * try (RateLimiter limiter = RateLimiter.redis(redis).build()) {
 *     Decision decision = limiter.tryAcquire(perIp, clientIp);
 *     if (!decision.allowed()) {
 *         return tooManyRequests(RateLimitHeaders.ietf(decision));
 *     }
 * }
 * }</pre>
 */
@NullMarked
package dev.wellhead.ratelimit;

import org.jspecify.annotations.NullMarked;

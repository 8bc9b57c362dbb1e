/**
 * Wellhead in a Spring Boot application: one dependency, no code. The application gets a {@link
 * dev.wellhead.pool.ConnectionPool} as its data source, migrations before anything uses the database, {@link
 * dev.wellhead.spring.Caches}, a {@link dev.wellhead.ratelimit.RateLimiter} and backups, from properties that begin with
 * {@code wellhead.}, and health and an actuator endpoint that tell of them. A bean of the application's own takes the place
 * of ours.
 *
 * <pre>{@code
 * // a @Service
 * class SpeciesService {
 *     SpeciesService(Cache<Long, String> species, RateLimiter limiter, Limit perIp) { ... }
 * }
 * }</pre>
 */
@NullMarked
package dev.wellhead.spring;

import org.jspecify.annotations.NullMarked;

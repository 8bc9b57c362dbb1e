/**
 * One page, in the host's own process, that shows how its pools, caches, limiters, Redis, migrations and backups are: now, and
 * over the last ten minutes. It reads what the modules offer publicly, changes nothing, and needs only those that the host has.
 *
 * <pre>{@code
 * try (Console console = Console.builder().pool(pool).redis("redis", redis).cache("users", users).build()) {
 *     log.info("console at {}", console.start(0));
 * }
 * }</pre>
 */
@NullMarked
package dev.wellhead.console;

import org.jspecify.annotations.NullMarked;

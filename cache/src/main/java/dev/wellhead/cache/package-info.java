/**
 * Cache-aside over Caffeine and Redis. One caller in the whole fleet loads an absent key, the others wait for its value; a
 * slow loader can never overwrite what {@code invalidate} removed meanwhile; what is dear to load is refreshed before it
 * expires; and while Redis is away callers get their values from the near tier and the loader, never an exception.
 *
 * <pre>{@code
 * Cache<Long, User> users = Cache.builder("users", redis, KeyCodec.ofLong(), User.CODEC)
 *         .expireAfterWrite(Duration.ofMinutes(5))
 *         .build();
 * User user = users.get(id, key -> loadUser(pool, key));
 * users.invalidate(id); // after the commit that changed the row
 * }</pre>
 */
@NullMarked
package dev.wellhead.cache;

import org.jspecify.annotations.NullMarked;

package dev.wellhead.cache;

import org.jspecify.annotations.Nullable;

/**
 * Gets a value from where it really lives. May block; runs in the thread of a caller of {@link Cache#get}, with no lock
 * held, and may use the cache itself for other keys.
 *
 * @param <E> what it may throw; {@code RuntimeException} if nothing checked
 */
@FunctionalInterface
public interface CacheLoader<K, V extends @Nullable Object, E extends Exception> {
    /** Returns the value; null if there is none. */
    V load(K key) throws E;
}

package dev.wellhead.spring;

import dev.wellhead.cache.Codec;
import java.lang.reflect.Type;

/**
 * Finds how values of a type are written to Redis. A bean of this type takes the place of ours, which writes JSON with the
 * application's own mapper of Jackson 3, or of Jackson 2. Thread-safe.
 */
@FunctionalInterface
public interface ValueCodecs {
    /**
     * Returns the codec of a type.
     *
     * @param type the type of a cache's values, type arguments included
     * @throws IllegalArgumentException if there is none
     */
    Codec<?> of(Type type);
}

package dev.wellhead.benchmarks.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one process of a service would hold: a cache with a client of its own. Thread-safe; whoever opens it closes it. Each
 * call may throw whatever its library throws.
 */
interface CacheNode extends AutoCloseable {
    /** Returns the value of the key, from the cache or from the source. */
    @Nullable String get(String key) throws Exception;

    /**
     * Returns the values of all these keys, which the cache holds; in no order. In one call if the library has one for that,
     * else one by one, as its user would have to.
     */
    default Collection<String> getAll(List<String> keys) throws Exception {
        List<String> values = new ArrayList<>();
        for (String key : keys) {
            String value = get(key);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    /** Removes the value from wherever the library keeps it. */
    void invalidate(String key) throws Exception;

    @Override
    void close();
}

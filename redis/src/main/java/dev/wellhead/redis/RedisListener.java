package dev.wellhead.redis;

/**
 * What a host may want to hear of. Called from the client's own threads, never under a lock; must not block. A listener
 * that throws is logged and changes nothing.
 */
public interface RedisListener {
    /** Calls are refused from now on, until {@link #available}. */
    default void unavailable(RedisUnavailableException cause) {}

    /** A probe succeeded: calls go to Redis again. */
    default void available() {}
}

package dev.wellhead.redis;

/**
 * Watches all keys that begin with a prefix, by the client tracking of Redis (6 or newer, RESP3): whatever changes, removes,
 * expires or evicts one of them is heard, whoever does it. What this process writes itself is heard, too.
 */
public interface Tracking extends AutoCloseable {
    /**
     * What happens to the keys. Called from the client's threads; must not block. {@link #opened}, {@link #lost} and {@link
     * #refused} come in order, never two at a time; {@link #invalidated} and {@link #flushed} may come along with them.
     */
    interface Listener {
        /** A key may have changed. The array is the listener's to keep. */
        void invalidated(byte[] key);

        /** All keys may have changed: the database was flushed. */
        void flushed();

        /**
         * Armed, for the first time or again: from now on every change is heard. What was read before may be stale and
         * must be forgotten.
         */
        void opened();

        /**
         * Changes may have gone unheard, and may from now on. Told when a connection breaks, or at most three heartbeats
         * after it went dead without knowing.
         */
        void lost();

        /**
         * Redis refuses to track: it is too old, or the user lacks the right to {@code client|tracking}. Told once until
         * it is {@link #opened}; Redis is asked again and again.
         */
        default void refused(RedisUnavailableException why) {}
    }

    /** Stops watching. Idempotent. */
    @Override
    void close();
}

package dev.wellhead.cache;

/**
 * What a host may want to hear of. Called from callers' threads and from the cache's own, never under a lock; must not
 * block. A listener that throws is logged and changes nothing.
 */
public interface CacheListener {
    /**
     * A value in Redis could not be read: damaged, of another format, or refused by the codec. It counts as absent and is
     * overwritten by the next load.
     */
    default void valueUnreadable(String cache) {}

    /** A value was not stored in Redis: above the size cap, or refused by the codec. */
    default void valueNotStored(String cache) {}

    /** A load failed without any caller seeing it: it ran in the background, or a value past its life was served instead. */
    default void loadFailedUnseen(String cache, Throwable failure) {}

    /** An invalidation could not be sent, since Redis is away, and waits with so many others. */
    default void invalidationQueued(String cache, int queued) {}

    /** Everything in the cache counts as absent from now on, on this node: its generation was lost or given up. */
    default void generationChanged(String cache) {}

    /** Invalidations of other nodes arrive from now on. */
    default void nearTierOpened(String cache) {}

    /** Invalidations of other nodes may be missed from now on: values stay in the near tier only briefly. */
    default void nearTierClosed(String cache) {}
}

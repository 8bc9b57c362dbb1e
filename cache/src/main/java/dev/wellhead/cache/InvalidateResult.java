package dev.wellhead.cache;

/** How far an invalidation has come when the call returns. */
public enum InvalidateResult {
    /** The value is gone from this node's near tier and from Redis, and the other nodes have been told. */
    DONE,
    /**
     * The value is gone from this node's near tier; Redis is away and will be told as soon as it is back, before this node
     * believes it again. Until then other nodes may go on serving the old value.
     */
    QUEUED,
    /**
     * Like {@link #QUEUED}, but more invalidations wait than are remembered one by one: all of the cache will count as
     * absent, on all nodes, once Redis is back.
     */
    ESCALATED
}

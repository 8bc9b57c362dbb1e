package dev.wellhead.redis;

/** What happened since the client was built: a snapshot, its numbers read one after the other. */
public final class RedisStats {
    private final boolean connected;
    private final boolean breakerOpen;
    private final Counts counts;

    record Counts(
            long succeeded,
            long timedOut,
            long disconnected,
            long shortCircuited,
            long refused,
            long failed,
            long denied,
            long scriptLoads,
            long breakerOpened) {}

    RedisStats(boolean connected, boolean breakerOpen, Counts counts) {
        this.connected = connected;
        this.breakerOpen = breakerOpen;
        this.counts = counts;
    }

    /** Returns whether there is a connection now. */
    public boolean connected() {
        return connected;
    }

    /** Returns whether calls are refused at once now; of a cluster, calls to one of its servers at least. */
    public boolean breakerOpen() {
        return breakerOpen;
    }

    /** Returns the number of calls that were answered. */
    public long succeeded() {
        return counts.succeeded();
    }

    /** Returns the number of calls that ran out of their budget. */
    public long timedOut() {
        return counts.timedOut();
    }

    /** Returns the number of calls that found no connection or lost it. */
    public long disconnected() {
        return counts.disconnected();
    }

    /** Returns the number of calls that the open breaker spared. */
    public long shortCircuited() {
        return counts.shortCircuited();
    }

    /** Returns the number of calls that Redis could not serve: loading, a replica, out of memory. */
    public long refused() {
        return counts.refused();
    }

    /** Returns the number of calls that Redis answered with another error. */
    public long failed() {
        return counts.failed();
    }

    /** Returns the number of calls that the user of the connection was not allowed to make. */
    public long denied() {
        return counts.denied();
    }

    /** Returns how often a script had to be sent in full. */
    public long scriptLoads() {
        return counts.scriptLoads();
    }

    /** Returns how often the breaker opened. */
    public long breakerOpened() {
        return counts.breakerOpened();
    }

    @Override
    public String toString() {
        return "RedisStats[connected=" + connected + ", breakerOpen=" + breakerOpen + ", " + counts + "]";
    }
}

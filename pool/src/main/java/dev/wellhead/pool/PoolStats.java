package dev.wellhead.pool;

/** How a pool stands, and what it has done since it was built. An immutable snapshot, taken at one moment. */
public final class PoolStats {
    private final Standing standing;
    private final Totals totals;

    record Standing(int size, int active, int idle, int connecting, int waiting, int maxSize) {}

    record Totals(
            long acquired,
            long timeouts,
            long rejected,
            long created,
            long connectFailures,
            long discarded,
            long leaksReported,
            long reclaimed) {}

    PoolStats(Standing standing, Totals totals) {
        this.standing = standing;
        this.totals = totals;
    }

    /** Returns how many physical connections are open: on loan, idle, being validated or being closed. */
    public int size() {
        return standing.size();
    }

    /** Returns how many connections are on loan. */
    public int active() {
        return standing.active();
    }

    /** Returns how many connections lie idle. */
    public int idle() {
        return standing.idle();
    }

    /** Returns how many connections are being opened; {@code size + connecting} never exceeds {@code maxSize}. */
    public int connecting() {
        return standing.connecting();
    }

    /** Returns how many callers wait for a connection. */
    public int waiting() {
        return standing.waiting();
    }

    /** Returns the bound on open connections. */
    public int maxSize() {
        return standing.maxSize();
    }

    /** Returns how many connections were lent. */
    public long acquired() {
        return totals.acquired();
    }

    /** Returns how many callers got no connection within their time. */
    public long timeouts() {
        return totals.timeouts();
    }

    /** Returns how many callers were refused at once: too many waiting, or the database known to be down. */
    public long rejected() {
        return totals.rejected();
    }

    /** Returns how many physical connections were opened. */
    public long created() {
        return totals.created();
    }

    /** Returns how many attempts to open a physical connection failed or took longer than the connect timeout. */
    public long connectFailures() {
        return totals.connectFailures();
    }

    /** Returns how many physical connections were closed by the pool, for whatever reason. */
    public long discarded() {
        return totals.discarded();
    }

    /** Returns how many borrows were reported as leaks. */
    public long leaksReported() {
        return totals.leaksReported();
    }

    /** Returns how many connections were taken away from their borrowers as leaks. */
    public long reclaimed() {
        return totals.reclaimed();
    }

    @Override
    public String toString() {
        return "size " + size() + "/" + maxSize() + ", active " + active() + ", idle " + idle() + ", connecting "
                + connecting() + ", waiting " + waiting();
    }
}

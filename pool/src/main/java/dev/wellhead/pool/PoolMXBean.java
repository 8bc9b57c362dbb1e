package dev.wellhead.pool;

/**
 * What JMX shows of a {@link ConnectionPool} and lets an operator do with it; see {@link ConnectionPool.Builder#jmx()}. The
 * numbers are those of {@link PoolStats}, each attribute read at a moment of its own. Thread-safe; nothing here blocks.
 */
public interface PoolMXBean {
    /** Returns the pool's name. */
    String getName();

    /** Returns {@code UP}, {@code DEGRADED} or {@code DOWN}, and the reason, as {@link ConnectionPool#health()} has it. */
    String getHealth();

    /** Returns who holds connections now, longest first, a line each: thread, age, and SQL without literals. */
    String[] getBorrowed();

    /** Returns how many physical connections are open. */
    int getSize();

    /** Returns how many connections are on loan. */
    int getActive();

    /** Returns how many connections lie idle. */
    int getIdle();

    /** Returns how many connections are being opened. */
    int getConnecting();

    /** Returns how many callers wait for a connection. */
    int getWaiting();

    /** Returns the bound on open connections. */
    int getMaxSize();

    /** Returns how many connections were lent. */
    long getAcquired();

    /** Returns how many callers got no connection within their time. */
    long getTimeouts();

    /** Returns how many callers were refused at once. */
    long getRejected();

    /** Returns how many physical connections were opened. */
    long getCreated();

    /** Returns how many attempts to open a physical connection failed. */
    long getConnectFailures();

    /** Returns how many physical connections were closed by the pool. */
    long getDiscarded();

    /** Returns how many borrows were reported as leaks. */
    long getLeaksReported();

    /** Returns how many connections were taken away from their borrowers as leaks. */
    long getReclaimed();

    /**
     * Changes the bound on open connections, as {@link ConnectionPool#resize} does.
     *
     * @throws IllegalArgumentException if {@code maxSize} is below 1 or below {@code minIdle}
     */
    void resize(int maxSize);

    /**
     * Lends nothing for this many seconds at most, as {@link ConnectionPool#suspend} does.
     *
     * @throws IllegalArgumentException if {@code atMostSeconds} is zero or negative
     */
    void suspend(long atMostSeconds);

    /** Ends {@link #suspend}. */
    void resume();

    /** Replaces every connection, as {@link ConnectionPool#evict} does. */
    void evict();
}

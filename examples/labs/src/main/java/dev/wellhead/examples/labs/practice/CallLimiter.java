package dev.wellhead.examples.labs.practice;

import java.time.Duration;

/** Says whether a call may pass. Thread-safe between {@link #open} and {@link #close}. */
public interface CallLimiter {
    /**
     * Makes ready. Called once, before everything else.
     *
     * @param permits how many calls of one caller may pass at once; each time {@code per} as many come back
     */
    void open(String redisUri, int permits, Duration per) throws Exception;

    /** Returns whether this call may pass, and takes its permit. */
    boolean allow(String caller) throws Exception;

    /** Closes all that is open. */
    void close() throws Exception;
}

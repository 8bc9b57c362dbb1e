package dev.wellhead.pool;

/** How a few threads are made to meet in as many ways as possible. */
interface Crossing {
    /** Runs the scenario again and again, with its threads crossing in another way each time. */
    void repeat(Runnable scenario);

    /** Runs the parts on a thread each and returns when all have ended; what one throws is thrown here. */
    void together(Runnable... parts);
}

package dev.wellhead.pool;

/** Why a waiter left without a connection. */
enum Refusal {
    /** Its time was over. */
    TIMEOUT,
    /** Its thread was interrupted. */
    INTERRUPTED,
    /** As many waited already as may. */
    QUEUE_FULL,
    /** The database cannot be reached, and no connection is left that could come back. */
    DOWN,
    /** The pool is closed. */
    CLOSED
}

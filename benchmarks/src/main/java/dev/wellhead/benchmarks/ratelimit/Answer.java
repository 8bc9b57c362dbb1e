package dev.wellhead.benchmarks.ratelimit;

/** What a limiter says to a call. */
enum Answer {
    /** The call may go on. */
    ALLOWED,
    /** The limit is used up. */
    DENIED,
    /** Redis was away, and the limiter decided without it. */
    WITHOUT_REDIS
}

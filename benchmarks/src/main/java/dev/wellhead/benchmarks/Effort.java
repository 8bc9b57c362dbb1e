package dev.wellhead.benchmarks;

/** How much is measured. */
enum Effort {
    /** Enough rounds on every JDK at hand: evidence. */
    FULL,
    /** Few and short rounds on the current JDK, to see that a set works: no evidence. */
    QUICK
}

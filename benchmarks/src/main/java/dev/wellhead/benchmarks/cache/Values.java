package dev.wellhead.benchmarks.cache;

/** Values that are stored. */
final class Values {
    /** A value of the usual size. */
    static final String OF_100_CHARS = "0123456789".repeat(10);

    private Values() {}
}

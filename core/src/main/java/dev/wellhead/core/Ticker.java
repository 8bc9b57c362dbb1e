package dev.wellhead.core;

/**
 * A source of nanoseconds for measuring durations. Readings only make sense as differences between two readings of the
 * same ticker; they say nothing about the time of day, so a wall clock that leaps or goes back changes nothing.
 *
 * <p>Implementations are thread-safe and never block.
 */
@FunctionalInterface
public interface Ticker {
    /**
     * Returns the current reading. Never smaller than a reading that happened before, but for numeric overflow: compare
     * readings by their difference, never directly.
     */
    long nanos();

    /** Returns the ticker that reads {@link System#nanoTime()}. */
    static Ticker system() {
        return SystemTicker.INSTANCE;
    }
}

package dev.wellhead.core;

/** Reads {@link System#nanoTime()}. A class instead of a method reference, which takes longer to load when a service starts. */
enum SystemTicker implements Ticker {
    INSTANCE;

    @Override
    public long nanos() {
        return System.nanoTime();
    }
}

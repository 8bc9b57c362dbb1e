package dev.wellhead.console;

/** Turns a number that only grows into how much it grew a second. For the sampler's thread. */
final class Rate {
    private boolean begun;
    private long lastTotal;
    private long lastNanos;

    /** Returns the growth a second since the last call; NaN at the first. */
    double next(long total, long nowNanos) {
        double seconds = (nowNanos - lastNanos) / 1e9;
        double rate = begun && seconds > 0 ? Math.max(0, total - lastTotal) / seconds : Double.NaN;
        begun = true;
        lastTotal = total;
        lastNanos = nowNanos;
        return rate;
    }
}

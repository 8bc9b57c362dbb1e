package dev.wellhead.console;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One part of the service, as the page shows it. */
interface Card {
    /** Returns what it is: {@code pool}, {@code cache} and so on; the page has a form for each. */
    String kind();

    /** Returns what the host calls it. */
    String name();

    /** Returns the names of what {@link #sample} measures, in its order. */
    List<String> columns();

    /**
     * Measures. Called by the sampler's thread alone; never blocks.
     *
     * @param nowNanos the sampler's moment
     * @param into one place for each column, filled with NaN
     */
    void sample(long nowNanos, double[] into);

    /** Returns how it is now, as what {@link Json} can write. Called by any thread; never blocks. */
    Map<String, @Nullable Object> now();
}

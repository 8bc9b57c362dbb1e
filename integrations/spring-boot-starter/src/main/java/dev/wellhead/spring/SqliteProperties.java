package dev.wellhead.spring;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an SQLite database is told besides the properties of the pool.
 *
 * @param readers How many connections read at a time; one writes.
 * @param busyTimeout How long a statement waits for a lock that another process holds.
 * @param upkeep How often statistics are refreshed and the log is shortened.
 * @param without What is switched off.
 */
@ConfigurationProperties("wellhead.sqlite")
record SqliteProperties(
        @Nullable Integer readers,
        @Nullable Duration busyTimeout,
        @Nullable Duration upkeep,
        @DefaultValue Set<Feature> without) {

    /** What can be switched off. */
    enum Feature {
        /** Leaves upkeep to the application. */
        UPKEEP
    }
}

package dev.wellhead.examples.gameday;

import java.time.Duration;

/**
 * How long things last: as on a day that people watch, or shortened for a build.
 *
 * @param before how long a scene watches before it breaks anything
 * @param during how long it stays broken
 * @param after how long a scene watches once all is well again
 * @param backfill how long the slow step of the migration takes
 * @param leakThreshold from when on replicas report a connection that was not given back
 * @param reclaimAfter from when on they take it away
 * @param shutdownDelay how long a replica goes on serving once it says that it is not ready
 * @param perSecond requests a second
 * @param rolledOut how many replicas are replaced by those of a new version
 */
record Timing(
        Duration before,
        Duration during,
        Duration after,
        Duration backfill,
        Duration leakThreshold,
        Duration reclaimAfter,
        Duration shutdownDelay,
        int perSecond,
        int rolledOut) {
    static Timing full() {
        return new Timing(
                Duration.ofSeconds(10),
                Duration.ofSeconds(15),
                Duration.ofSeconds(10),
                Duration.ofSeconds(8),
                Duration.ofSeconds(3),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                60,
                Fleet.REPLICAS);
    }

    static Timing quick() {
        return new Timing(
                Duration.ofMillis(700),
                Duration.ofMillis(1_200),
                Duration.ofMillis(700),
                Duration.ofSeconds(1),
                Duration.ofMillis(300),
                Duration.ofMillis(3_000),
                Duration.ofMillis(300),
                30,
                1);
    }
}

package dev.wellhead.backup;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How far a backup, a verification or a restore has come in what it is doing now.
 *
 * @param id the backup's
 * @param phase what is being done
 * @param object what was worked on last: a table, or a file
 * @param rows how many rows have passed in this phase; 0 where they are not counted
 * @param bytes how many bytes have passed in this phase, not packed
 * @param expectedBytes how many it will be about; of a table that is being backed up its size in the database is all that is
 *     known beforehand
 * @param elapsed since the phase began
 */
public record BackupProgress(
        String id, Phase phase, String object, long rows, long bytes, long expectedBytes, Duration elapsed) {
    /** What is being done. */
    public enum Phase {
        /** The database is copied into the store. */
        COPY,
        /** A copy that was made at once is read again and written into the store. */
        PACK,
        /** What the store holds is read and its hashes checked. */
        CHECK,
        /** The copy is loaded into a database or file. */
        LOAD,
        /** What was loaded is compared with what was backed up. */
        COMPARE
    }

    /** Returns how many bytes have passed each second of the phase; 0 at its beginning. */
    public double bytesPerSecond() {
        return elapsed.isZero() ? 0 : bytes / (elapsed.toNanos() / 1e9);
    }

    /** Returns how long the rest of the phase will take if it goes on like this; empty while nobody can tell. */
    public Optional<Duration> timeLeft() {
        if (bytes == 0 || elapsed.isZero()) {
            return Optional.empty();
        }
        double left = Math.max(0, expectedBytes - bytes) / bytesPerSecond();
        return Optional.of(Duration.ofMillis((long) (left * 1_000)));
    }

    /** Says it on one line, for people. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s %s: %s, %.1f of about %.1f MB, %.1f MB/s%s",
                id,
                phase.name().toLowerCase(Locale.ROOT),
                object,
                bytes / 1e6,
                expectedBytes / 1e6,
                bytesPerSecond() / 1e6,
                timeLeft().map(left -> ", " + left.toSeconds() + " s left").orElse(""));
    }
}

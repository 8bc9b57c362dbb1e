package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The attempts to connect as the database sees them, and what they oblige the pool to (I9): while it fails one attempt at
 * a time, and a pause after each.
 */
final class ModelOutage {
    // The shortest that jitter makes of the pause after the first failure, and after each that follows.
    private static final long AFTER_FIRST_NANOS = Duration.ofMillis(125).toNanos();
    private static final long AFTER_OTHERS_NANOS = Duration.ofMillis(200).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(1200).toNanos();
    // What is known grows old when the next attempt has been due for so long.
    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int FAILURES_UNTIL_DOWN = 2;

    private static final class Attempt {
        final long startedAt;
        boolean overdue;

        Attempt(long startedAt) {
            this.startedAt = startedAt;
        }
    }

    private final Map<Runnable, Attempt> underWay = new IdentityHashMap<>();
    private final ModelClock clock;
    private final int parallel;
    private final long limitNanos;
    private int failures;
    private long lastFailureAt;
    private boolean perhapsDoubted;
    private boolean surelyDoubted;
    private int allFailures;

    ModelOutage(ModelClock clock, int parallel, long limitNanos) {
        this.clock = clock;
        this.parallel = parallel;
        this.limitNanos = limitNanos;
    }

    void started(Runnable attempt) {
        if (failures == 0) {
            assertThat(inTime()).as("I9: attempts at a time").isLessThan(parallel);
        } else {
            assertThat(inTime()).as("I9: attempts at a time in an outage").isZero();
            assertThat(clock.now() - lastFailureAt)
                    .as("I9: nanoseconds from failure %s to the next attempt", failures)
                    .isGreaterThanOrEqualTo(failures == 1 ? AFTER_FIRST_NANOS : AFTER_OTHERS_NANOS);
        }
        perhapsDoubted |= isPerhapsOld();
        surelyDoubted |= isSurelyOld();
        underWay.put(attempt, new Attempt(clock.now()));
    }

    void succeeded(Runnable attempt) {
        underWay.remove(attempt);
        failures = 0;
        perhapsDoubted = false;
        surelyDoubted = false;
    }

    void failed(Runnable attempt) {
        Attempt failed = underWay.remove(attempt);
        if (!failed.overdue) {
            failed(failed);
        }
    }

    private void failed(Attempt attempt) {
        allFailures++;
        if (failures > 0 && attempt.startedAt <= lastFailureAt) {
            // Together with one that has failed before: no other failure.
            return;
        }
        failures++;
        perhapsDoubted = false;
        surelyDoubted = false;
        lastFailureAt = clock.now();
    }

    /** The housekeeper is about to look at the clock. */
    void tick() {
        for (Attempt attempt : underWay.values()) {
            if (!attempt.overdue && clock.now() - attempt.startedAt >= limitNanos) {
                attempt.overdue = true;
                failed(attempt);
            }
        }
    }

    int inTime() {
        return (int)
                underWay.values().stream().filter(attempt -> !attempt.overdue).count();
    }

    boolean isFailing() {
        return failures > 0;
    }

    boolean isDown() {
        return failures >= FAILURES_UNTIL_DOWN;
    }

    /** Returns whether a caller may be told so. */
    boolean mayBeKnownDown() {
        return isDown() && !surelyDoubted && !isSurelyOld();
    }

    /** Returns whether every caller must be told so. */
    boolean isKnownDown() {
        return isDown() && !perhapsDoubted && !isPerhapsOld();
    }

    private boolean isPerhapsOld() {
        return isOld(AFTER_OTHERS_NANOS);
    }

    private boolean isSurelyOld() {
        return isOld(LONGEST_PAUSE_NANOS);
    }

    private boolean isOld(long pauseNanos) {
        return isDown() && underWay.isEmpty() && clock.now() - lastFailureAt > pauseNanos + PATIENCE_NANOS;
    }

    /** Returns whether the pause after the last failure is over whatever the jitter. */
    boolean isNextAttemptDue() {
        return failures > 0 && clock.now() - lastFailureAt >= LONGEST_PAUSE_NANOS;
    }

    int allFailures() {
        return allFailures;
    }
}

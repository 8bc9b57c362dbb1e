package dev.wellhead.pool;

import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the pool believes of the database, from the fate of its attempts to connect. Guarded by the lock of Books. */
final class Outage {
    /*
     * healthy --failure--> failing --failure--> down; success leads back to healthy from everywhere. While failing or
     * down one attempt at a time is made, with a jittered pause after each, which grows when the outage lasts: a
     * database that was restarted is found again at once, one that is gone is not bothered. After an outage, and after
     * a connection was found dead, the number of attempts at a time doubles with each success, so that a database that
     * comes back is not trampled by all its pools at once.
     *
     * A pool that was made smaller while it was down may have no place left for an attempt, for hours. Then what it
     * knows has grown old, and nobody is refused for it until the next attempt has failed, too.
     */
    private static final int FAILURES_UNTIL_DOWN = 2;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(150);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(240);
    private static final long LONG_OUTAGE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1200);
    private static final long OLD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int parallel;
    private int window;
    private int failures;
    private long since;
    private long pausedAt;
    private long pauseNanos;
    private boolean doubted;
    private @Nullable SQLException cause;

    Outage(int parallel) {
        this.parallel = parallel;
        this.window = parallel;
    }

    boolean isFailing() {
        return failures > 0;
    }

    boolean isDown() {
        return failures >= FAILURES_UNTIL_DOWN;
    }

    /** Returns the last failure since the last success. */
    @Nullable SQLException cause() {
        return cause;
    }

    long durationNanos(long now) {
        return failures == 0 ? 0 : now - since;
    }

    /** Returns whether another attempt may start beside those under way. */
    boolean permits(long now, int underWay) {
        return isFailing() ? underWay == 0 && pauseLeftNanos(now) <= 0 : underWay < window;
    }

    long pauseLeftNanos(long now) {
        return pauseNanos - (now - pausedAt);
    }

    /**
     * Returns whether callers may be told that it is down.
     *
     * @param underWay attempts that have not ended, those overdue included
     */
    boolean isKnownDown(long now, int underWay) {
        return isDown() && !doubted && (underWay > 0 || !isOld(now));
    }

    /** Returns whether the next attempt has been due for long. */
    private boolean isOld(long now) {
        return pauseLeftNanos(now) < -OLD_NANOS;
    }

    /** An attempt begins. */
    void attempted(long now, int underWay) {
        doubted = doubted || (isDown() && underWay == 0 && isOld(now));
    }

    /**
     * Returns true if this failure is the one that makes it down.
     *
     * @param startedAt when the attempt began that failed
     */
    boolean failed(long now, SQLException failure, long startedAt) {
        if (failures == 0) {
            since = now;
        } else if (startedAt <= pausedAt) {
            // Attempts that were under way together fail together, as when a link is reset: that is one failure.
            return false;
        }
        failures++;
        doubted = false;
        cause = failure;
        window = 1;
        long longest = longestPauseNanos(now - since);
        pauseNanos = longest - ThreadLocalRandom.current().nextLong(longest / 6 + 1);
        pausedAt = now;
        return failures == FAILURES_UNTIL_DOWN;
    }

    private long longestPauseNanos(long lasted) {
        if (failures == 1) {
            return FIRST_PAUSE_NANOS;
        }
        return lasted < LONG_OUTAGE_NANOS ? PAUSE_NANOS : Math.min(LONGEST_PAUSE_NANOS, lasted / 15);
    }

    /** A connection was found dead: one attempt is to find out whether the database is, before more are made. */
    void suspected() {
        window = 1;
    }

    /** Returns true if it was down until now. */
    boolean succeeded() {
        boolean wasDown = isDown();
        window = failures > 0 ? 1 : Math.min(window * 2, parallel);
        failures = 0;
        doubted = false;
        cause = null;
        return wasDown;
    }
}

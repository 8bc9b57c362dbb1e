package dev.wellhead.backup;

import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.core.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Counts what passes, tells it now and then, and holds copying back to a rate. Its phases come one after the other; within
 * one any number of threads may report.
 */
final class Progress {
    private static final long TOLD_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    // Looks up now and then whether it must hurry.
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final String id;
    private final Ticker ticker;
    private volatile long bytesPerSecond;
    private final Consumer<BackupProgress> listener;
    private volatile Stage stage;

    /** What has passed in one phase. */
    private record Stage(
            Phase phase, long expectedBytes, long began, AtomicLong rows, AtomicLong bytes, AtomicLong told) {}

    /**
     * @param bytesPerSecond how much may be copied a second; {@link Long#MAX_VALUE} for as much as can be
     * @param listener told how far it has come, at most five times a second
     */
    Progress(String id, Ticker ticker, long bytesPerSecond, Consumer<BackupProgress> listener) {
        this.id = id;
        this.ticker = ticker;
        this.bytesPerSecond = bytesPerSecond;
        this.listener = listener;
        this.stage = stage(Phase.COPY, 0);
    }

    /** Begins the next phase. */
    void begin(Phase phase, long expectedBytes) {
        stage = stage(phase, expectedBytes);
    }

    private Stage stage(Phase phase, long expectedBytes) {
        long now = ticker.nanos();
        return new Stage(phase, expectedBytes, now, new AtomicLong(), new AtomicLong(), new AtomicLong(now));
    }

    /** Returns whether copying is held back. */
    boolean isHeldBack() {
        return bytesPerSecond != Long.MAX_VALUE;
    }

    /** Holds nothing back any more. */
    void hurry() {
        bytesPerSecond = Long.MAX_VALUE;
    }

    /** Reports what has passed since the last report; while copying, it may take a while. */
    void passed(String object, long rows, long bytes) {
        Stage now = stage;
        long allRows = now.rows.addAndGet(rows);
        long allBytes = now.bytes.addAndGet(bytes);
        long nanos = ticker.nanos();
        long told = now.told.get();
        if (nanos - told >= TOLD_EVERY_NANOS && now.told.compareAndSet(told, nanos)) {
            listener.accept(new BackupProgress(
                    id, now.phase, object, allRows, allBytes, now.expectedBytes, Duration.ofNanos(nanos - now.began)));
        }
        if (now.phase == Phase.COPY && isHeldBack()) {
            holdBack(now, allBytes);
        }
    }

    private void holdBack(Stage now, long allBytes) {
        while (!Thread.currentThread().isInterrupted()) {
            double due = allBytes * 1e9 / bytesPerSecond;
            long early = (long) due - (ticker.nanos() - now.began);
            if (early <= 0) {
                return;
            }
            LockSupport.parkNanos(Math.min(early, LONGEST_PAUSE_NANOS));
        }
    }
}

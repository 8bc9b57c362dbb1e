package dev.wellhead.backup;

import dev.wellhead.backup.BackupInfo.State;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.internal.GuardedMetrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells log, listener, metrics and counters what has happened. Thread-safe; holds no lock. */
final class Observers {
    // The name under which hosts know the module's log.
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

    private final BackupListener listener;
    private final MetricSink.Counter createdMetric;
    private final MetricSink.Counter failedMetric;
    private final MetricSink.Counter verifiedMetric;
    private final MetricSink.Counter suspectMetric;
    private final MetricSink.Counter bytesMetric;
    private final MetricSink.Timer durationMetric;
    private final LongAdder created = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder verified = new LongAdder();
    private final LongAdder suspect = new LongAdder();
    private final LongAdder pruned = new LongAdder();

    // As of the last look into the store: a gauge must not read files.
    private volatile @Nullable Instant newest;
    private volatile @Nullable Instant newestVerified;

    /** @param database whose backups they are, for the metrics: there may be several in a process */
    Observers(BackupListener listener, MetricSink sink, String database, Clock clock) {
        MetricSink metrics = GuardedMetrics.of(sink, "backups of " + database, LOG);
        this.listener = listener;
        this.createdMetric = metrics.counter("wellhead.backup.made", "database", database);
        this.failedMetric = metrics.counter("wellhead.backup.failed", "database", database);
        this.verifiedMetric = metrics.counter("wellhead.backup.verified", "database", database);
        this.suspectMetric = metrics.counter("wellhead.backup.suspect", "database", database);
        this.bytesMetric = metrics.counter("wellhead.backup.bytes", "database", database);
        this.durationMetric = metrics.timer("wellhead.backup.duration", "database", database);
        metrics.gauge("wellhead.backup.last_age_seconds", () -> seconds(newest, clock), "database", database);
        metrics.gauge(
                "wellhead.backup.last_verified_age_seconds",
                () -> seconds(newestVerified, clock),
                "database",
                database);
    }

    private static double seconds(@Nullable Instant of, Clock clock) {
        return of == null ? Double.NaN : age(of, clock.instant()).toSeconds();
    }

    /** Returns the age, zero for what is dated in the future. */
    static Duration age(Instant of, Instant now) {
        return of.isAfter(now) ? Duration.ZERO : Duration.between(of, now);
    }

    Backups.Stats stats() {
        return new Backups.Stats(created.sum(), failed.sum(), verified.sum(), suspect.sum(), pruned.sum());
    }

    /**
     * The store was looked into.
     *
     * @param last when the newest backup was made that is not known to be bad
     * @param lastVerified when the newest one was made that is verified
     */
    void seen(@Nullable Instant last, @Nullable Instant lastVerified) {
        newest = last;
        newestVerified = lastVerified;
    }

    void running(String id) {
        tell(to -> to.moved(id, State.RUNNING, ""));
    }

    void progressed(BackupProgress progress) {
        tell(to -> to.progressed(progress));
    }

    void complete(BackupInfo info, Duration took) {
        created.increment();
        createdMetric.increment();
        bytesMetric.add(info.bytes());
        durationMetric.record(took.toNanos());
        newest = info.createdAt();
        LOG.info(
                "backup {} of {}: {} tables, {} rows, {} bytes in {} ms",
                info.id(),
                info.database(),
                info.tables(),
                info.rows(),
                info.bytes(),
                took.toMillis());
        tell(to -> to.moved(info.id(), State.COMPLETE, ""));
    }

    /** The caller gets the exception, which is for him to log. */
    void failed(String id, BackupException e) {
        failed.increment();
        failedMetric.increment();
        tell(to -> to.moved(id, State.FAILED, String.valueOf(e.getMessage())));
    }

    void verified(String id, Duration took) {
        verified.increment();
        verifiedMetric.increment();
        LOG.info("backup {} verified by a restore in {} ms", id, took.toMillis());
        tell(to -> to.moved(id, State.VERIFIED, ""));
    }

    void suspect(String id, String detail) {
        suspect.increment();
        suspectMetric.increment();
        LOG.warn("backup {} is suspect: {}; make a new one and look at the store", id, detail);
        tell(to -> to.moved(id, State.SUSPECT, detail));
    }

    void restored(RestoreReport report) {
        LOG.info("{} in {} ms", report, report.duration().toMillis());
        tell(to -> to.restored(report));
    }

    void pruned(RetentionPlan plan, int deleted) {
        pruned.add(deleted);
        if (deleted > 0) {
            LOG.info("{} backups pruned, {} kept", deleted, plan.kept().size());
        }
        tell(to -> to.pruned(plan));
    }

    private void tell(Consumer<BackupListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            LOG.warn(
                    "listener {} failed; it changes nothing",
                    listener.getClass().getName(),
                    e);
        }
    }
}

package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.internal.BackupIds;
import dev.wellhead.backup.internal.DamagedException;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartReader;
import dev.wellhead.backup.internal.RunTimes;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.Options;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins a database, a store and a retention. */
final class RealBackups implements Backups {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final Duration DAILY_JITTER = Duration.ofMinutes(10);

    record Settings(
            Database database,
            BackupStore store,
            @Nullable Retention retention,
            Duration alarmAfter,
            int workers,
            long bytesPerSecond,
            Clock clock,
            Ticker ticker,
            MetricSink metrics,
            BackupListener listener) {}

    private final Settings settings;
    private final Storage storage;
    private final BackupCatalogue catalogue;
    private final Engine engine;
    private final Observers observers;

    RealBackups(Settings settings) {
        this.settings = settings;
        this.storage = settings.store().storage();
        this.catalogue = new BackupCatalogue(storage, settings.store().toString());
        this.engine = settings.database().engine(storage, settings.ticker(), settings.workers());
        this.observers = new Observers(
                settings.listener(), settings.metrics(), settings.database().shortName(), settings.clock());
    }

    @Override
    public BackupInfo create() {
        long start = settings.ticker().nanos();
        try (Engine.RunnerLock lock = engine.lock()) {
            return createAlone(lock, start);
        } catch (SQLException e) {
            throw notMade(e);
        }
    }

    /**
     * Makes a backup unless another one has been made since this one was the newest, which is empty then.
     *
     * @param newest the id of the newest backup that the caller knows of; null if it knows of none
     */
    Optional<BackupInfo> createAfter(@Nullable String newest) {
        long start = settings.ticker().nanos();
        try (Engine.RunnerLock lock = engine.lock()) {
            List<String> ids = catalogue.ids();
            boolean overtaken = !ids.isEmpty() && !ids.get(ids.size() - 1).equals(newest);
            return overtaken ? Optional.empty() : Optional.of(createAlone(lock, start));
        } catch (SQLException e) {
            throw notMade(e);
        }
    }

    /** Returns what is backed up, without anything secret. */
    String name() {
        return settings.database().toString();
    }

    private BackupInfo createAlone(Engine.RunnerLock lock, long start) {
        Instant now = settings.clock().instant();
        String id = BackupIds.next(catalogue.ids(), now);
        observers.running(id);
        Manifest manifest;
        try {
            manifest = write(id, now, lock);
        } catch (BackupException e) {
            observers.failed(id, e);
            throw e;
        } catch (SQLException | IOException | RuntimeException e) {
            BackupException failure = notMade(e);
            observers.failed(id, failure);
            throw failure;
        }
        BackupInfo info = BackupInfo.of(manifest, null);
        observers.complete(info, since(start));
        return info;
    }

    private Manifest write(String id, Instant now, Engine.RunnerLock lock) throws SQLException, IOException {
        storage.sweep();
        boolean published = false;
        try (Storage.Draft draft = storage.begin(id)) {
            Manifest manifest = engine.capture(id, now, draft, progress(id));
            if (!lock.isHeld()) {
                throw new SQLException(
                        "the lock against other runners was lost: its session has ended, or its file is gone");
            }
            draft.publish(manifest.toBytes());
            published = true;
            return manifest;
        } catch (IOException e) {
            if (!published) {
                throw e;
            }
            // The backup is there and durable; only the lease could not be removed, which the next sweep does.
            LOG.debug("backup {} published, but not tidied up after", id, e);
            return catalogue.manifest(id);
        }
    }

    @Override
    public List<BackupInfo> list() {
        List<BackupInfo> backups = catalogue.list();
        observers.seen(
                backups.stream()
                        .filter(backup -> backup.state() != BackupInfo.State.SUSPECT)
                        .map(BackupInfo::createdAt)
                        .findFirst()
                        .orElse(null),
                BackupCatalogue.newestVerified(backups)
                        .map(BackupInfo::createdAt)
                        .orElse(null));
        return backups;
    }

    @Override
    public VerifyReport verify(String id) {
        long start = settings.ticker().nanos();
        catalogue.requireExisting(id);
        List<String> problems;
        try {
            Manifest manifest = catalogue.manifest(id);
            requireKind(manifest);
            Progress progress = progress(id);
            check(manifest, progress);
            problems = engine.drill(manifest, progress);
        } catch (DamagedException e) {
            problems = List.of(BackupException.say(e));
        } catch (SQLException | IOException e) {
            throw new BackupException(
                    Kind.NOT_VERIFIED,
                    "verification of " + id + " could not be carried out: " + BackupException.say(e)
                            + "; its state is unchanged",
                    e);
        }
        VerifyReport report = new VerifyReport(id, problems, since(start));
        if (report.verified()) {
            record(id, "");
            observers.verified(id, report.duration());
        } else {
            suspect(id, problems);
        }
        return report;
    }

    @Override
    public RestoreReport restore(String id, RestoreTarget target) {
        Objects.requireNonNull(target, "target");
        long start = settings.ticker().nanos();
        catalogue.requireExisting(id);
        Manifest manifest;
        Engine.Outcome outcome;
        try {
            manifest = catalogue.manifest(id);
            requireKind(manifest);
            Progress progress = progress(id);
            check(manifest, progress);
            outcome = engine.restore(manifest, target, progress);
        } catch (DamagedException e) {
            suspect(id, List.of(BackupException.say(e)));
            throw new BackupException(
                    Kind.DAMAGED,
                    "restore of " + id + ": " + BackupException.say(e) + "; " + target
                            + " holds nothing of it; restore another backup",
                    e);
        } catch (SQLException | IOException e) {
            throw new BackupException(
                    Kind.NOT_RESTORED,
                    "restore of " + id + " to " + target + " failed: " + BackupException.say(e)
                            + "; what was made for it was removed, unless the log says otherwise; an existing database may keep"
                            + " the schema and some rows",
                    e);
        }
        if (!outcome.differences().isEmpty()) {
            suspect(id, outcome.differences());
            throw new BackupException(
                    Kind.DIFFERS,
                    "restore of " + id + " is not equal to what was backed up: "
                            + String.join("; ", outcome.differences()) + "; " + outcome.remains());
        }
        RestoreReport report = new RestoreReport(BackupInfo.of(manifest, null), target, outcome.kept(), since(start));
        observers.restored(report);
        return report;
    }

    @Override
    public void copy(String id, BackupStore to) {
        catalogue.requireExisting(id);
        try {
            requireKind(catalogue.manifest(id));
            new StoreCopy(storage, to.storage(), id).run();
        } catch (DamagedException e) {
            suspect(id, List.of(BackupException.say(e)));
            throw new BackupException(
                    Kind.DAMAGED,
                    "copy of " + id + " to " + to + ": " + BackupException.say(e) + "; nothing of it was kept there",
                    e);
        } catch (IOException e) {
            throw new BackupException(
                    Kind.NOT_COPIED,
                    "copy of " + id + " to " + to + " failed: " + BackupException.say(e)
                            + "; nothing of it was kept there",
                    e);
        }
    }

    private Progress progress(String id) {
        return new Progress(id, settings.ticker(), settings.bytesPerSecond(), observers::progressed);
    }

    /** Reads every part to its end. */
    private void check(Manifest manifest, Progress progress) throws IOException {
        progress.begin(Phase.CHECK, manifest.rawBytes());
        for (Manifest.Part part : manifest.parts()) {
            try (PartReader reader = PartReader.open(storage, manifest.id(), part)) {
                new Passing(reader, part.name(), progress).transferTo(OutputStream.nullOutputStream());
            }
        }
    }

    @Override
    public RetentionPlan planRetention() {
        return RetentionPlanner.plan(
                list(), settings.retention(), settings.clock().instant());
    }

    @Override
    public RetentionPlan prune() {
        RetentionPlan plan = planRetention();
        List<BackupInfo> oldestFirst = new ArrayList<>(plan.deleted());
        Collections.reverse(oldestFirst);
        AtomicInteger deleted = new AtomicInteger();
        try {
            catalogue.delete(oldestFirst, deleted);
        } finally {
            observers.pruned(plan, deleted.get());
        }
        return plan;
    }

    @Override
    public Optional<Duration> lastVerifiedAge() {
        return BackupCatalogue.newestVerified(list())
                .map(backup ->
                        Observers.age(backup.createdAt(), settings.clock().instant()));
    }

    @Override
    public Health health() {
        Optional<Duration> age;
        try {
            age = lastVerifiedAge();
        } catch (BackupException e) {
            return Health.down(String.valueOf(e.getMessage()));
        }
        if (age.isEmpty()) {
            return Health.degraded("no backup is verified; create one and verify it");
        }
        String detail = "the newest verified backup is " + age.get() + " old";
        return age.get().compareTo(settings.alarmAfter()) <= 0
                ? Health.up(detail)
                : Health.degraded(detail + ", alarm is after " + settings.alarmAfter());
    }

    @Override
    public Stats stats() {
        return observers.stats();
    }

    @Override
    public BackupSchedule.Builder daily(LocalTime time, ZoneId zone) {
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(zone, "zone");
        return new BackupSchedule.Builder(this, RunTimes.daily(time, zone), DAILY_JITTER, settings.clock());
    }

    @Override
    public BackupSchedule.Builder every(Duration period) {
        Options.positiveNanos("every", period);
        return new BackupSchedule.Builder(this, RunTimes.every(period), Duration.ZERO, settings.clock());
    }

    private void suspect(String id, List<String> problems) {
        String detail = String.join("; ", problems);
        record(id, detail);
        observers.suspect(id, detail);
    }

    /** Keeps the outcome; no detail means that the backup is good. */
    private void record(String id, String detail) {
        catalogue.record(id, settings.clock().instant(), detail);
        if (detail.isEmpty()) {
            refreshAge();
        }
    }

    private void refreshAge() {
        try {
            list();
        } catch (BackupException e) {
            LOG.debug("the age of the newest verified backup is as of an earlier look", e);
        }
    }

    private void requireKind(Manifest manifest) {
        if (!manifest.kind().equals(engine.kind())) {
            throw new BackupException(
                    Kind.WRONG_KIND,
                    "backup " + manifest.id() + " is one of " + manifest.kind() + ", this database is " + engine.kind()
                            + "; give each database a store of its own");
        }
    }

    private BackupException notMade(Exception e) {
        return new BackupException(
                Kind.NOT_MADE,
                "backup of " + settings.database() + " to " + settings.store() + " failed: " + BackupException.say(e)
                        + "; nothing of it was kept",
                e);
    }

    private Duration since(long start) {
        return Duration.ofNanos(Math.max(0, settings.ticker().nanos() - start));
    }
}

package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.BackupInfo.State;
import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.internal.BackupIds;
import dev.wellhead.backup.internal.DamagedException;
import dev.wellhead.backup.internal.Digests;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartReader;
import dev.wellhead.backup.internal.RunTimes;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.backup.internal.Verdict;
import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Redaction;
import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.Options;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins a database, a store and a retention. The store's manifests are the only memory: nothing is cached. */
final class RealBackups implements Backups {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

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
    private final Engine engine;
    private final Observers observers;

    RealBackups(Settings settings) {
        this.settings = settings;
        this.storage = settings.store().storage();
        this.engine = settings.database().engine(storage, settings.ticker(), settings.workers());
        this.observers = new Observers(settings.listener(), settings.metrics(), settings.clock());
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

    private BackupInfo createAlone(Engine.RunnerLock lock, long start) {
        Instant now = settings.clock().instant();
        String id = idOfNext(now);
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
                throw new SQLException("the lock against other runners was lost, its session has ended");
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
            return manifest(id);
        }
    }

    private String idOfNext(Instant now) {
        try {
            return BackupIds.next(storage.ids(), now);
        } catch (IOException e) {
            throw storeFailed("listing", e);
        }
    }

    @Override
    public List<BackupInfo> list() {
        List<BackupInfo> backups = new ArrayList<>();
        try {
            for (String id : storage.ids()) {
                try {
                    backups.add(info(id));
                } catch (NoSuchFileException e) {
                    LOG.debug("backup {} was deleted while it was listed", id, e);
                }
            }
        } catch (IOException e) {
            throw storeFailed("listing", e);
        }
        Collections.reverse(backups);
        observers.newestVerified(
                newestVerified(backups).map(BackupInfo::createdAt).orElse(null));
        return List.copyOf(backups);
    }

    private BackupInfo info(String id) throws IOException {
        byte[] content;
        Manifest manifest;
        try {
            content = storage.read(id, Manifest.FILE, Manifest.MAX_BYTES);
            manifest = Manifest.of(id, content);
        } catch (DamagedException e) {
            return BackupInfo.damaged(id, BackupException.say(e));
        }
        return BackupInfo.of(manifest, verdict(id, content));
    }

    private @Nullable Verdict verdict(String id, byte[] manifest) throws IOException {
        try {
            Verdict verdict = Verdict.of(storage.read(id, Verdict.FILE, Verdict.MAX_BYTES));
            // One that belongs to other content says nothing of this.
            return verdict.manifestSha256().equals(Digests.hex(manifest)) ? verdict : null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (DamagedException e) {
            LOG.warn("backup {}: its verdict is damaged, so it counts as not verified; verify it again", id, e);
            return null;
        }
    }

    @Override
    public VerifyReport verify(String id) {
        long start = settings.ticker().nanos();
        requireExisting(id);
        List<String> problems;
        try {
            Manifest manifest = manifest(id);
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
        requireExisting(id);
        Manifest manifest;
        Engine.Outcome outcome;
        try {
            manifest = manifest(id);
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
        RestoreReport report = new RestoreReport(BackupInfo.of(manifest, null), target, since(start));
        observers.restored(report);
        return report;
    }

    @Override
    public void copy(String id, BackupStore to) {
        requireExisting(id);
        try {
            requireKind(manifest(id));
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
        int deleted = 0;
        try {
            for (BackupInfo backup : oldestFirst) {
                try {
                    storage.delete(backup.id());
                    deleted++;
                } catch (NoSuchFileException e) {
                    LOG.debug("backup {} was deleted by somebody else", backup.id(), e);
                }
            }
        } catch (IOException e) {
            throw storeFailed("pruning, after " + deleted + " of " + oldestFirst.size() + " deletions,", e);
        } finally {
            observers.pruned(plan, deleted);
        }
        return plan;
    }

    @Override
    public Optional<Duration> lastVerifiedAge() {
        return newestVerified(list())
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
        return new BackupSchedule.Builder(this, RunTimes.daily(time, zone), settings.clock());
    }

    @Override
    public BackupSchedule.Builder every(Duration period) {
        Options.positiveNanos("every", period);
        return new BackupSchedule.Builder(this, RunTimes.every(period), settings.clock());
    }

    private Manifest manifest(String id) throws IOException {
        return Manifest.of(id, storage.read(id, Manifest.FILE, Manifest.MAX_BYTES));
    }

    private void suspect(String id, List<String> problems) {
        String detail = String.join("; ", problems);
        record(id, detail);
        observers.suspect(id, detail);
    }

    /** Keeps the outcome beside the manifest; no detail means that the backup is good. */
    private void record(String id, String detail) {
        try {
            byte[] manifest = storage.read(id, Manifest.FILE, Manifest.MAX_BYTES);
            Verdict verdict = new Verdict(detail.isEmpty(), settings.clock().instant(), detail, Digests.hex(manifest));
            storage.annotate(id, Verdict.FILE, verdict.toBytes());
        } catch (DamagedException e) {
            // A manifest that cannot be read at all makes the backup suspect by itself.
            LOG.debug("no verdict kept for backup {}", id, e);
        } catch (IOException e) {
            throw storeFailed("keeping the outcome for " + id, e);
        }
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

    private void requireExisting(String id) {
        boolean exists;
        try {
            exists = storage.ids().contains(id);
        } catch (IOException e) {
            throw storeFailed("listing", e);
        }
        if (!exists) {
            throw new BackupException(
                    Kind.UNKNOWN_ID,
                    "store " + settings.store() + " has no backup '" + Redaction.printable(id)
                            + "'; list() gives those there are");
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

    private static Optional<BackupInfo> newestVerified(List<BackupInfo> newestFirst) {
        return newestFirst.stream()
                .filter(backup -> backup.state() == State.VERIFIED)
                .findFirst();
    }

    private BackupException notMade(Exception e) {
        return new BackupException(
                Kind.NOT_MADE,
                "backup of " + settings.database() + " to " + settings.store() + " failed: " + BackupException.say(e)
                        + "; nothing of it was kept",
                e);
    }

    private BackupException storeFailed(String what, IOException e) {
        return new BackupException(
                Kind.STORE,
                what + " in the store " + settings.store() + " failed: " + BackupException.say(e)
                        + "; check the directory and its rights",
                e);
    }

    private Duration since(long start) {
        return Duration.ofNanos(Math.max(0, settings.ticker().nanos() - start));
    }
}

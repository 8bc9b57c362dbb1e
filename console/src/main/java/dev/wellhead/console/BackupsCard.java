package dev.wellhead.console;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.Backups;
import dev.wellhead.core.Health;
import dev.wellhead.core.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Backups: how old, how large, and when one was last proved to restore. Read from the store while somebody looks, every 30 s. */
final class BackupsCard implements Card {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int MOST_ROWS = 100;

    private final String name;
    private final Backups backups;
    private final Clock clock;
    private final SlowRead<Found> found;

    private record Found(List<BackupInfo> all, Health health) {}

    BackupsCard(String name, Backups backups, Clock clock, Ticker ticker, Executor readers) {
        this.name = name;
        this.backups = backups;
        this.clock = clock;
        this.found = new SlowRead<>("backups '" + name + "'", this::read, ticker, readers, FRESH_NANOS);
    }

    private Found read() {
        return new Found(backups.list(), backups.health());
    }

    @Override
    public String kind() {
        return "backups";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> columns() {
        return List.of();
    }

    @Override
    public void sample(long nowNanos, double[] into) {}

    @Override
    public Map<String, @Nullable Object> now() {
        Backups.Stats stats = backups.stats();
        Map<String, @Nullable Object> now = found.look(this::shown);
        now.put("failed", stats.failed());
        now.put("pruned", stats.pruned());
        return now;
    }

    private Map<String, @Nullable Object> shown(Found found) {
        Instant now = clock.instant();
        return Json.object(
                "health",
                Healths.shown(found.health()),
                "total",
                found.all().size(),
                "bytes",
                found.all().stream().mapToLong(BackupInfo::bytes).sum(),
                "lastVerifiedAgoMs",
                found.all().stream()
                        .filter(backup -> backup.state() == BackupInfo.State.VERIFIED)
                        .flatMap(backup -> backup.checkedAt().stream())
                        .max(Instant::compareTo)
                        .map(at -> Duration.between(at, now).toMillis())
                        .orElse(null),
                "rows",
                found.all().stream()
                        .limit(MOST_ROWS)
                        .map(backup -> shown(backup, now))
                        .toList());
    }

    private static Map<String, @Nullable Object> shown(BackupInfo backup, Instant now) {
        return Json.object(
                "id",
                backup.id(),
                "state",
                backup.state(),
                "createdAt",
                backup.createdAt(),
                "ageMs",
                Duration.between(backup.createdAt(), now).toMillis(),
                "bytes",
                backup.bytes(),
                "tables",
                backup.tables(),
                "rows",
                backup.rows(),
                "database",
                backup.database(),
                "detail",
                backup.detail(),
                "checkedAgoMs",
                backup.checkedAt()
                        .map(at -> Duration.between(at, now).toMillis())
                        .orElse(null));
    }
}

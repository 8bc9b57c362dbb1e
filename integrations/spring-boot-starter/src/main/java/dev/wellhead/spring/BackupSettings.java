package dev.wellhead.spring;

import dev.wellhead.backup.BackupSchedule;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.KeyRing;
import dev.wellhead.backup.Retention;
import dev.wellhead.spring.BackupProperties.Schedule;
import dev.wellhead.spring.WellheadConfigurationException.Reason;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Hands the properties of backups on. */
final class BackupSettings {
    private static final String PREFIX = "wellhead.backup";

    private BackupSettings() {}

    /** Returns the key of the properties; null if there is none. Messages and causes do not quote it. */
    static @Nullable KeyRing keys(BackupProperties from) {
        String text = from.encryptionKey();
        if (text == null) {
            return null;
        }
        byte[] key;
        try {
            key = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new WellheadConfigurationException(
                    Reason.SETTING, PREFIX + ".encryption-key is not Base64; make one with: openssl rand -base64 32");
        }
        return new Settings(PREFIX).get("encryptionKey", () -> KeyRing.of(from.encryptionKeyName(), key));
    }

    static Settings apply(BackupProperties from, Backups.Builder to) {
        retention(from.retention()).ifPresent(to::retention);
        return new Settings(PREFIX)
                .set("alarmAfter", from.alarmAfter(), to::alarmAfter)
                .set("workers", from.workers(), to::workers)
                .set("bytesPerSecond", from.bytesPerSecond(), size -> to.bytesPerSecond(size.toBytes()));
    }

    private static Optional<Retention> retention(BackupProperties.Retention from) {
        if (from.last() == null
                && from.daily() == null
                && from.weekly() == null
                && from.monthly() == null
                && from.yearly() == null) {
            return Optional.empty();
        }
        Retention.Builder to = Retention.builder();
        Settings settings = new Settings(PREFIX + ".retention")
                .set("last", from.last(), to::last)
                .set("daily", from.daily(), to::daily)
                .set("weekly", from.weekly(), to::weekly)
                .set("monthly", from.monthly(), to::monthly)
                .set("yearly", from.yearly(), to::yearly)
                .set("zone", from.zone(), to::zone);
        return Optional.of(settings.build(to::build));
    }

    /** Returns what begins the schedule; null if nothing says when. */
    static BackupSchedule.@Nullable Builder schedule(Schedule from, Backups backups) {
        if (from.dailyAt() != null && from.every() != null) {
            throw new WellheadConfigurationException(
                    Reason.SETTING,
                    PREFIX + ".schedule.daily-at and " + PREFIX
                            + ".schedule.every are both set; remove one of the two");
        }
        Settings settings = new Settings(PREFIX + ".schedule");
        BackupSchedule.Builder to;
        if (from.dailyAt() != null) {
            to = backups.daily(from.dailyAt(), from.zone());
        } else if (from.every() != null) {
            Duration every = from.every();
            to = settings.get("every", () -> backups.every(every));
        } else {
            return null;
        }
        settings.set("jitter", from.jitter(), jitter -> {
                    if (jitter.isZero()) {
                        to.withoutJitter();
                    } else {
                        to.jitter(jitter);
                    }
                })
                .on("verifyByRestore", from.verifyByRestore(), to::verifyByRestore)
                .on("prune", from.prune(), to::pruneAfterwards);
        return to;
    }
}

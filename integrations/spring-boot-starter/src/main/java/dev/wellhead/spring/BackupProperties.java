package dev.wellhead.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.util.unit.DataSize;

/**
 * What backups are told. There are backups if there is a directory, or a bean of type BackupStore.
 *
 * @param enabled Whether there are backups, if there is a place for them.
 * @param directory Directory of its own for the backups of this database.
 * @param schema Where the schema of a restored PostgreSQL database comes from; from migrations if there are any, where it is not set.
 * @param encryptionKey Key of 32 random bytes in Base64 that backups are encrypted with; not at all where it is not set.
 * @param encryptionKeyName Name of that key, which is written beside what it encrypts.
 * @param alarmAfter Age of the newest verified backup above which health is DEGRADED.
 * @param workers How many tables are copied at a time; half as many as there are processors, 4 at most, where it is not set.
 * @param bytesPerSecond How much is copied in an average second; without bound where it is not set.
 * @param retention Which backups are kept.
 * @param schedule When backups are made.
 */
@ConfigurationProperties("wellhead.backup")
record BackupProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable Path directory,
        @Nullable Schema schema,
        @Nullable String encryptionKey,
        @DefaultValue("main") String encryptionKeyName,
        @Nullable Duration alarmAfter,
        @Nullable Integer workers,
        @Nullable DataSize bytesPerSecond,
        @DefaultValue Retention retention,
        @DefaultValue Schedule schedule) {

    /** Where the schema of a restored database comes from. */
    enum Schema {
        /** The migrations make it anew. */
        MIGRATIONS,
        /** Each backup takes it along. */
        CATALOGUE
    }

    /**
     * Which backups are kept; all of them if nothing is set.
     *
     * @param last How many of the newest are kept.
     * @param daily Of how many days one is kept.
     * @param weekly Of how many weeks one is kept.
     * @param monthly Of how many months one is kept.
     * @param yearly Of how many years one is kept.
     * @param zone Zone in which days, weeks, months and years begin.
     */
    record Retention(
            @Nullable Integer last,
            @Nullable Integer daily,
            @Nullable Integer weekly,
            @Nullable Integer monthly,
            @Nullable Integer yearly,
            @Nullable ZoneId zone) {}

    /**
     * When backups are made; never if nothing is set.
     *
     * @param dailyAt Time of the day, as 03:00.
     * @param zone Zone of that time.
     * @param every Age of the newest backup at which the next is made, in place of daily-at.
     * @param jitter By how much a run may be late on purpose; 10 min for daily-at, not at all for every, where it is not set.
     * @param verifyByRestore Whether each backup is restored and compared right after it was made.
     * @param prune Whether what the retention does not keep is deleted after each run that went well.
     */
    record Schedule(
            @Nullable @DateTimeFormat(iso = DateTimeFormat.ISO.TIME)
            LocalTime dailyAt,

            @DefaultValue("UTC") ZoneId zone,
            @Nullable Duration every,
            @Nullable Duration jitter,
            @DefaultValue("true") boolean verifyByRestore,
            @DefaultValue("false") boolean prune) {}

    /** Without the key. */
    @Override
    public String toString() {
        return "BackupProperties[directory=" + directory + "]";
    }
}

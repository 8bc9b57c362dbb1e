package dev.wellhead.cli;

import dev.wellhead.backup.Retention;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which backups are kept. Filled by the parser. */
final class RetentionOptions {
    @Option(names = "--keep-last", paramLabel = "N", description = "Keep the newest N.")
    @Nullable Integer last;

    @Option(
            names = "--keep-daily",
            paramLabel = "N",
            description = "Keep one of each of the newest N days that have one.")
    @Nullable Integer daily;

    @Option(
            names = "--keep-weekly",
            paramLabel = "N",
            description = "Keep one of each of the newest N weeks that have one.")
    @Nullable Integer weekly;

    @Option(
            names = "--keep-monthly",
            paramLabel = "N",
            description = "Keep one of each of the newest N months that have one.")
    @Nullable Integer monthly;

    @Option(
            names = "--keep-yearly",
            paramLabel = "N",
            description = "Keep one of each of the newest N years that have one.")
    @Nullable Integer yearly;

    @Option(names = "--zone", paramLabel = "ZONE", description = "Where days begin, as Europe/Berlin. Default: UTC.")
    @Nullable ZoneId zone;

    /** Returns the rules; null if there is none. */
    @Nullable Retention retention() {
        if (last == null && daily == null && weekly == null && monthly == null && yearly == null) {
            return null;
        }
        Retention.Builder builder = Retention.builder();
        if (last != null) {
            builder.last(last);
        }
        if (daily != null) {
            builder.daily(daily);
        }
        if (weekly != null) {
            builder.weekly(weekly);
        }
        if (monthly != null) {
            builder.monthly(monthly);
        }
        if (yearly != null) {
            builder.yearly(yearly);
        }
        if (zone != null) {
            builder.zone(zone);
        }
        return builder.build();
    }
}

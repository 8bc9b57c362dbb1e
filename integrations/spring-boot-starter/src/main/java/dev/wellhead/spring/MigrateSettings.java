package dev.wellhead.spring;

import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.spring.MigrateProperties.Feature;
import dev.wellhead.spring.WellheadConfigurationException.Reason;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** Hands the properties of migrations on. */
final class MigrateSettings {
    static final String DEFAULT_LOCATION = "classpath:migrations";
    private static final String CLASSPATH = "classpath:";
    private static final String FILE = "file:";

    private MigrateSettings() {}

    static MigrationSource source(List<String> locations) {
        if (locations.isEmpty()) {
            return source(DEFAULT_LOCATION);
        }
        MigrationSource all = source(locations.get(0));
        for (String location : locations.subList(1, locations.size())) {
            all = all.and(source(location));
        }
        return all;
    }

    private static MigrationSource source(String location) {
        try {
            if (location.startsWith(CLASSPATH)) {
                return MigrationSource.classpath(location.substring(CLASSPATH.length()));
            }
            if (location.startsWith(FILE)) {
                return MigrationSource.directory(Path.of(location.substring(FILE.length())));
            }
        } catch (InvalidPathException e) {
            throw refusal(location, "is no path: " + e.getReason());
        } catch (IllegalArgumentException e) {
            throw refusal(location, "is refused: " + e.getMessage());
        }
        throw refusal(location, "must begin with classpath: or file:");
    }

    private static WellheadConfigurationException refusal(String location, String what) {
        return new WellheadConfigurationException(
                Reason.SETTING,
                OnMigrations.LOCATIONS + ": '" + location + "' " + what
                        + "; give folders as classpath:migrations or file:/srv/app/migrations");
    }

    static Settings apply(MigrateProperties from, Migrator.Builder to) {
        Settings settings = new Settings("wellhead.migrate")
                .set("schema", from.schema(), to::schema)
                .set("historyTable", from.historyTable(), to::historyTable)
                .on("outOfOrder", from.outOfOrder(), to::outOfOrder)
                .set("lockWait", from.lockWait(), to::lockWait)
                .set("lockTimeout", from.lockTimeout(), to::lockTimeout)
                .set("lockRetry", from.lockRetry(), to::lockRetry)
                .set("indexProgress", from.indexProgress(), to::indexProgress)
                .set("snapshotSchemas", from.snapshotSchemas().toArray(String[]::new), to::snapshotSchemas)
                .on("besideOtherHistories", from.besideOtherHistories(), to::besideOtherHistories)
                .without(
                        from.without(), Feature.LOCK_TIMEOUT, "lockTimeout", from.lockTimeout(), to::withoutLockTimeout)
                .without(from.without(), Feature.SNAPSHOTS, "snapshots", null, to::withoutSnapshots);
        if (!from.placeholders().isEmpty()) {
            settings.set("placeholders", from.placeholders(), to::placeholders);
        }
        return settings;
    }
}

package dev.wellhead.spring;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What migrations are told.
 *
 * @param enabled Whether there is a migrator.
 * @param runAtStart Whether pending migrations are applied before anything uses the database.
 * @param locations Folders with migrations, with classpath: or file: before them; classpath:migrations, if there is such a folder, where it is not set.
 * @param schema Schema of the history table; the connection's where it is not set.
 * @param historyTable Name of the history table.
 * @param outOfOrder Whether a migration may come late, below one that is applied.
 * @param lockWait How long a run waits for the run of another process.
 * @param lockTimeout How long one statement waits for locks before the migration gives way.
 * @param lockRetry For how long a migration that had to give way is tried again.
 * @param indexProgress How often a MigrationListener bean is told how far the build of an index is; never where it is not set.
 * @param snapshotSchemas Schemas that drift is looked for in; all where it is not set.
 * @param besideOtherHistories Whether a history may begin beside that of another tool.
 * @param placeholders What names between ${ and } in scripts stand for.
 * @param without What is switched off.
 */
@ConfigurationProperties("wellhead.migrate")
record MigrateProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("true") boolean runAtStart,
        @DefaultValue List<String> locations,
        @Nullable String schema,
        @Nullable String historyTable,
        @DefaultValue("false") boolean outOfOrder,
        @Nullable Duration lockWait,
        @Nullable Duration lockTimeout,
        @Nullable Duration lockRetry,
        @Nullable Duration indexProgress,
        @DefaultValue List<String> snapshotSchemas,
        @DefaultValue("false") boolean besideOtherHistories,
        @DefaultValue Map<String, String> placeholders,
        @DefaultValue Set<Feature> without) {

    /** What can be switched off. */
    enum Feature {
        /** Lets statements wait for locks as the database's own settings say. */
        LOCK_TIMEOUT,
        /** Lets runs not store the schema that they leave. */
        SNAPSHOTS
    }
}

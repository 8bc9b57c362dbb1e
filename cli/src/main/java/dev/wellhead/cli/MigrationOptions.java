package dev.wellhead.cli;

import dev.wellhead.cli.CliException.Kind;
import dev.wellhead.core.Redaction;
import dev.wellhead.migrate.MigrationListener;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which migrations, and how they are run. Filled by the parser. */
final class MigrationOptions {
    @Option(
            names = {"-m", "--migrations"},
            paramLabel = "FOLDER",
            description = "The folder of the files. Default: migrations.")
    @Nullable Path migrations;

    @Option(
            names = "--schema",
            paramLabel = "NAME",
            description = "The schema of the history table. Default: the connection's.")
    @Nullable String schema;

    @Option(
            names = "--history-table",
            paramLabel = "NAME",
            description = "The history table. Default: schema_migrations.")
    @Nullable String historyTable;

    @Option(names = "--out-of-order", description = "Apply migrations that come late.")
    boolean outOfOrder;

    @Option(
            names = "--beside-other-histories",
            description = "Begin a history though another tool has one in the same schema.")
    boolean besideOtherHistories;

    @Option(
            names = "--lock-wait",
            paramLabel = "TIME",
            description = "How long to wait for the run of another process. Default: 10m.")
    @Nullable Duration lockWait;

    @Option(
            names = "--lock-timeout",
            paramLabel = "TIME",
            description = "How long a statement waits for locks before the migration gives way. Default: 5s.")
    @Nullable Duration lockTimeout;

    @Option(
            names = "--lock-retry",
            paramLabel = "TIME",
            description = "For how long a migration that gave way is tried again. Default: 10m.")
    @Nullable Duration lockRetry;

    @Option(
            names = "--placeholder",
            paramLabel = "NAME=VALUE",
            description = "What $${NAME} stands for in the files; more in the properties file, as placeholder.NAME."
                    + " Not for secrets.")
    Map<String, String> placeholders = new LinkedHashMap<>();

    /** Returns the folder of the migrations. */
    Path folder(Session session) {
        return session.path(migrations == null ? Path.of("migrations") : migrations);
    }

    /**
     * Returns what the options ask for.
     *
     * @throws CliException if there is no such folder
     */
    Migrator migrator(Session session, Target target, MigrationListener listener) {
        Path folder = folder(session);
        if (!Files.isDirectory(folder)) {
            throw new CliException(
                    Kind.NO_SUCH_FILE,
                    "there is no folder " + folder + "; name that of the migrations with --migrations");
        }
        Migrator.Builder builder = Migrator.builder(target.dataSource())
                .source(MigrationSource.directory(folder))
                .clock(session.surroundings().clock())
                .indexProgress(Duration.ofSeconds(1))
                .listener(listener);
        if (schema != null) {
            builder.schema(schema);
        }
        if (historyTable != null) {
            builder.historyTable(historyTable);
        }
        if (outOfOrder) {
            builder.outOfOrder();
        }
        if (besideOtherHistories) {
            builder.besideOtherHistories();
        }
        if (lockWait != null) {
            builder.lockWait(lockWait);
        }
        if (lockTimeout != null) {
            builder.lockTimeout(lockTimeout);
        }
        if (lockRetry != null) {
            builder.lockRetry(lockRetry);
        }
        Map<String, String> values = new LinkedHashMap<>(session.settings().placeholders());
        placeholders.forEach((name, value) -> {
            if (Redaction.isSecret(name)) {
                throw new CliException(
                        Kind.SECRET_SHOWN,
                        "the value of placeholder " + name
                                + " may be a secret, and every user of this machine can read the"
                                + " arguments of a process; write placeholder." + name + " into the properties file");
            }
            values.put(name, value);
        });
        return values.isEmpty() ? builder.build() : builder.placeholders(values).build();
    }
}

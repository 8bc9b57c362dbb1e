package dev.wellhead.migrate;

import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.Options;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.SchemaSource;
import dev.wellhead.migrate.internal.Placeholders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Brings the schema of a PostgreSQL or SQLite database to a version, and back.
 *
 * <p>Each migration runs in one transaction together with its row in the history, so it is applied whole and recorded, or
 * not at all, whenever the process is killed. Statements that cannot run in a transaction run alone, and the history says
 * how far a migration came: the next run goes on there. Any number of processes and threads may migrate at the same time:
 * one works, the others wait for it and then find nothing left to do.
 *
 * <p>Thread-safe, holds no connection between calls, and needs no closing. Every method blocks: it reads the source and
 * the database, and those that change something wait for their turn first.
 */
public interface Migrator {
    /**
     * Starts a migrator for this database.
     *
     * @param dataSource connections straight to the database: a run holds one for its whole time, and on PostgreSQL a
     *     pooler between transactions would lose the run's lock
     */
    static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /**
     * Returns what {@link #migrate()} would do now. A dry run: changes nothing, takes no lock, and creates no history.
     *
     * @throws MigrationException if {@link #migrate()} would refuse, for the same reason
     */
    MigrationPlan plan();

    /**
     * Applies all pending migrations, oldest first.
     *
     * @throws MigrationException if files and history disagree or a script cannot run (then nothing was run), if the turn does not come in time, or if a statement fails; what was applied before stays
     */
    MigrationReport migrate();

    /**
     * Applies the pending migrations up to this version, itself included. Rolls nothing back, so a version that is
     * applied already leaves nothing to do.
     *
     * @throws MigrationException as {@link #migrate()}, and if there is no such version
     */
    MigrationReport migrate(String targetVersion);

    /**
     * Takes back the newest migrations, newest first, each with its down SQL as the source has it now.
     *
     * @param steps how many, at least 1
     * @throws IllegalArgumentException if {@code steps} is below 1
     * @throws MigrationException if fewer are applied or one of them has no down SQL (then nothing was run), if the turn
     *     does not come in time, or if a statement fails; what was taken back before stays so
     */
    MigrationReport rollback(int steps);

    /**
     * Takes back all migrations above this version, newest first; {@code "0"}, if no migration has that version, means
     * all of them.
     *
     * @throws MigrationException as {@link #rollback(int)}, and if this version is not applied
     */
    MigrationReport rollbackTo(String version);

    /**
     * Takes the newest migration back and applies it again, in one run: to try a file out while it is being written.
     *
     * @throws MigrationException as {@link #rollback(int)} and {@link #migrate()}
     */
    MigrationReport redo();

    /** Returns what mends the history by hand. */
    MigrationHistory history();

    /**
     * Returns where every migration of source and history stands, by version. Changes nothing.
     *
     * @throws MigrationException if source or history cannot be read
     */
    List<MigrationStatus> status();

    /**
     * Returns how source and history disagree. Changes nothing.
     *
     * @throws MigrationException if source or history cannot be read
     */
    ValidationReport validate();

    /**
     * Returns the schema as it is now, without the migrator's own tables. Changes nothing. It can be kept as text, and
     * compared with that of another time or database.
     *
     * @throws MigrationException if it cannot be read
     */
    SchemaSnapshot snapshot();

    /**
     * Returns what was changed by hand: how the schema differs from what the last run left. Changes nothing. The next run
     * stores what there is then, so look at this before.
     *
     * @throws MigrationException if no run has stored the schema, or it cannot be read
     */
    DriftReport drift();

    /**
     * Stores the schema as it is now for {@link #drift()} to compare with, as every run does: for a database that was
     * migrated by other means, or whose drift is to stay. Waits for its turn like a run.
     *
     * @throws MigrationException if the turn does not come in time, or it cannot be read or stored
     */
    SchemaSnapshot storeSnapshot();

    /**
     * Tries out whether every migration of the source can be taken back: applies them one after the other to an empty
     * scratch database, and after each one runs its down and its up again, and compares the schemas. A bad one does not
     * keep the others from being tried. The real database is only asked for its search path.
     *
     * <p>The scratch database is on the same PostgreSQL server, or a temporary SQLite file, and is removed in the end.
     * Statements that reach beyond their database, as {@code CREATE ROLE}, are not run, unless a function hides them.
     * Takes a fraction of a second for each migration.
     *
     * @throws MigrationException if the source cannot be read, or there is no scratch database to be had
     */
    RollbackReport verifyRollbacks();

    /**
     * Returns what in the pending migrations would stop or break an application in use, with the locks, the reason and a
     * safe recipe. Tables that this run makes are nobody's yet, so nothing is said about them. Changes nothing; reads the
     * scripts, and of the database only its history.
     *
     * @throws MigrationException if source or history cannot be read, or a script cannot be split
     */
    LintReport lint();

    /**
     * Returns what {@link #lint()} would say of all migrations of the source, each looked at as if it ran alone on a
     * database in use: tables that the same migration makes are nobody's yet, those of earlier ones are in use.
     *
     * @throws MigrationException as {@link #lint()}
     */
    LintReport lintAll();

    /**
     * Returns the schema that all migrations of the source make, for backups that hold the rows alone ({@code
     * Database.postgres(direct, migrator.replay())} of wellhead-backup): in an empty database they run with this migrator's
     * placeholders and history table, and its listener and metrics hear nothing of it. A schema of the history is made
     * before. Reads the source anew each time it is asked, and opens no connection of this migrator.
     *
     * <p>It knows each schema that these migrations have made on their way: a backup from before the newest ones is restored
     * with those that there were, and so is one that was made while the newest ones were pending. Not if one of them was changed, was removed or came late, or if a {@linkplain
     * Migration#repeatable repeatable} one has changed.
     */
    SchemaSource replay();

    /** What a migrator may be told. For one thread. */
    final class Builder {
        // PostgreSQL's; the name of the log is that of the history and four bytes more.
        private static final int LONGEST_NAME = 63;
        private static final int LONGEST_HISTORY_NAME = LONGEST_NAME - 4;

        private final DataSource dataSource;
        private @Nullable MigrationSource source;
        private @Nullable String schema;
        private String historyTable = "schema_migrations";
        private boolean outOfOrder;
        private Duration lockWait = Duration.ofMinutes(10);
        private @Nullable Duration lockTimeout = Duration.ofSeconds(5);
        private Duration lockRetry = Duration.ofMinutes(10);
        private @Nullable Duration indexProgress;
        private Ticker ticker = Ticker.system();
        private Clock clock = Clock.systemUTC();
        private MetricSink metrics = MetricSink.none();
        private MigrationListener listener = MigrationOptions.NOBODY;
        private boolean snapshots = true;
        private Set<String> snapshotSchemas = Set.of();
        private @Nullable DirectDataSource scratch;
        private boolean besideOtherHistories;
        private Placeholders placeholders = Placeholders.NONE;

        private Builder(DataSource dataSource) {
            this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        }

        /** Sets where the migrations come from. Required. */
        public Builder source(MigrationSource source) {
            this.source = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * Sets the schema of the history table, which must exist; scripts do not notice. Default: the connection's current
         * schema, on SQLite {@code main}.
         */
        public Builder schema(String schema) {
            this.schema = name("schema", schema);
            return this;
        }

        /** Sets the name of the history table. Default: {@code schema_migrations}. */
        public Builder historyTable(String historyTable) {
            this.historyTable = name("historyTable", historyTable, LONGEST_HISTORY_NAME);
            return this;
        }

        /**
         * Lets migrations come late: one whose version is below the newest applied is applied like any other that is
         * pending. Rollbacks still go by versions, not by the order in which they were applied. Default: a late migration is
         * refused, and named.
         */
        public Builder outOfOrder() {
            this.outOfOrder = true;
            return this;
        }

        /** Sets how long a run waits for the run of another process or thread to end. Default: 10 min. */
        public Builder lockWait(Duration lockWait) {
            Options.nonNegativeNanos("lockWait", lockWait);
            this.lockWait = lockWait;
            return this;
        }

        /**
         * Sets how long one statement waits for locks that others hold, before the migration is rolled back to let those
         * through that queue behind it, and tried again; see {@link #lockRetry}. 1 ms to 24 days. Default: 5 s.
         */
        public Builder lockTimeout(Duration lockTimeout) {
            long millis = Options.positiveNanos("lockTimeout", lockTimeout) / 1_000_000;
            if (millis < 1 || millis > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("lockTimeout must be 1 ms to 24 days, was " + lockTimeout);
            }
            this.lockTimeout = lockTimeout;
            return this;
        }

        /** Lets statements wait for locks as long as the database's own settings do; on SQLite, without end. */
        public Builder withoutLockTimeout() {
            this.lockTimeout = null;
            return this;
        }

        /**
         * Sets for how long a migration that had to give way, to a lock held by others or as the victim of a deadlock, is
         * tried again. Zero means one attempt. Default: 10 min.
         */
        public Builder lockRetry(Duration lockRetry) {
            Options.nonNegativeNanos("lockRetry", lockRetry);
            this.lockRetry = lockRetry;
            return this;
        }

        /**
         * Lets the listener be told, this often, how far the build of an index is; PostgreSQL only. Takes a second
         * connection while one is built. Default: off.
         */
        public Builder indexProgress(Duration every) {
            Options.positiveNanos("indexProgress", every);
            this.indexProgress = every;
            return this;
        }

        /** Sets what measures durations. Default: {@link Ticker#system()}. */
        public Builder ticker(Ticker ticker) {
            this.ticker = Objects.requireNonNull(ticker, "ticker");
            return this;
        }

        /** Sets the clock that says when a migration was applied. Default: the system's, in UTC. */
        public Builder clock(Clock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Sets where {@code wellhead.migrate.applied}, {@code .rolledback}, {@code .failed} (counters) and {@code
         * .duration} (a timer) go. Default: nowhere.
         */
        public Builder metrics(MetricSink metrics) {
            this.metrics = Objects.requireNonNull(metrics, "metrics");
            return this;
        }

        /** Sets who is told what the migrator does. Default: nobody. */
        public Builder listener(MigrationListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Lets runs not store the schema that they leave, so that {@link Migrator#drift()} knows only what {@link
         * Migrator#storeSnapshot()} stored. Reading the schema takes a few milliseconds, and more with thousands of tables.
         */
        public Builder withoutSnapshots() {
            this.snapshots = false;
            return this;
        }

        /**
         * Sets which schemas of a PostgreSQL database snapshots are of, for one that several services share; what is in no
         * schema, as an extension, is always part. Default: all of them.
         */
        public Builder snapshotSchemas(String... schemas) {
            for (String schema : schemas) {
                name("snapshotSchemas", schema);
            }
            this.snapshotSchemas = Set.of(schemas);
            return this;
        }

        /**
         * Sets the PostgreSQL server on which {@link Migrator#verifyRollbacks()} may create databases for its trials, which
         * needs a role that may. Default: the migrator's own, if its data source is a {@link DirectDataSource}.
         */
        public Builder scratch(DirectDataSource scratch) {
            this.scratch = Objects.requireNonNull(scratch, "scratch");
            return this;
        }

        /**
         * Lets a run begin a history of its own though another tool has one in the same schema, as where two services
         * share it. Default: such a run is refused, since what the other tool applied would run again; {@link
         * MigrationHistory#importFrom} takes it over.
         */
        public Builder besideOtherHistories() {
            this.besideOtherHistories = true;
            return this;
        }

        /**
         * Sets what {@code ${name}} stands for in scripts, as {@link #placeholders(Map, String, String)} says. Default: off,
         * and statements are sent as they stand.
         */
        public Builder placeholders(Map<String, String> values) {
            return placeholders(values, "${", "}");
        }

        /**
         * Sets what names between a prefix and a suffix stand for in scripts. They are filled in everywhere but in comments
         * and in the data of a {@code COPY}; a script is split into statements before, and a value cannot end the quotes in
         * which it stands. A name that was not given is refused before anything runs. Sums are of the text as it is written,
         * so another value does not make a migration a changed one. Values are in no message and no log of the migrator;
         * where the driver's words contain one, its name stands there, and the cause is without the driver's exception.
         *
         * @param values by names of letters, digits, underscores and dots; copied
         * @param prefix 1 to 8 of the signs <code>{}&lt;&gt;%@#:!~^&amp;|=?</code>, and {@code $} but at its end
         * @param suffix the same without {@code $}
         * @throws IllegalArgumentException at any other prefix, suffix or name, and at a NUL in a value
         */
        public Builder placeholders(Map<String, String> values, String prefix, String suffix) {
            this.placeholders = Placeholders.of(values, prefix, suffix);
            return this;
        }

        /**
         * Returns the migrator. Opens no connection.
         *
         * @throws IllegalArgumentException if there is no source
         */
        public Migrator build() {
            if (source == null) {
                throw new IllegalArgumentException("migrator: source must be set");
            }
            return new JdbcMigrator(new MigrationOptions(
                    dataSource,
                    filled(source, placeholders),
                    schema,
                    historyTable,
                    outOfOrder,
                    lockWait,
                    lockTimeout,
                    lockRetry,
                    indexProgress,
                    ticker,
                    clock,
                    metrics,
                    listener,
                    new InspectionOptions(snapshots, snapshotSchemas, scratch),
                    besideOtherHistories));
        }

        private static MigrationSource filled(MigrationSource source, Placeholders placeholders) {
            return placeholders == Placeholders.NONE
                    ? source
                    : () -> source.load().stream()
                            .map(each -> each.withPlaceholders(placeholders))
                            .toList();
        }

        private static String name(String option, String value) {
            return name(option, value, LONGEST_NAME);
        }

        // Quoted wherever it is used, so any name will do that PostgreSQL would not cut.
        private static String name(String option, String value, int longest) {
            int bytes = value.getBytes(StandardCharsets.UTF_8).length;
            if (bytes == 0 || bytes > longest || value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException(
                        option + " must have 1 to " + longest + " bytes and no NUL, had " + bytes + " bytes");
            }
            return value;
        }
    }
}

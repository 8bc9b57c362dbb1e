package dev.wellhead.pool;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Redaction;
import dev.wellhead.core.internal.DaemonThreads;
import dev.wellhead.core.internal.Options;
import dev.wellhead.jdbc.DirectDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An SQLite file as a service wants it: in WAL mode, one writer whose callers queue in order of arrival, and readers that
 * the writer does not block. Inside this process nobody ever sees SQLITE_BUSY because of somebody else here; against other
 * processes a busy timeout is set on every connection.
 *
 * <p>Transactions of the writer begin IMMEDIATE: they take the write lock at their start instead of failing in the middle.
 * Readers refuse to write ({@code query_only}). Foreign keys are enforced on both.
 *
 * <p>Thread-safe. Owns two pools: close it. The driver ({@code org.xerial:sqlite-jdbc}) is the host's.
 */
public final class SqliteDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteDatabase.class);
    // Upkeep gives way: to whoever writes here, and to other processes.
    private static final Duration UPKEEP_WAITS = Duration.ofSeconds(1);

    private final ConnectionPool writer;
    private final ConnectionPool readers;
    private final @Nullable Connection anchor;
    private final Housekeeper housekeeper;
    private boolean started;

    private SqliteDatabase(
            Builder options, ConnectionPool writer, ConnectionPool readers, @Nullable Connection anchor) {
        this.writer = writer;
        this.readers = readers;
        this.anchor = anchor;
        housekeeper = new Housekeeper(DaemonThreads.of("pool", options.name + "-upkeep"));
        if (options.upkeepNanos != Long.MAX_VALUE) {
            housekeeper.start(() -> keepUp(options.upkeepNanos));
        }
    }

    /** Has SQLite look at its statistics, and takes what the log holds into the file, as far as nobody is in the way. */
    private long keepUp(long every) {
        if (!started) {
            started = true;
            return every;
        }
        try {
            Optional<Connection> free = writer.tryAcquire(UPKEEP_WAITS);
            if (free.isPresent()) {
                try (Connection connection = free.get();
                        Statement statement = connection.createStatement()) {
                    statement.setQueryTimeout((int) UPKEEP_WAITS.toSeconds());
                    statement.execute("PRAGMA optimize");
                    statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
                }
            }
        } catch (SQLException e) {
            LOG.debug("{}: upkeep left for the next time", this, e);
        }
        return every;
    }

    /**
     * Opens the file with default options, and creates it if it is missing.
     *
     * @throws IllegalArgumentException if this cannot be the path of a database file
     * @throws SQLException if the file cannot be opened or put in WAL mode
     */
    public static SqliteDatabase open(Path file) throws SQLException {
        return builder(file).open();
    }

    /**
     * Starts with the path of the file.
     *
     * @throws IllegalArgumentException if this cannot be the path of a database file: {@code :memory:} (see {@link
     *     #inMemory()}), a directory, a path in no directory, or one with a question mark
     */
    public static Builder builder(Path file) {
        return new Builder(file);
    }

    /**
     * Starts with a database in memory, without a file: all connections of this object, and those of {@link #direct()}, see
     * the same one, which is gone when this object is closed. There is no log: a commit waits until those who read have
     * ended their transactions, and readers wait for a commit under way, each up to the busy timeout.
     */
    public static Builder inMemory() {
        return new Builder();
    }

    /**
     * Returns one data source for readers and writers, for frameworks that know only one: a connection takes a reader if
     * {@code setReadOnly(true)} was called on it before its first use, as Spring does for {@code @Transactional(readOnly =
     * true)}, else the writer. Until its first use it holds neither; a transaction that does nothing takes no lock. Once
     * used it can be switched over between transactions only. Closing this object closes it.
     */
    public DataSource dataSource() {
        return new RoutingSource();
    }

    private final class RoutingSource extends PlainDataSource {
        @Override
        public Connection getConnection() {
            return new RoutedConnection(writer, readers);
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return writer.getConnection(user, password);
        }

        @Override
        public int getLoginTimeout() {
            return writer.getLoginTimeout();
        }

        @Override
        public String toString() {
            return "data source of " + SqliteDatabase.this;
        }
    }

    /** Returns the pool of the one connection that writes. */
    public ConnectionPool writer() {
        return writer;
    }

    /** Returns the pool of connections that only read. */
    public ConnectionPool readers() {
        return readers;
    }

    /** Returns a source of new connections, set up as the writer's, for long jobs such as migrations and backups. */
    public DirectDataSource direct() {
        return writer.direct();
    }

    /** Returns the worse of the two pools' healths. */
    public Health health() {
        return writer.health().worse(readers.health());
    }

    /** Closes both pools, each as {@link ConnectionPool#close()} does. Idempotent. */
    @Override
    public void close() {
        housekeeper.stop();
        readers.close();
        // Last, since the last connection checkpoints the log into the file.
        writer.close();
        if (anchor != null) {
            try {
                anchor.close();
            } catch (SQLException e) {
                LOG.debug("{} not closed", this, e);
            }
        }
    }

    @Override
    public String toString() {
        return "SqliteDatabase[" + writer.direct().url() + "]";
    }

    /** Options of an SQLite database. Not thread-safe. A bad value is refused by its setter. */
    public static final class Builder {
        private final String location;
        private final boolean memory;
        private String name = "sqlite";
        private long upkeepNanos = TimeUnit.MINUTES.toNanos(10);
        private SessionReset sessionReset = SessionReset.TRACKED;
        private String[] connectionInit = {};
        private int readers = 4;
        private Duration busyTimeout = Duration.ofSeconds(5);
        private Duration acquireTimeout = Duration.ofSeconds(5);
        private Duration leakThreshold = Duration.ofSeconds(60);
        private Duration slowQueryThreshold = Duration.ofSeconds(1);
        private MetricSink metrics = MetricSink.none();
        private PoolListener listener = new PoolListener() {};

        private Builder() {
            // The file system in memory that SQLite brings along: unlike a shared cache it locks as files do.
            location = "file:/wellhead-" + UUID.randomUUID() + "?vfs=memdb";
            memory = true;
        }

        private Builder(Path file) {
            String text = file.toString();
            String shown = Redaction.printable(text);
            if (text.isEmpty() || text.equals(":memory:") || text.startsWith("file:")) {
                throw new IllegalArgumentException("file must be the path of a file, was '" + shown
                        + "'; for a database in memory use SqliteDatabase.inMemory()");
            }
            if (text.indexOf('?') >= 0) {
                throw new IllegalArgumentException(
                        "file must not contain '?', which the driver takes for the start of options, was " + shown);
            }
            Path absolute = file.toAbsolutePath();
            location = absolute.toString();
            memory = false;
            Path folder = absolute.getParent();
            if (Files.isDirectory(absolute) || folder == null || !Files.isDirectory(folder)) {
                throw new IllegalArgumentException("file must be a file in a directory that exists, was " + shown
                        + "; create the directory first");
            }
        }

        /**
         * Names the pools in messages, metrics and threads: {@code <name>-writer} and {@code <name>-readers}. Default:
         * {@code sqlite}.
         */
        public Builder name(String name) {
            this.name = Options.name("name", name);
            return this;
        }

        /** Sets how many connections read at a time. Default: 4. */
        public Builder readers(int readers) {
            this.readers = Options.atLeast("readers", 1, readers);
            return this;
        }

        /**
         * Sets statements that are run once on each new connection of either pool, as {@link
         * ConnectionPool.Builder#connectionInit} says; on readers they run when writes are refused already. Not run on
         * {@link SqliteDatabase#direct()}. Default: none.
         *
         * @throws IllegalArgumentException if one is blank, or begins a transaction
         */
        public Builder connectionInit(String... statements) {
            ConnectionPool.builder("").connectionInit(statements);
            this.connectionInit = statements.clone();
            return this;
        }

        /** Sets when a connection of either pool is replaced for what SQL left on it. Default: {@link SessionReset#TRACKED}. */
        public Builder sessionReset(SessionReset sessionReset) {
            this.sessionReset = Objects.requireNonNull(sessionReset, "sessionReset");
            return this;
        }

        /**
         * Sets how often the writer's connection is used for {@code PRAGMA optimize} and {@code wal_checkpoint(TRUNCATE)},
         * which keep statistics fresh and the log short; put off when it is not free within 1 s. Default: 10 min.
         */
        public Builder upkeep(Duration every) {
            this.upkeepNanos = Options.positiveNanos("upkeep", every);
            return this;
        }

        /** Leaves upkeep to the host, who may run it in {@link SqliteDatabase#writer()} at a quiet hour. */
        public Builder withoutUpkeep() {
            this.upkeepNanos = Long.MAX_VALUE;
            return this;
        }

        /** Sets how long a statement waits for a lock that another process holds. Default: 5 s. */
        public Builder busyTimeout(Duration busyTimeout) {
            long millis = TimeUnit.NANOSECONDS.toMillis(Options.positiveNanos("busyTimeout", busyTimeout));
            Options.atLeast("busyTimeout in ms", 1, millis);
            this.busyTimeout = busyTimeout;
            return this;
        }

        /** Sets how long a caller waits for a connection of either pool. Default: 5 s. */
        public Builder acquireTimeout(Duration acquireTimeout) {
            Options.positiveNanos("acquireTimeout", acquireTimeout);
            this.acquireTimeout = acquireTimeout;
            return this;
        }

        /** Sets how long a connection may be held before it is reported as a leak, once. Default: 60 s. */
        public Builder leakThreshold(Duration leakThreshold) {
            Options.positiveNanos("leakThreshold", leakThreshold);
            this.leakThreshold = leakThreshold;
            return this;
        }

        /** Sets from what time on a statement is reported as slow, by either pool. Default: 1 s. */
        public Builder slowQueryThreshold(Duration slowQueryThreshold) {
            Options.positiveNanos("slowQueryThreshold", slowQueryThreshold);
            this.slowQueryThreshold = slowQueryThreshold;
            return this;
        }

        /** Sets where metrics of both pools go. Default: nowhere. */
        public Builder metrics(MetricSink metrics) {
            this.metrics = Objects.requireNonNull(metrics, "metrics");
            return this;
        }

        /** Sets who hears of events in both pools. Default: nobody. */
        public Builder listener(PoolListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Opens the file, creating it if it is missing, and puts it in WAL mode. Blocks on the file.
         *
         * @throws SQLException if the file cannot be opened or put in WAL mode
         */
        public SqliteDatabase open() throws SQLException {
            DirectDataSource writing = source("IMMEDIATE");
            // What is in memory lives as long as somebody has it open, and pools may replace their connections.
            @Nullable Connection anchor = memory ? writing.getConnection() : null;
            if (anchor == null) {
                // A property of the file: set once, before the pools open anything.
                try (Connection connection = writing.getConnection()) {
                    requireWal(connection);
                }
            }
            ConnectionPool writer = pool("writer", writing, 1).minIdle(1).build();
            ConnectionPool reading = pool("readers", source("DEFERRED"), readers)
                    .minIdle(1)
                    .setup(Builder::refuseWrites)
                    .build();
            return new SqliteDatabase(this, writer, reading, anchor);
        }

        private DirectDataSource source(String transactionMode) {
            Properties pragmas = new Properties();
            pragmas.setProperty("busy_timeout", String.valueOf(busyTimeout.toMillis()));
            pragmas.setProperty("foreign_keys", "true");
            pragmas.setProperty("transaction_mode", transactionMode);
            return DirectDataSource.of("jdbc:sqlite:" + location, pragmas);
        }

        private ConnectionPool.Builder pool(String role, DirectDataSource source, int maxSize) {
            return ConnectionPool.builder(source)
                    .name(name + "-" + role)
                    .maxSize(maxSize)
                    .acquireTimeout(acquireTimeout)
                    .leakThreshold(leakThreshold)
                    .slowQueryThreshold(slowQueryThreshold)
                    // Nothing ages in a file handle, and reopening would cost its page cache.
                    .withoutMaxLifetime()
                    .sessionReset(sessionReset)
                    .connectionInit(connectionInit)
                    .metrics(metrics)
                    .listener(listener);
        }

        private void requireWal(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet mode = statement.executeQuery("PRAGMA journal_mode = WAL")) {
                String now = mode.next() ? mode.getString(1) : "none";
                if (!now.equalsIgnoreCase("wal")) {
                    throw new SQLException("sqlite '" + name + "': journal mode of " + Redaction.printable(location)
                            + " is " + now + " and could not be set to wal; use a local disk");
                }
            }
        }

        private static void refuseWrites(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA query_only = 1");
            }
        }
    }
}

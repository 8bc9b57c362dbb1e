package dev.wellhead.pool;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Redaction;
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
import java.util.Properties;
import java.util.concurrent.TimeUnit;

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
    private final ConnectionPool writer;
    private final ConnectionPool readers;

    private SqliteDatabase(ConnectionPool writer, ConnectionPool readers) {
        this.writer = writer;
        this.readers = readers;
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
     * @throws IllegalArgumentException if this cannot be the path of a database file: {@code :memory:} (each connection
     *     would have a database of its own), a directory, a path in no directory, or one with a question mark
     */
    public static Builder builder(Path file) {
        return new Builder(file);
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
        readers.close();
        // Last, since the last connection checkpoints the log into the file.
        writer.close();
    }

    @Override
    public String toString() {
        return "SqliteDatabase[" + writer.direct().url() + "]";
    }

    /** Options of an SQLite database. Not thread-safe. A bad value is refused by its setter. */
    public static final class Builder {
        private final Path file;
        private String name = "sqlite";
        private int readers = 4;
        private Duration busyTimeout = Duration.ofSeconds(5);
        private Duration acquireTimeout = Duration.ofSeconds(5);
        private Duration leakThreshold = Duration.ofSeconds(60);
        private Duration slowQueryThreshold = Duration.ofSeconds(1);
        private MetricSink metrics = MetricSink.none();
        private PoolListener listener = new PoolListener() {};

        private Builder(Path file) {
            String text = file.toString();
            String shown = Redaction.printable(text);
            if (text.isEmpty() || text.equals(":memory:") || text.startsWith("file:")) {
                throw new IllegalArgumentException(
                        "file must be the path of a file, was '" + shown + "': in memory each connection would have a"
                                + " database of its own; use a file, if need be in a temporary directory");
            }
            if (text.indexOf('?') >= 0) {
                throw new IllegalArgumentException(
                        "file must not contain '?', which the driver takes for the start of options, was " + shown);
            }
            this.file = file.toAbsolutePath();
            Path folder = this.file.getParent();
            if (Files.isDirectory(this.file) || folder == null || !Files.isDirectory(folder)) {
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
            // WAL is a property of the file: set once, before the pools open anything.
            DirectDataSource writing = source("IMMEDIATE");
            try (Connection connection = writing.getConnection()) {
                requireWal(connection);
            }
            ConnectionPool writer = pool("writer", writing, 1).minIdle(1).build();
            ConnectionPool reading = pool("readers", source("DEFERRED"), readers)
                    .minIdle(1)
                    .setup(Builder::refuseWrites)
                    .build();
            return new SqliteDatabase(writer, reading);
        }

        private DirectDataSource source(String transactionMode) {
            Properties pragmas = new Properties();
            pragmas.setProperty("busy_timeout", String.valueOf(busyTimeout.toMillis()));
            pragmas.setProperty("foreign_keys", "true");
            pragmas.setProperty("transaction_mode", transactionMode);
            return DirectDataSource.of("jdbc:sqlite:" + file, pragmas);
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
                    .metrics(metrics)
                    .listener(listener);
        }

        private void requireWal(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet mode = statement.executeQuery("PRAGMA journal_mode = WAL")) {
                String now = mode.next() ? mode.getString(1) : "none";
                if (!now.equalsIgnoreCase("wal")) {
                    throw new SQLException(
                            "sqlite '" + name + "': journal mode of " + Redaction.printable(file.toString()) + " is "
                                    + now + " and could not be set to wal; use a local disk");
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

package dev.wellhead.examples.prediction;

import dev.wellhead.backup.Database;
import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.SchemaSource;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.SqliteDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;

/** The database as the service sees it: the same for PostgreSQL behind a pool and for a SQLite file. */
interface Storage extends AutoCloseable {
    /** Connections that may write. */
    DataSource writes();

    /** Connections that need not. */
    DataSource reads();

    /** Unpooled connections for long jobs. */
    DirectDataSource direct();

    /** The pools behind these, by name. */
    Map<String, ConnectionPool> pools();

    /** What to back up. */
    Database backupSource(SchemaSource schema);

    Health health();

    /** The query for the database's size in bytes. */
    String sizeQuery();

    @Override
    void close();

    /** Returns the size in bytes. */
    default long size() throws SQLException {
        try (Connection connection = reads().getConnection();
                PreparedStatement query = connection.prepareStatement(sizeQuery());
                ResultSet rows = query.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    /**
     * Opens the database that the URL names.
     *
     * @throws SettingsException if it cannot be reached
     */
    static Storage open(DatabaseUrl url, Pooling pooling, MetricSink metrics) {
        Storage storage =
                url.isSqlite() ? new SqliteStorage(url, pooling, metrics) : new PostgresStorage(url, pooling, metrics);
        try (Connection probe = storage.direct().getConnection()) {
            probe.isValid(5);
            return storage;
        } catch (SQLException e) {
            storage.close();
            throw new SettingsException(
                    "DATABASE_URL: cannot connect to " + url + " (" + Messages.firstLine(e)
                            + "); is the server running, and are user, password and database name right?",
                    e);
        }
    }

    /** A pool in front of a server. */
    final class PostgresStorage implements Storage {
        private static final String NAME = "service";

        private final ConnectionPool pool;

        PostgresStorage(DatabaseUrl url, Pooling pooling, MetricSink metrics) {
            ConnectionPool.Builder builder = ConnectionPool.builder(url.jdbcUrl())
                    .name(NAME)
                    .credentials(url.user(), url.password())
                    .driverProperty("ApplicationName", "prediction-service")
                    .driverProperty("tcpKeepAlive", "true")
                    // Of requests only: migrations and backups have connections of their own, which may take longer.
                    .connectionInit("set statement_timeout = '10s'")
                    .maxSize(pooling.size())
                    .acquireTimeout(Duration.ofSeconds(2))
                    .leakThreshold(pooling.leakThreshold())
                    .slowQueryThreshold(pooling.slowQueryThreshold())
                    .metrics(metrics);
            pooling.reclaimAfter().ifPresent(builder::reclaimAfter);
            pool = builder.build();
        }

        @Override
        public DataSource writes() {
            return pool;
        }

        @Override
        public DataSource reads() {
            return pool;
        }

        @Override
        public DirectDataSource direct() {
            return pool.direct();
        }

        @Override
        public Map<String, ConnectionPool> pools() {
            return Map.of(NAME, pool);
        }

        @Override
        public Database backupSource(SchemaSource schema) {
            return Database.postgres(direct(), schema);
        }

        @Override
        public Health health() {
            return pool.health();
        }

        @Override
        public String sizeQuery() {
            return "select pg_database_size(current_database())";
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    /** A file with one writer and some readers. */
    final class SqliteStorage implements Storage {
        private final DatabaseUrl url;
        private final SqliteDatabase file;

        SqliteStorage(DatabaseUrl url, Pooling pooling, MetricSink metrics) {
            this.url = url;
            try {
                file = SqliteDatabase.builder(url.sqliteFile())
                        .readers(pooling.size() - 1)
                        .leakThreshold(pooling.leakThreshold())
                        .slowQueryThreshold(pooling.slowQueryThreshold())
                        .metrics(metrics)
                        .open();
            } catch (SQLException e) {
                throw new SettingsException(
                        "DATABASE_URL: cannot open " + url + " (" + Messages.firstLine(e)
                                + "); does its folder exist, and may this user write there?",
                        e);
            }
        }

        @Override
        public DataSource writes() {
            return file.writer();
        }

        @Override
        public DataSource reads() {
            return file.readers();
        }

        @Override
        public DirectDataSource direct() {
            return file.direct();
        }

        @Override
        public Map<String, ConnectionPool> pools() {
            return Map.of("writer", file.writer(), "readers", file.readers());
        }

        @Override
        public Database backupSource(SchemaSource schema) {
            return Database.sqlite(url.sqliteFile());
        }

        @Override
        public Health health() {
            return file.health();
        }

        @Override
        public String sizeQuery() {
            return "select page_count * page_size from pragma_page_count(), pragma_page_size()";
        }

        @Override
        public void close() {
            file.close();
        }
    }
}

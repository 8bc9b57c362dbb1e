package dev.wellhead.examples.prediction;

import dev.wellhead.backup.Database;
import dev.wellhead.backup.SchemaSource;
import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.SqliteDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** The database as the service sees it: the same for PostgreSQL behind a pool and for a SQLite file. */
interface Storage extends AutoCloseable {
    /** Connections that may write. */
    DataSource writes();

    /** Connections that need not. */
    DataSource reads();

    /** Unpooled connections for long jobs. */
    DirectDataSource direct();

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
    static Storage open(DatabaseUrl url, MetricSink metrics) {
        Storage storage = url.isSqlite() ? new SqliteStorage(url, metrics) : new PostgresStorage(url, metrics);
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
        private final ConnectionPool pool;

        PostgresStorage(DatabaseUrl url, MetricSink metrics) {
            pool = ConnectionPool.builder(url.jdbcUrl())
                    .name("service")
                    .credentials(url.user(), url.password())
                    .maxSize(10)
                    .acquireTimeout(Duration.ofSeconds(2))
                    .metrics(metrics)
                    .build();
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

        SqliteStorage(DatabaseUrl url, MetricSink metrics) {
            this.url = url;
            try {
                file = SqliteDatabase.builder(url.sqliteFile()).metrics(metrics).open();
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

package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.CatalogObject;
import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.jdbc.internal.TableName;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.internal.Checksum;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schema as the last run left it, in a table of one row beside the history. Written by whoever holds the run's lock,
 * read by everybody. Holds no connection; immutable.
 */
final class SnapshotStore {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStore.class);
    private static final String SUFFIX = "_snapshot";
    private static final int LONGEST_NAME = 63;
    // Some seconds in all: on SQLite others may write when a run has ended.
    private static final int ATTEMPTS = 100;
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Dialect dialect;
    private final TableName history;
    private final TableName table;
    private final InspectionOptions options;
    private final Clock clock;

    SnapshotStore(Dialect dialect, TableName history, InspectionOptions options, Clock clock) {
        this.dialect = dialect;
        this.history = history;
        this.table = new TableName(history.schema(), beside(history.name()));
        this.options = options;
        this.clock = clock;
    }

    /** What was stored. */
    record Stored(Instant at, String server, String versions, SchemaSnapshot schema) {}

    // PostgreSQL would cut a longer name without a word, down to that of the history.
    private static String beside(String name) {
        String start = name;
        while (start.getBytes(StandardCharsets.UTF_8).length + SUFFIX.length() > LONGEST_NAME) {
            start = start.substring(0, start.offsetByCodePoints(start.length(), -1));
        }
        return start + SUFFIX;
    }

    /**
     * Stores the schema as it is now, if that is wanted: to be called after each run, also one that failed midway, with
     * its connection in no transaction and the run's lock held. Never throws: what ran is committed, and trouble here is
     * logged.
     */
    void afterRun(Connection connection) {
        if (!options.snapshots()) {
            return;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                store(connection);
                return;
            } catch (SQLException e) {
                if (!SqlErrors.isSqliteBusy(e)
                        || attempt == ATTEMPTS
                        || Thread.currentThread().isInterrupted()) {
                    failed(MigrationException.words(e), e);
                    return;
                }
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(1, LONGEST_PAUSE_NANOS));
            } catch (RuntimeException e) {
                failed(e.toString(), e);
                return;
            }
        }
    }

    private void failed(String words, Exception cause) {
        LOG.warn(
                "history {}: the schema could not be stored in {} after the run, so drift() will compare with an older one;"
                        + " call storeSnapshot() when this is mended: {}",
                history,
                table,
                words);
        LOG.debug("the schema could not be stored", cause);
    }

    /** Stores the schema as it is now, and returns it. The caller holds the run's lock. */
    SchemaSnapshot store(Connection connection) throws SQLException {
        SchemaSnapshot schema = read(connection);
        // Not IF NOT EXISTS: that demands the right to create also where there is nothing to do.
        if (!exists(connection, table)) {
            create(connection);
        }
        try (PreparedStatement upsert = connection.prepareStatement("insert into " + table.quoted()
                + " (id, taken_at, server, versions, hash, snapshot) values (1, ?, ?, ?, ?, ?) on conflict (id) do update"
                + " set taken_at = excluded.taken_at, server = excluded.server, versions = excluded.versions,"
                + " hash = excluded.hash, snapshot = excluded.snapshot")) {
            upsert.setString(1, clock.instant().toString());
            upsert.setString(2, server(connection));
            upsert.setString(3, versions(connection));
            upsert.setString(4, schema.hash());
            upsert.setString(5, schema.text());
            upsert.executeUpdate();
        }
        return schema;
    }

    private void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table " + table.quoted()
                    + " (id integer primary key, taken_at text not null, server text not null,"
                    + " versions text not null, hash text not null, snapshot text not null)");
        }
    }

    /** Returns the schema as it is now, without our own tables. */
    SchemaSnapshot read(Connection connection) throws SQLException {
        List<CatalogObject> objects = Catalog.of(connection).objects().stream()
                .filter(object -> isWanted(object) && !isOurs(object))
                .toList();
        return SchemaSnapshot.of(objects);
    }

    private boolean isWanted(CatalogObject object) {
        return options.schemas().isEmpty()
                || object.schema() == null
                || options.schemas().contains(object.schema());
    }

    // The history and what stands beside it: its log, this table.
    private boolean isOurs(CatalogObject object) {
        String owner = object.table();
        return owner != null
                && history.schema().equals(object.schema())
                && (owner.equals(history.name())
                        || owner.equals(table.name())
                        || owner.startsWith(history.name() + "_"));
    }

    /**
     * Returns what was stored.
     *
     * @throws MigrationException if nothing was, or if it was changed by hand
     */
    Stored stored(Connection connection) throws SQLException {
        if (!exists(connection, table)) {
            throw nothing();
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select taken_at, server, versions, hash, snapshot from " + table.quoted() + " where id = 1")) {
            if (!row.next()) {
                throw nothing();
            }
            Stored stored = new Stored(
                    Instant.parse(row.getString(1)),
                    row.getString(2),
                    row.getString(3),
                    SchemaSnapshot.parse(row.getString(5)));
            if (!stored.schema.hash().equals(row.getString(4))) {
                throw unreadable(null);
            }
            return stored;
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw unreadable(e);
        }
    }

    private MigrationException nothing() {
        return new MigrationException(
                Reason.NO_SNAPSHOT,
                "drift: table " + table + " holds no schema to compare with, as no run has stored one; nothing was"
                        + " compared; call storeSnapshot() once the schema is as it should be; every run stores it from then on");
    }

    private MigrationException unreadable(@Nullable Exception cause) {
        return new MigrationException(
                Reason.NO_SNAPSHOT,
                "drift: the schema in table " + table
                        + " was changed by hand or written by a newer release; nothing was"
                        + " compared; call storeSnapshot() once the schema is as it should be",
                cause);
    }

    private boolean exists(Connection connection, TableName table) throws SQLException {
        String sql = dialect == Dialect.POSTGRESQL
                ? "select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
                        + " where n.nspname = ? and c.relname = ?"
                : "select 1 from sqlite_master where ?1 = 'main' and name = ?2";
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, table.schema());
            query.setString(2, table.name());
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** Returns a sum over the versions of the history: another one means that a run has stored nothing. */
    String versions(Connection connection) throws SQLException {
        StringBuilder versions = new StringBuilder();
        if (exists(connection, history)) {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select version from " + history.quoted())) {
                List<String> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
                // Sorted here: the database's order depends on its locale.
                Collections.sort(found);
                found.forEach(version -> versions.append(version).append('\n'));
            }
        }
        return Checksum.of(versions.toString());
    }

    /** Returns what prints the definitions: minor releases do not change how. */
    static String server(Connection connection) throws SQLException {
        DatabaseMetaData data = connection.getMetaData();
        return data.getDatabaseProductName() + " " + data.getDatabaseMajorVersion();
    }
}

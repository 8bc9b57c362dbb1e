package dev.wellhead.backup;

import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.TableCopy.Copied;
import dev.wellhead.backup.internal.Storage;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.jdbc.internal.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Copies the tables of one snapshot, several at a time: the holder of the snapshot takes part, and others join it on
 * connections of their own. For one call of {@link #run}.
 */
final class PostgresDump {
    /*
     * Whoever joins sees the snapshot, but does not have the holder's locks, and must lock what it copies. It never waits
     * for that: behind a TRUNCATE that waits for the holder it would wait for ever, and the server cannot see that the
     * holder waits for it. What it cannot lock at once is left to the holder.
     */
    private final DirectDataSource dataSource;
    private final PostgresSnapshot snapshot;
    private final Storage.Draft draft;
    private final Optional<String> holding;
    private final int workers;
    private final Progress progress;
    private final Set<TableName> textOnly;
    private final List<TableName> tables;
    private final Queue<TableName> open = new ConcurrentLinkedQueue<>();
    private final Queue<TableName> ofHolder = new ConcurrentLinkedQueue<>();
    private final SortedMap<TableName, Copied> copied = new ConcurrentSkipListMap<>();
    private final Crew crew = new Crew();

    /**
     * @param holding the part that holds all rows already, so that they are only summed up
     * @param workers how many tables are copied at a time
     */
    PostgresDump(
            DirectDataSource dataSource,
            PostgresSnapshot snapshot,
            Storage.Draft draft,
            Optional<String> holding,
            int workers,
            Progress progress)
            throws SQLException {
        this.dataSource = dataSource;
        this.snapshot = snapshot;
        this.draft = draft;
        this.holding = holding;
        this.workers = workers;
        this.progress = progress;
        this.textOnly = CopyFormat.textOnly(snapshot.connection());
        this.tables = snapshot.tables();
    }

    /** Returns all tables, by name. */
    List<Copied> run() throws SQLException, IOException {
        open.addAll(largestFirst());
        progress.begin(Phase.COPY, size());
        int helpers = Math.min(workers, tables.size()) - 1;
        try (crew) {
            if (helpers > 0) {
                String id = PostgresSession.queryOne(snapshot.connection(), "select pg_export_snapshot()");
                for (int i = 0; i < helpers; i++) {
                    crew.start(() -> help(id));
                }
            }
            crew.join(this::copyAsHolder);
            // The snapshot lives as long as its holder, which nothing on its way must take for dead.
            crew.await(() -> PostgresSession.queryOne(snapshot.connection(), "select 1"));
            // What others could not lock when the holder was done with all else.
            crew.join(this::copyAsHolder);
        }
        crew.rethrow();
        if (copied.size() != tables.size()) {
            throw new AssertionError("of " + tables.size() + " tables " + copied.size() + " were copied");
        }
        return List.copyOf(copied.values());
    }

    private void copyAsHolder() throws SQLException, IOException {
        for (TableName table = nextOfHolder(); table != null && crew.goesOn(); table = nextOfHolder()) {
            copy(snapshot.connection(), table);
        }
    }

    private @Nullable TableName nextOfHolder() {
        TableName left = ofHolder.poll();
        return left != null ? left : open.poll();
    }

    private void help(String snapshotId) throws SQLException, IOException {
        try (Connection connection = PostgresSession.open(dataSource)) {
            connection.setAutoCommit(false);
            PostgresSession.execute(connection, "set transaction isolation level repeatable read, read only");
            PostgresSession.execute(connection, "set transaction snapshot '" + snapshotId + "'");
            for (TableName table = open.poll(); table != null && crew.goesOn(); table = open.poll()) {
                if (lock(connection, table)) {
                    copy(connection, table);
                } else {
                    ofHolder.add(table);
                }
            }
        }
    }

    private static boolean lock(Connection connection, TableName table) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            PostgresSession.execute(connection, "lock table only " + table.quoted() + " in access share mode nowait");
            return true;
        } catch (SQLException e) {
            if (!SqlErrors.isLockTimeout(e)) {
                throw e;
            }
            connection.rollback(before);
            return false;
        }
    }

    private void copy(Connection connection, TableName table) throws SQLException, IOException {
        CopyFormat format = textOnly.contains(table) ? CopyFormat.TEXT : CopyFormat.BINARY;
        List<String> columns = Catalog.of(connection).writableColumns(table);
        String name = String.format(Locale.ROOT, "%06d.copy", tables.indexOf(table) + 1);
        TableCopy copy = new TableCopy(connection, table, format, columns);
        copied.put(
                table,
                holding.isPresent()
                        ? copy.held(holding.get(), progress, crew::goesOn)
                        : copy.out(draft, name, progress, crew::goesOn));
    }

    private long size() throws SQLException {
        return Long.parseLong(PostgresSession.queryOne(snapshot.connection(), """
                select coalesce(sum(pg_table_size(c.oid)), 0)::bigint + (select count(*) * 2048 from pg_largeobject_metadata)
                from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"""));
    }

    // So that none is left alone with the longest at the end.
    private List<TableName> largestFirst() throws SQLException {
        List<TableName> sorted = new ArrayList<>();
        try (Statement statement = snapshot.connection().createStatement();
                ResultSet rows = statement.executeQuery("""
                        select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                        where c.relkind = 'r' order by pg_table_size(c.oid) desc, 1, 2""")) {
            while (rows.next()) {
                sorted.add(new TableName(rows.getString(1), rows.getString(2)));
            }
        }
        sorted.retainAll(Set.copyOf(tables));
        return sorted;
    }
}

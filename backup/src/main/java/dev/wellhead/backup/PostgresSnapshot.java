package dev.wellhead.backup;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.jdbc.internal.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * One state of a PostgreSQL database, held by the transaction of one connection.
 *
 * <p>Every table is locked (ACCESS SHARE: readers and writers go on, DDL and TRUNCATE wait) <em>before</em> the snapshot
 * is taken. In the other order a TRUNCATE could come between: it is not part of any snapshot, and the table would be
 * copied empty.
 *
 * <p>Everything is read through the connection that holds the locks. Another one would queue behind a TRUNCATE that waits
 * for them, while the holder waits for that other one: a deadlock that the server cannot see.
 */
final class PostgresSnapshot implements AutoCloseable {
    private static final int ATTEMPTS = 10;
    private static final String UNDEFINED_TABLE = "42P01";
    private static final String BEGIN = "set transaction isolation level repeatable read, read only";

    private final Connection holder;
    private final List<TableName> tables;

    private PostgresSnapshot(Connection holder, List<TableName> tables) {
        this.holder = holder;
        this.tables = tables;
    }

    static PostgresSnapshot open(DirectDataSource dataSource) throws SQLException {
        Connection holder = PostgresSession.open(dataSource);
        try (Connection scout = PostgresSession.open(dataSource)) {
            holder.setAutoCommit(false);
            for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
                List<TableName> tables = Catalog.of(scout).tables();
                if (lock(holder, tables)) {
                    if (Catalog.of(holder).tables().equals(tables)) {
                        return new PostgresSnapshot(holder, tables);
                    }
                }
                holder.rollback();
            }
            throw new SQLException(
                    "tables were created or dropped each time before they could be locked, " + ATTEMPTS + " times");
        } catch (SQLException | RuntimeException e) {
            try (holder) {
                throw e;
            }
        }
    }

    /** Returns the connection to read from. Not to be closed by the caller. */
    Connection connection() {
        return holder;
    }

    /** Returns the tables of the snapshot. */
    List<TableName> tables() {
        return tables;
    }

    @Override
    public void close() throws SQLException {
        holder.close();
    }

    /** Returns false if a table was dropped meanwhile. */
    private static boolean lock(Connection holder, List<TableName> tables) throws SQLException {
        PostgresSession.execute(holder, BEGIN);
        if (tables.isEmpty()) {
            return true;
        }
        String names = String.join(
                ", ", tables.stream().map(table -> "only " + table.quoted()).toList());
        try {
            PostgresSession.execute(holder, "lock table " + names + " in access share mode");
            return true;
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals(UNDEFINED_TABLE)) {
                return false;
            }
            throw e;
        }
    }
}

package dev.wellhead.pool;

import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection of an SQLite database that decides at its first use whether it reads or writes: by then whoever opens a
 * transaction has called {@code setReadOnly} if he ever does. Until then it holds nothing and only takes notes.
 */
final class RoutedConnection implements Connection {
    /*
     * For one thread at a time, but closed from any: close() sets the flag and then looks for a target, the first use sets
     * the target and then looks at the flag, and both are volatile, so one of them sees the other.
     */
    private final ConnectionPool writer;
    private final ConnectionPool readers;
    private boolean readOnly;
    private boolean autoCommit = true;
    private int isolation = TRANSACTION_SERIALIZABLE;
    private volatile @Nullable Connection target;
    private volatile boolean closed;

    RoutedConnection(ConnectionPool writer, ConnectionPool readers) {
        this.writer = writer;
        this.readers = readers;
    }

    /** Returns the connection that it works on from now on, and waits for it at the first use. */
    private Connection target() throws SQLException {
        Connection known = used();
        if (known != null) {
            return known;
        }
        Connection borrowed = (readOnly ? readers : writer).getConnection();
        try {
            if (isolation != TRANSACTION_SERIALIZABLE) {
                borrowed.setTransactionIsolation(isolation);
            }
            if (!autoCommit) {
                borrowed.setAutoCommit(false);
            }
        } catch (SQLException | RuntimeException e) {
            borrowed.close();
            throw e;
        }
        target = borrowed;
        if (closed) {
            borrowed.close();
        }
        return borrowed;
    }

    /** Returns the connection that it works on, null before the first use. */
    private @Nullable Connection used() throws ConnectionClosedException {
        if (closed) {
            throw ConnectionClosedException.connection(readOnly ? readers.name() : writer.name());
        }
        return target;
    }

    /**
     * Decides between reading and writing. Between transactions it may be decided anew: then what was opened before is
     * closed, and the next use takes another connection.
     */
    @Override
    public void setReadOnly(boolean readOnly) throws SQLException {
        Connection known = used();
        if (this.readOnly == readOnly) {
            return;
        }
        if (known != null) {
            if (!autoCommit) {
                throw new SQLException(
                        "sqlite: read-only cannot be changed in a transaction that has begun; call setReadOnly before the"
                                + " first statement",
                        "25001");
            }
            target = null;
            known.close();
        }
        this.readOnly = readOnly;
    }

    @Override
    public boolean isReadOnly() throws SQLException {
        used();
        return readOnly;
    }

    @Override
    public void setAutoCommit(boolean autoCommit) throws SQLException {
        Connection known = used();
        if (known != null) {
            known.setAutoCommit(autoCommit);
        }
        this.autoCommit = autoCommit;
    }

    @Override
    public boolean getAutoCommit() throws SQLException {
        used();
        return autoCommit;
    }

    @Override
    public void commit() throws SQLException {
        Connection known = used();
        if (known != null) {
            known.commit();
        } else {
            requireTransaction();
        }
    }

    @Override
    public void rollback() throws SQLException {
        Connection known = used();
        if (known != null) {
            known.rollback();
        } else {
            requireTransaction();
        }
    }

    private void requireTransaction() throws SQLException {
        if (autoCommit) {
            throw new SQLException("sqlite: there is no transaction to end in autocommit mode", "25000");
        }
    }

    /** Gives back what it holds. Idempotent, from any thread. */
    @Override
    public void close() throws SQLException {
        closed = true;
        Connection known = target;
        if (known != null) {
            known.close();
        }
    }

    @Override
    public boolean isClosed() throws SQLException {
        Connection known = target;
        return closed || (known != null && known.isClosed());
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        closed = true;
        Connection known = target;
        if (known != null) {
            known.abort(executor);
        }
    }

    /** Asks the database; before the first use that of a reader, so that a health check never queues behind writers. */
    @Override
    public boolean isValid(int timeout) throws SQLException {
        Connection known = target;
        if (known != null) {
            return known.isValid(timeout);
        }
        if (closed) {
            return false;
        }
        try (Connection reader = readers.getConnection()) {
            return reader.isValid(timeout);
        }
    }

    @Override
    public void setTransactionIsolation(int level) throws SQLException {
        Connection known = used();
        if (known != null) {
            known.setTransactionIsolation(level);
        } else if (level == TRANSACTION_NONE) {
            throw new SQLException("sqlite: isolation must be one that has transactions, was TRANSACTION_NONE");
        }
        isolation = level;
    }

    @Override
    public int getTransactionIsolation() throws SQLException {
        used();
        return isolation;
    }

    @Override
    public @Nullable SQLWarning getWarnings() throws SQLException {
        Connection known = used();
        return known == null ? null : known.getWarnings();
    }

    @Override
    public void clearWarnings() throws SQLException {
        Connection known = used();
        if (known != null) {
            known.clearWarnings();
        }
    }

    @Override
    public int getHoldability() throws SQLException {
        Connection known = used();
        return known == null ? ResultSet.CLOSE_CURSORS_AT_COMMIT : known.getHoldability();
    }

    @Override
    public void setClientInfo(String name, String value) throws SQLClientInfoException {
        targetForClientInfo().setClientInfo(name, value);
    }

    @Override
    public void setClientInfo(Properties properties) throws SQLClientInfoException {
        targetForClientInfo().setClientInfo(properties);
    }

    private Connection targetForClientInfo() throws SQLClientInfoException {
        try {
            return target();
        } catch (SQLException e) {
            throw new SQLClientInfoException(e.getMessage(), e.getSQLState(), Map.of(), e);
        }
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(this) ? type.cast(this) : target().unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || target().isWrapperFor(type);
    }

    @Override
    public String toString() {
        Connection known = target;
        return "RoutedConnection[" + (closed ? "closed" : known == null ? "not used yet" : known.toString()) + "]";
    }

    @Override
    public Statement createStatement() throws SQLException {
        return target().createStatement();
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
        return target().prepareStatement(sql);
    }

    @Override
    public CallableStatement prepareCall(String sql) throws SQLException {
        return target().prepareCall(sql);
    }

    @Override
    public String nativeSQL(String sql) throws SQLException {
        return target().nativeSQL(sql);
    }

    @Override
    public DatabaseMetaData getMetaData() throws SQLException {
        return target().getMetaData();
    }

    @Override
    public void setCatalog(String catalog) throws SQLException {
        target().setCatalog(catalog);
    }

    @Override
    public String getCatalog() throws SQLException {
        return target().getCatalog();
    }

    @Override
    public Statement createStatement(int resultSetType, int resultSetConcurrency) throws SQLException {
        return target().createStatement(resultSetType, resultSetConcurrency);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int resultSetType, int resultSetConcurrency)
            throws SQLException {
        return target().prepareStatement(sql, resultSetType, resultSetConcurrency);
    }

    @Override
    public CallableStatement prepareCall(String sql, int resultSetType, int resultSetConcurrency) throws SQLException {
        return target().prepareCall(sql, resultSetType, resultSetConcurrency);
    }

    @Override
    public Map<String, Class<?>> getTypeMap() throws SQLException {
        return target().getTypeMap();
    }

    @Override
    public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
        target().setTypeMap(map);
    }

    @Override
    public void setHoldability(int holdability) throws SQLException {
        target().setHoldability(holdability);
    }

    @Override
    public Savepoint setSavepoint() throws SQLException {
        return target().setSavepoint();
    }

    @Override
    public Savepoint setSavepoint(String name) throws SQLException {
        return target().setSavepoint(name);
    }

    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
        target().rollback(savepoint);
    }

    @Override
    public void releaseSavepoint(Savepoint savepoint) throws SQLException {
        target().releaseSavepoint(savepoint);
    }

    @Override
    public Statement createStatement(int resultSetType, int resultSetConcurrency, int resultSetHoldability)
            throws SQLException {
        return target().createStatement(resultSetType, resultSetConcurrency, resultSetHoldability);
    }

    @Override
    public PreparedStatement prepareStatement(
            String sql, int resultSetType, int resultSetConcurrency, int resultSetHoldability) throws SQLException {
        return target().prepareStatement(sql, resultSetType, resultSetConcurrency, resultSetHoldability);
    }

    @Override
    public CallableStatement prepareCall(
            String sql, int resultSetType, int resultSetConcurrency, int resultSetHoldability) throws SQLException {
        return target().prepareCall(sql, resultSetType, resultSetConcurrency, resultSetHoldability);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int autoGeneratedKeys) throws SQLException {
        return target().prepareStatement(sql, autoGeneratedKeys);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int[] columnIndexes) throws SQLException {
        return target().prepareStatement(sql, columnIndexes);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, String[] columnNames) throws SQLException {
        return target().prepareStatement(sql, columnNames);
    }

    @Override
    public Clob createClob() throws SQLException {
        return target().createClob();
    }

    @Override
    public Blob createBlob() throws SQLException {
        return target().createBlob();
    }

    @Override
    public NClob createNClob() throws SQLException {
        return target().createNClob();
    }

    @Override
    public SQLXML createSQLXML() throws SQLException {
        return target().createSQLXML();
    }

    @Override
    public String getClientInfo(String name) throws SQLException {
        return target().getClientInfo(name);
    }

    @Override
    public Properties getClientInfo() throws SQLException {
        return target().getClientInfo();
    }

    @Override
    public Array createArrayOf(String typeName, Object[] elements) throws SQLException {
        return target().createArrayOf(typeName, elements);
    }

    @Override
    public Struct createStruct(String typeName, Object[] attributes) throws SQLException {
        return target().createStruct(typeName, attributes);
    }

    @Override
    public void setSchema(String schema) throws SQLException {
        target().setSchema(schema);
    }

    @Override
    public String getSchema() throws SQLException {
        return target().getSchema();
    }

    @Override
    public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
        target().setNetworkTimeout(executor, milliseconds);
    }

    @Override
    public int getNetworkTimeout() throws SQLException {
        return target().getNetworkTimeout();
    }
}

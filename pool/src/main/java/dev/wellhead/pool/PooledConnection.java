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
 * What a borrower holds: a view on a physical connection for the time of one loan. Every method passes the lease's gate,
 * so that a connection given back can never be reached through it, not even by a call that was under way.
 */
final class PooledConnection extends Lease implements Connection {
    PooledConnection(Slot slot, long loan) {
        super(slot, loan);
    }

    @Override
    public Statement createStatement() throws SQLException {
        enter();
        try {
            return track(new PooledStatement(this, raw().createStatement()));
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
        enter();
        running(sql);
        try {
            return track(new PooledPreparedStatement(this, raw().prepareStatement(sql), sql));
        } catch (SQLException e) {
            return track(new PooledPreparedStatement(this, again(e, () -> raw().prepareStatement(sql)), sql));
        } finally {
            exit();
        }
    }

    @Override
    public CallableStatement prepareCall(String sql) throws SQLException {
        enter();
        running(sql);
        try {
            return track(new PooledCallableStatement(this, raw().prepareCall(sql), sql));
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public String nativeSQL(String sql) throws SQLException {
        enter();
        try {
            return raw().nativeSQL(sql);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public void setAutoCommit(boolean autoCommit) throws SQLException {
        enter();
        changing(SessionState.AUTO_COMMIT);
        try {
            raw().setAutoCommit(autoCommit);
        } catch (SQLException e) {
            recover(e, locks -> locks.setAutoCommit(e, autoCommit));
        } finally {
            exit();
        }
    }

    @Override
    public boolean getAutoCommit() throws SQLException {
        enter();
        try {
            return raw().getAutoCommit();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public void commit() throws SQLException {
        enter();
        try {
            raw().commit();
        } catch (SQLException e) {
            recover(e, locks -> locks.commit(e));
        } finally {
            exit();
        }
    }

    @Override
    public void rollback() throws SQLException {
        enter();
        try {
            raw().rollback();
        } catch (SQLException e) {
            recover(e, locks -> locks.rollback(e));
        } finally {
            exit();
        }
    }

    /** Gives the connection back. Idempotent, from any thread; blocks while the session is rolled back and restored. */
    @Override
    public void close() {
        giveBack();
    }

    @Override
    public boolean isClosed() throws SQLException {
        if (isOver()) {
            return true;
        }
        boolean closed = true;
        try {
            closed = raw().isClosed();
        } finally {
            if (closed) {
                // Has the return look at it.
                changing(SessionState.USED);
            }
        }
        return closed;
    }

    @Override
    public DatabaseMetaData getMetaData() throws SQLException {
        enter();
        try {
            return new PooledMetaData(this, raw().getMetaData());
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public void setReadOnly(boolean readOnly) throws SQLException {
        enter();
        changing(SessionState.READ_ONLY);
        try {
            raw().setReadOnly(readOnly);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public boolean isReadOnly() throws SQLException {
        enter();
        try {
            return raw().isReadOnly();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public void setCatalog(String catalog) throws SQLException {
        enter();
        changing(SessionState.CATALOG);
        try {
            raw().setCatalog(catalog);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public String getCatalog() throws SQLException {
        enter();
        try {
            return raw().getCatalog();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public void setTransactionIsolation(int level) throws SQLException {
        enter();
        changing(SessionState.ISOLATION);
        try {
            raw().setTransactionIsolation(level);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public int getTransactionIsolation() throws SQLException {
        enter();
        try {
            return raw().getTransactionIsolation();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public SQLWarning getWarnings() throws SQLException {
        enter();
        try {
            return raw().getWarnings();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public void clearWarnings() throws SQLException {
        enter();
        try {
            raw().clearWarnings();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public Statement createStatement(int resultSetType, int resultSetConcurrency) throws SQLException {
        enter();
        try {
            return track(new PooledStatement(this, raw().createStatement(resultSetType, resultSetConcurrency)));
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int resultSetType, int resultSetConcurrency)
            throws SQLException {
        enter();
        running(sql);
        try {
            return track(new PooledPreparedStatement(
                    this, raw().prepareStatement(sql, resultSetType, resultSetConcurrency), sql));
        } catch (SQLException e) {
            return track(new PooledPreparedStatement(
                    this, again(e, () -> raw().prepareStatement(sql, resultSetType, resultSetConcurrency)), sql));
        } finally {
            exit();
        }
    }

    @Override
    public CallableStatement prepareCall(String sql, int resultSetType, int resultSetConcurrency) throws SQLException {
        enter();
        running(sql);
        try {
            return track(new PooledCallableStatement(
                    this, raw().prepareCall(sql, resultSetType, resultSetConcurrency), sql));
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public Map<String, Class<?>> getTypeMap() throws SQLException {
        enter();
        try {
            return raw().getTypeMap();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
        enter();
        changing(SessionState.TYPE_MAP);
        try {
            raw().setTypeMap(map);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public void setHoldability(int holdability) throws SQLException {
        enter();
        changing(SessionState.HOLDABILITY);
        try {
            raw().setHoldability(holdability);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public int getHoldability() throws SQLException {
        enter();
        try {
            return raw().getHoldability();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public Savepoint setSavepoint() throws SQLException {
        enter();
        try {
            return raw().setSavepoint();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public Savepoint setSavepoint(String name) throws SQLException {
        enter();
        try {
            return raw().setSavepoint(name);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
        enter();
        try {
            raw().rollback(savepoint);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public void releaseSavepoint(Savepoint savepoint) throws SQLException {
        enter();
        try {
            raw().releaseSavepoint(savepoint);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public Statement createStatement(int resultSetType, int resultSetConcurrency, int resultSetHoldability)
            throws SQLException {
        enter();
        try {
            return track(new PooledStatement(
                    this, raw().createStatement(resultSetType, resultSetConcurrency, resultSetHoldability)));
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public PreparedStatement prepareStatement(
            String sql, int resultSetType, int resultSetConcurrency, int resultSetHoldability) throws SQLException {
        enter();
        running(sql);
        try {
            return track(new PooledPreparedStatement(
                    this, raw().prepareStatement(sql, resultSetType, resultSetConcurrency, resultSetHoldability), sql));
        } catch (SQLException e) {
            return track(new PooledPreparedStatement(
                    this,
                    again(
                            e,
                            () -> raw().prepareStatement(
                                            sql, resultSetType, resultSetConcurrency, resultSetHoldability)),
                    sql));
        } finally {
            exit();
        }
    }

    @Override
    public CallableStatement prepareCall(
            String sql, int resultSetType, int resultSetConcurrency, int resultSetHoldability) throws SQLException {
        enter();
        running(sql);
        try {
            return track(new PooledCallableStatement(
                    this, raw().prepareCall(sql, resultSetType, resultSetConcurrency, resultSetHoldability), sql));
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int autoGeneratedKeys) throws SQLException {
        enter();
        running(sql);
        try {
            return track(new PooledPreparedStatement(this, raw().prepareStatement(sql, autoGeneratedKeys), sql));
        } catch (SQLException e) {
            return track(new PooledPreparedStatement(
                    this, again(e, () -> raw().prepareStatement(sql, autoGeneratedKeys)), sql));
        } finally {
            exit();
        }
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int[] columnIndexes) throws SQLException {
        enter();
        running(sql);
        try {
            return track(new PooledPreparedStatement(this, raw().prepareStatement(sql, columnIndexes), sql));
        } catch (SQLException e) {
            return track(
                    new PooledPreparedStatement(this, again(e, () -> raw().prepareStatement(sql, columnIndexes)), sql));
        } finally {
            exit();
        }
    }

    @Override
    public PreparedStatement prepareStatement(String sql, String[] columnNames) throws SQLException {
        enter();
        running(sql);
        try {
            return track(new PooledPreparedStatement(this, raw().prepareStatement(sql, columnNames), sql));
        } catch (SQLException e) {
            return track(
                    new PooledPreparedStatement(this, again(e, () -> raw().prepareStatement(sql, columnNames)), sql));
        } finally {
            exit();
        }
    }

    @Override
    public Clob createClob() throws SQLException {
        enter();
        try {
            return raw().createClob();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public Blob createBlob() throws SQLException {
        enter();
        try {
            return raw().createBlob();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public NClob createNClob() throws SQLException {
        enter();
        try {
            return raw().createNClob();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public SQLXML createSQLXML() throws SQLException {
        enter();
        try {
            return raw().createSQLXML();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    /** Asks the database. Zero stands for the pool's validation timeout: a link that is cut never answers. */
    @Override
    public boolean isValid(int timeout) throws SQLException {
        if (!tryEnter()) {
            return false;
        }
        try {
            boolean valid = raw().isValid(timeout == 0 ? slot().slots().validationSeconds() : timeout);
            if (!valid) {
                // The next borrower must not have it, though nothing was done with it.
                slot().condemn("found dead by its borrower");
            }
            return valid;
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            SqliteLocks locks = locks();
            if (locks != null) {
                locks.settleAfterValidation();
            }
            exit();
        }
    }

    @Override
    public void setClientInfo(String name, String value) throws SQLClientInfoException {
        enterForClientInfo();
        try {
            raw().setClientInfo(name, value);
        } catch (SQLClientInfoException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public void setClientInfo(Properties properties) throws SQLClientInfoException {
        enterForClientInfo();
        try {
            raw().setClientInfo(properties);
        } catch (SQLClientInfoException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public String getClientInfo(String name) throws SQLException {
        enter();
        try {
            return raw().getClientInfo(name);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public Properties getClientInfo() throws SQLException {
        enter();
        try {
            return raw().getClientInfo();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public Array createArrayOf(String typeName, Object[] elements) throws SQLException {
        enter();
        try {
            return raw().createArrayOf(typeName, elements);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public Struct createStruct(String typeName, Object[] attributes) throws SQLException {
        enter();
        try {
            return raw().createStruct(typeName, attributes);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public void setSchema(String schema) throws SQLException {
        enter();
        changing(SessionState.SCHEMA);
        try {
            raw().setSchema(schema);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public String getSchema() throws SQLException {
        enter();
        try {
            return raw().getSchema();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        abandon(executor);
    }

    @Override
    public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
        enter();
        changing(SessionState.NETWORK_TIMEOUT);
        try {
            raw().setNetworkTimeout(executor, milliseconds);
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public int getNetworkTimeout() throws SQLException {
        enter();
        try {
            return raw().getNetworkTimeout();
        } catch (SQLException e) {
            throw noted(e);
        } finally {
            exit();
        }
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        Connection below = open();
        // What is done past us leaves traces that nobody sees.
        changing(SessionState.SQL_TRANSACTION);
        return type.isInstance(below) ? type.cast(below) : below.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        Connection below = open();
        return type.isInstance(this) || type.isInstance(below) || below.isWrapperFor(type);
    }

    @Override
    public String toString() {
        return "PooledConnection[" + poolName() + (isOver() ? ", closed]" : "]");
    }

    /** Returns a value as a borrower may have it: rows that come as one, as a cursor does, close with the loan as all do. */
    @Nullable Object own(@Nullable Object value, @Nullable Statement from) throws SQLException {
        return value instanceof ResultSet rows ? own(rows, from) : value;
    }

    /** The same for a borrower who named the type; what is the driver's own type stays so. */
    <T> @Nullable T own(@Nullable T value, Class<T> type, @Nullable Statement from) throws SQLException {
        return value instanceof ResultSet rows && type.isAssignableFrom(PooledResultSet.class)
                ? type.cast(own(rows, from))
                : value;
    }

    private ResultSet own(ResultSet rows, @Nullable Statement from) throws SQLException {
        enter();
        try {
            return track(new PooledResultSet(this, from, rows));
        } finally {
            exit();
        }
    }

    private Connection open() throws SQLException {
        check();
        return raw();
    }

    private Connection raw() {
        return slot().physical().raw();
    }

    private void enterForClientInfo() throws SQLClientInfoException {
        try {
            enter();
        } catch (ConnectionClosedException e) {
            throw new SQLClientInfoException(e.getMessage(), e.getSQLState(), Map.of(), e);
        }
        changing(SessionState.CLIENT_INFO);
    }
}

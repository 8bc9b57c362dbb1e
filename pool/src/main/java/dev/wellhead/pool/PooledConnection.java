package dev.wellhead.pool;

import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
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

/**
 * What a borrower holds: a view on a physical connection for the time of one loan. Every method passes the lease's gate,
 * so that a connection given back can never be reached through it, not even by a call that was under way.
 */
final class PooledConnection implements Connection {
    private final Lease lease;
    private final Connection raw;

    PooledConnection(Lease lease) {
        this.lease = lease;
        this.raw = lease.physical().raw();
    }

    @Override
    public Statement createStatement() throws SQLException {
        lease.enter();
        try {
            return new PooledStatement(lease, this, lease.track(raw.createStatement()));
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
        lease.enter();
        lease.running(sql);
        try {
            return new PooledPreparedStatement(lease, this, lease.track(raw.prepareStatement(sql)), sql);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public CallableStatement prepareCall(String sql) throws SQLException {
        lease.enter();
        lease.running(sql);
        try {
            return new PooledCallableStatement(lease, this, lease.track(raw.prepareCall(sql)), sql);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public String nativeSQL(String sql) throws SQLException {
        lease.enter();
        try {
            return raw.nativeSQL(sql);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void setAutoCommit(boolean autoCommit) throws SQLException {
        lease.enter();
        lease.changing(SessionState.AUTO_COMMIT);
        try {
            raw.setAutoCommit(autoCommit);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public boolean getAutoCommit() throws SQLException {
        lease.enter();
        try {
            return raw.getAutoCommit();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void commit() throws SQLException {
        lease.enter();
        try {
            raw.commit();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void rollback() throws SQLException {
        lease.enter();
        try {
            raw.rollback();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    /** Gives the connection back. Idempotent, from any thread; blocks while the session is rolled back and restored. */
    @Override
    public void close() {
        lease.close();
    }

    @Override
    public boolean isClosed() throws SQLException {
        return lease.isClosed() || raw.isClosed();
    }

    @Override
    public DatabaseMetaData getMetaData() throws SQLException {
        lease.enter();
        try {
            return new PooledMetaData(lease, this, raw.getMetaData());
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void setReadOnly(boolean readOnly) throws SQLException {
        lease.enter();
        lease.changing(SessionState.READ_ONLY);
        try {
            raw.setReadOnly(readOnly);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public boolean isReadOnly() throws SQLException {
        lease.enter();
        try {
            return raw.isReadOnly();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void setCatalog(String catalog) throws SQLException {
        lease.enter();
        lease.changing(SessionState.CATALOG);
        try {
            raw.setCatalog(catalog);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public String getCatalog() throws SQLException {
        lease.enter();
        try {
            return raw.getCatalog();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void setTransactionIsolation(int level) throws SQLException {
        lease.enter();
        lease.changing(SessionState.ISOLATION);
        try {
            raw.setTransactionIsolation(level);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public int getTransactionIsolation() throws SQLException {
        lease.enter();
        try {
            return raw.getTransactionIsolation();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public SQLWarning getWarnings() throws SQLException {
        lease.enter();
        try {
            return raw.getWarnings();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void clearWarnings() throws SQLException {
        lease.enter();
        try {
            raw.clearWarnings();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public Statement createStatement(int resultSetType, int resultSetConcurrency) throws SQLException {
        lease.enter();
        try {
            return new PooledStatement(
                    lease, this, lease.track(raw.createStatement(resultSetType, resultSetConcurrency)));
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int resultSetType, int resultSetConcurrency)
            throws SQLException {
        lease.enter();
        lease.running(sql);
        try {
            return new PooledPreparedStatement(
                    lease, this, lease.track(raw.prepareStatement(sql, resultSetType, resultSetConcurrency)), sql);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public CallableStatement prepareCall(String sql, int resultSetType, int resultSetConcurrency) throws SQLException {
        lease.enter();
        lease.running(sql);
        try {
            return new PooledCallableStatement(
                    lease, this, lease.track(raw.prepareCall(sql, resultSetType, resultSetConcurrency)), sql);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public Map<String, Class<?>> getTypeMap() throws SQLException {
        lease.enter();
        try {
            return raw.getTypeMap();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
        lease.enter();
        lease.changing(SessionState.TYPE_MAP);
        try {
            raw.setTypeMap(map);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void setHoldability(int holdability) throws SQLException {
        lease.enter();
        lease.changing(SessionState.HOLDABILITY);
        try {
            raw.setHoldability(holdability);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public int getHoldability() throws SQLException {
        lease.enter();
        try {
            return raw.getHoldability();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public Savepoint setSavepoint() throws SQLException {
        lease.enter();
        try {
            return raw.setSavepoint();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public Savepoint setSavepoint(String name) throws SQLException {
        lease.enter();
        try {
            return raw.setSavepoint(name);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void rollback(Savepoint savepoint) throws SQLException {
        lease.enter();
        try {
            raw.rollback(savepoint);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void releaseSavepoint(Savepoint savepoint) throws SQLException {
        lease.enter();
        try {
            raw.releaseSavepoint(savepoint);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public Statement createStatement(int resultSetType, int resultSetConcurrency, int resultSetHoldability)
            throws SQLException {
        lease.enter();
        try {
            return new PooledStatement(
                    lease,
                    this,
                    lease.track(raw.createStatement(resultSetType, resultSetConcurrency, resultSetHoldability)));
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public PreparedStatement prepareStatement(
            String sql, int resultSetType, int resultSetConcurrency, int resultSetHoldability) throws SQLException {
        lease.enter();
        lease.running(sql);
        try {
            return new PooledPreparedStatement(
                    lease,
                    this,
                    lease.track(raw.prepareStatement(sql, resultSetType, resultSetConcurrency, resultSetHoldability)),
                    sql);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public CallableStatement prepareCall(
            String sql, int resultSetType, int resultSetConcurrency, int resultSetHoldability) throws SQLException {
        lease.enter();
        lease.running(sql);
        try {
            return new PooledCallableStatement(
                    lease,
                    this,
                    lease.track(raw.prepareCall(sql, resultSetType, resultSetConcurrency, resultSetHoldability)),
                    sql);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int autoGeneratedKeys) throws SQLException {
        lease.enter();
        lease.running(sql);
        try {
            return new PooledPreparedStatement(
                    lease, this, lease.track(raw.prepareStatement(sql, autoGeneratedKeys)), sql);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int[] columnIndexes) throws SQLException {
        lease.enter();
        lease.running(sql);
        try {
            return new PooledPreparedStatement(lease, this, lease.track(raw.prepareStatement(sql, columnIndexes)), sql);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public PreparedStatement prepareStatement(String sql, String[] columnNames) throws SQLException {
        lease.enter();
        lease.running(sql);
        try {
            return new PooledPreparedStatement(lease, this, lease.track(raw.prepareStatement(sql, columnNames)), sql);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public Clob createClob() throws SQLException {
        lease.enter();
        try {
            return raw.createClob();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public Blob createBlob() throws SQLException {
        lease.enter();
        try {
            return raw.createBlob();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public NClob createNClob() throws SQLException {
        lease.enter();
        try {
            return raw.createNClob();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public SQLXML createSQLXML() throws SQLException {
        lease.enter();
        try {
            return raw.createSQLXML();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public boolean isValid(int timeout) throws SQLException {
        if (!lease.tryEnter()) {
            return false;
        }
        try {
            return raw.isValid(timeout);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void setClientInfo(String name, String value) throws SQLClientInfoException {
        enterForClientInfo();
        try {
            raw.setClientInfo(name, value);
        } catch (SQLClientInfoException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void setClientInfo(Properties properties) throws SQLClientInfoException {
        enterForClientInfo();
        try {
            raw.setClientInfo(properties);
        } catch (SQLClientInfoException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public String getClientInfo(String name) throws SQLException {
        lease.enter();
        try {
            return raw.getClientInfo(name);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public Properties getClientInfo() throws SQLException {
        lease.enter();
        try {
            return raw.getClientInfo();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public Array createArrayOf(String typeName, Object[] elements) throws SQLException {
        lease.enter();
        try {
            return raw.createArrayOf(typeName, elements);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public Struct createStruct(String typeName, Object[] attributes) throws SQLException {
        lease.enter();
        try {
            return raw.createStruct(typeName, attributes);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void setSchema(String schema) throws SQLException {
        lease.enter();
        lease.changing(SessionState.SCHEMA);
        try {
            raw.setSchema(schema);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public String getSchema() throws SQLException {
        lease.enter();
        try {
            return raw.getSchema();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        lease.abort(executor);
    }

    @Override
    public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
        lease.enter();
        lease.changing(SessionState.NETWORK_TIMEOUT);
        try {
            raw.setNetworkTimeout(executor, milliseconds);
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public int getNetworkTimeout() throws SQLException {
        lease.enter();
        try {
            return raw.getNetworkTimeout();
        } catch (SQLException e) {
            throw lease.noted(e);
        } finally {
            lease.exit();
        }
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        Connection below = open();
        return type.isInstance(below) ? type.cast(below) : below.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        Connection below = open();
        return type.isInstance(this) || type.isInstance(below) || below.isWrapperFor(type);
    }

    @Override
    public String toString() {
        return "PooledConnection[" + lease.poolName() + (lease.isClosed() ? ", closed]" : "]");
    }

    private Connection open() throws SQLException {
        lease.check();
        return raw;
    }

    private void enterForClientInfo() throws SQLClientInfoException {
        try {
            lease.enter();
        } catch (ConnectionClosedException e) {
            throw new SQLClientInfoException(e.getMessage(), e.getSQLState(), Map.of(), e);
        }
        lease.changing(SessionState.CLIENT_INFO);
    }
}

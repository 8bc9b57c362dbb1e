package dev.wellhead.pool;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A statement of a borrowed connection. Dies with the loan: the driver's statement is closed when the connection goes
 * back, and every method here asks the lease first. What talks to the database holds the lease's gate meanwhile.
 */
class PooledStatement extends MeasuredStatement implements Statement {
    private final Statement raw;

    PooledStatement(PooledConnection connection, Statement raw) {
        super(connection);
        this.raw = raw;
    }

    @Override
    public ResultSet executeQuery(String sql) throws SQLException {
        long started = begin(sql);
        try {
            return rows(raw.executeQuery(sql));
        } catch (SQLException e) {
            return rows(again(e, () -> raw.executeQuery(sql)));
        } finally {
            end(started);
        }
    }

    @Override
    public int executeUpdate(String sql) throws SQLException {
        long started = begin(sql);
        try {
            waitForAllOf(sql);
            return counted(raw.executeUpdate(sql));
        } catch (SQLException e) {
            return counted(again(e, () -> raw.executeUpdate(sql)));
        } finally {
            end(started);
        }
    }

    @Override
    public void close() throws SQLException {
        if (!connection.tryEnter()) {
            // Closed when the connection went back.
            return;
        }
        try {
            raw.close();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
        connection.forget(this);
    }

    @Override
    public int getMaxFieldSize() throws SQLException {
        return open().getMaxFieldSize();
    }

    @Override
    public void setMaxFieldSize(int max) throws SQLException {
        open().setMaxFieldSize(max);
    }

    @Override
    public int getMaxRows() throws SQLException {
        return open().getMaxRows();
    }

    @Override
    public void setMaxRows(int max) throws SQLException {
        open().setMaxRows(max);
    }

    @Override
    public void setEscapeProcessing(boolean enable) throws SQLException {
        open().setEscapeProcessing(enable);
    }

    @Override
    public int getQueryTimeout() throws SQLException {
        Statement statement = open();
        return waitsForLocks() ? lockSeconds() : statement.getQueryTimeout();
    }

    @Override
    public void setQueryTimeout(int seconds) throws SQLException {
        Statement statement = open();
        if (seconds >= 0 && waitsForLocks()) {
            // To its driver it is the busy timeout of this statement and nothing else.
            lockSeconds(seconds);
        } else {
            statement.setQueryTimeout(seconds);
        }
    }

    @Override
    public void cancel() throws SQLException {
        connection.enter();
        try {
            connection.stopWaiting();
            raw.cancel();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public SQLWarning getWarnings() throws SQLException {
        connection.enter();
        try {
            return raw.getWarnings();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public void clearWarnings() throws SQLException {
        open().clearWarnings();
    }

    @Override
    public void setCursorName(String name) throws SQLException {
        connection.enter();
        try {
            raw.setCursorName(name);
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public boolean execute(String sql) throws SQLException {
        long started = begin(sql);
        try {
            return raw.execute(sql);
        } catch (SQLException e) {
            return again(e, () -> raw.execute(sql));
        } finally {
            end(started);
        }
    }

    @Override
    public @Nullable ResultSet getResultSet() throws SQLException {
        connection.enter();
        try {
            ResultSet rows = raw.getResultSet();
            return rows == null ? null : rows(rows);
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public int getUpdateCount() throws SQLException {
        return countedLater(open().getUpdateCount());
    }

    @Override
    public boolean getMoreResults() throws SQLException {
        connection.enter();
        try {
            return raw.getMoreResults();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public void setFetchDirection(int direction) throws SQLException {
        open().setFetchDirection(direction);
    }

    @Override
    public int getFetchDirection() throws SQLException {
        return open().getFetchDirection();
    }

    @Override
    public void setFetchSize(int rows) throws SQLException {
        open().setFetchSize(rows);
    }

    @Override
    public int getFetchSize() throws SQLException {
        return open().getFetchSize();
    }

    @Override
    public int getResultSetConcurrency() throws SQLException {
        return open().getResultSetConcurrency();
    }

    @Override
    public int getResultSetType() throws SQLException {
        return open().getResultSetType();
    }

    @Override
    public void addBatch(String sql) throws SQLException {
        open().addBatch(sql);
        connection.running(sql);
        willRun(sql);
    }

    @Override
    public void clearBatch() throws SQLException {
        open().clearBatch();
    }

    @Override
    public int[] executeBatch() throws SQLException {
        long started = beginAgain();
        try {
            waitForAll();
            return counted(raw.executeBatch());
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            end(started);
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        connection.check();
        return connection;
    }

    @Override
    public boolean getMoreResults(int current) throws SQLException {
        connection.enter();
        try {
            return raw.getMoreResults(current);
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public @Nullable ResultSet getGeneratedKeys() throws SQLException {
        connection.enter();
        try {
            ResultSet keys = raw.getGeneratedKeys();
            return keys == null ? null : new PooledResultSet(connection, this, keys);
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public int executeUpdate(String sql, int autoGeneratedKeys) throws SQLException {
        long started = begin(sql);
        try {
            waitForAllOf(sql);
            return counted(raw.executeUpdate(sql, autoGeneratedKeys));
        } catch (SQLException e) {
            return counted(again(e, () -> raw.executeUpdate(sql, autoGeneratedKeys)));
        } finally {
            end(started);
        }
    }

    @Override
    public int executeUpdate(String sql, int[] columnIndexes) throws SQLException {
        long started = begin(sql);
        try {
            waitForAllOf(sql);
            return counted(raw.executeUpdate(sql, columnIndexes));
        } catch (SQLException e) {
            return counted(again(e, () -> raw.executeUpdate(sql, columnIndexes)));
        } finally {
            end(started);
        }
    }

    @Override
    public int executeUpdate(String sql, String[] columnNames) throws SQLException {
        long started = begin(sql);
        try {
            waitForAllOf(sql);
            return counted(raw.executeUpdate(sql, columnNames));
        } catch (SQLException e) {
            return counted(again(e, () -> raw.executeUpdate(sql, columnNames)));
        } finally {
            end(started);
        }
    }

    @Override
    public boolean execute(String sql, int autoGeneratedKeys) throws SQLException {
        long started = begin(sql);
        try {
            return raw.execute(sql, autoGeneratedKeys);
        } catch (SQLException e) {
            return again(e, () -> raw.execute(sql, autoGeneratedKeys));
        } finally {
            end(started);
        }
    }

    @Override
    public boolean execute(String sql, int[] columnIndexes) throws SQLException {
        long started = begin(sql);
        try {
            return raw.execute(sql, columnIndexes);
        } catch (SQLException e) {
            return again(e, () -> raw.execute(sql, columnIndexes));
        } finally {
            end(started);
        }
    }

    @Override
    public boolean execute(String sql, String[] columnNames) throws SQLException {
        long started = begin(sql);
        try {
            return raw.execute(sql, columnNames);
        } catch (SQLException e) {
            return again(e, () -> raw.execute(sql, columnNames));
        } finally {
            end(started);
        }
    }

    @Override
    public int getResultSetHoldability() throws SQLException {
        return open().getResultSetHoldability();
    }

    @Override
    public boolean isClosed() throws SQLException {
        return connection.isOver() || raw.isClosed();
    }

    @Override
    public void setPoolable(boolean poolable) throws SQLException {
        open().setPoolable(poolable);
    }

    @Override
    public boolean isPoolable() throws SQLException {
        return open().isPoolable();
    }

    @Override
    public void closeOnCompletion() throws SQLException {
        open().closeOnCompletion();
    }

    @Override
    public boolean isCloseOnCompletion() throws SQLException {
        return open().isCloseOnCompletion();
    }

    @Override
    public long getLargeUpdateCount() throws SQLException {
        return countedLater(open().getLargeUpdateCount());
    }

    @Override
    public void setLargeMaxRows(long max) throws SQLException {
        open().setLargeMaxRows(max);
    }

    @Override
    public long getLargeMaxRows() throws SQLException {
        return open().getLargeMaxRows();
    }

    @Override
    public long[] executeLargeBatch() throws SQLException {
        long started = beginAgain();
        try {
            waitForAll();
            return counted(raw.executeLargeBatch());
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            end(started);
        }
    }

    @Override
    public long executeLargeUpdate(String sql) throws SQLException {
        long started = begin(sql);
        try {
            waitForAllOf(sql);
            return counted(raw.executeLargeUpdate(sql));
        } catch (SQLException e) {
            return counted(again(e, () -> raw.executeLargeUpdate(sql)));
        } finally {
            end(started);
        }
    }

    @Override
    public long executeLargeUpdate(String sql, int autoGeneratedKeys) throws SQLException {
        long started = begin(sql);
        try {
            waitForAllOf(sql);
            return counted(raw.executeLargeUpdate(sql, autoGeneratedKeys));
        } catch (SQLException e) {
            return counted(again(e, () -> raw.executeLargeUpdate(sql, autoGeneratedKeys)));
        } finally {
            end(started);
        }
    }

    @Override
    public long executeLargeUpdate(String sql, int[] columnIndexes) throws SQLException {
        long started = begin(sql);
        try {
            waitForAllOf(sql);
            return counted(raw.executeLargeUpdate(sql, columnIndexes));
        } catch (SQLException e) {
            return counted(again(e, () -> raw.executeLargeUpdate(sql, columnIndexes)));
        } finally {
            end(started);
        }
    }

    @Override
    public long executeLargeUpdate(String sql, String[] columnNames) throws SQLException {
        long started = begin(sql);
        try {
            waitForAllOf(sql);
            return counted(raw.executeLargeUpdate(sql, columnNames));
        } catch (SQLException e) {
            return counted(again(e, () -> raw.executeLargeUpdate(sql, columnNames)));
        } finally {
            end(started);
        }
    }

    @Override
    public String enquoteLiteral(String val) throws SQLException {
        return open().enquoteLiteral(val);
    }

    @Override
    public String enquoteIdentifier(String identifier, boolean alwaysQuote) throws SQLException {
        return open().enquoteIdentifier(identifier, alwaysQuote);
    }

    @Override
    public boolean isSimpleIdentifier(String identifier) throws SQLException {
        return open().isSimpleIdentifier(identifier);
    }

    @Override
    public String enquoteNCharLiteral(String val) throws SQLException {
        return open().enquoteNCharLiteral(val);
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        Statement below = open();
        // It leads to the driver's connection.
        connection.changing(SessionState.SQL_TRANSACTION);
        return type.isInstance(below) ? type.cast(below) : below.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        Statement below = open();
        return type.isInstance(this) || type.isInstance(below) || below.isWrapperFor(type);
    }

    /** Returns the driver's statement while the connection is still lent. */
    final Statement open() throws SQLException {
        connection.check();
        return raw;
    }

    /** Returns the rows of the last execution. */
    final ResultSet rows(ResultSet rows) {
        return new PooledResultSet(this, rows);
    }

    @Override
    boolean isPrepared() {
        return false;
    }

    @Override
    @Nullable Parameters parameters() {
        return null;
    }

    @Override
    final void closeRaw() throws SQLException {
        raw.close();
    }

    @Override
    final Statement rawStatement() {
        return raw;
    }
}

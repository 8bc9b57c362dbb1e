package dev.wellhead.benchmarks.pool;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import org.jspecify.annotations.Nullable;

/** A statement whose execution takes what the database says and that has no result. */
class StubStatement extends RestOfStatement {
    private final StubConnection connection;
    private int queryTimeout;
    private int maxRows;
    private int fetchSize;
    private boolean poolable;
    private boolean closed;

    StubStatement(StubConnection connection) {
        this.connection = connection;
    }

    final void reopen() {
        closed = false;
    }

    final boolean run() throws SQLException {
        connection.execute();
        return false;
    }

    @Override
    public boolean execute(String sql) throws SQLException {
        return run();
    }

    @Override
    public int executeUpdate(String sql) throws SQLException {
        run();
        return 0;
    }

    @Override
    public @Nullable ResultSet getResultSet() {
        return null;
    }

    @Override
    public int getUpdateCount() {
        return -1;
    }

    @Override
    public boolean getMoreResults() {
        return false;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public Connection getConnection() {
        return connection;
    }

    @Override
    public void cancel() {}

    @Override
    public int getQueryTimeout() {
        return queryTimeout;
    }

    @Override
    public void setQueryTimeout(int seconds) {
        queryTimeout = seconds;
    }

    @Override
    public int getMaxRows() {
        return maxRows;
    }

    @Override
    public void setMaxRows(int max) {
        maxRows = max;
    }

    @Override
    public int getFetchSize() {
        return fetchSize;
    }

    @Override
    public void setFetchSize(int rows) {
        fetchSize = rows;
    }

    @Override
    public boolean isPoolable() {
        return poolable;
    }

    @Override
    public void setPoolable(boolean poolable) {
        this.poolable = poolable;
    }

    @Override
    public void setMaxFieldSize(int max) {}

    @Override
    public void setEscapeProcessing(boolean enable) {}

    @Override
    public @Nullable SQLWarning getWarnings() {
        return null;
    }

    @Override
    public void clearWarnings() {}
}

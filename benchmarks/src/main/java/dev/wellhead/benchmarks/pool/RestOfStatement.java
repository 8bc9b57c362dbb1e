package dev.wellhead.benchmarks.pool;

import java.sql.ResultSet;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;

/** The methods of a statement that no pool here calls. */
abstract class RestOfStatement implements Statement {
    @Override
    public ResultSet executeQuery(String a) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public int getMaxFieldSize() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setCursorName(String a) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setFetchDirection(int a) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public int getFetchDirection() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public int getResultSetConcurrency() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public int getResultSetType() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void addBatch(String a) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void clearBatch() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public int[] executeBatch() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public boolean getMoreResults(int a) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public ResultSet getGeneratedKeys() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public int executeUpdate(String a, int b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public int executeUpdate(String a, int[] b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public int executeUpdate(String a, String[] b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public boolean execute(String a, int b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public boolean execute(String a, int[] b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public boolean execute(String a, String[] b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public int getResultSetHoldability() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void closeOnCompletion() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public boolean isCloseOnCompletion() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public <T> T unwrap(Class<T> a) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public boolean isWrapperFor(Class<?> a) {
        return false;
    }

    static SQLFeatureNotSupportedException unsupported() {
        return new SQLFeatureNotSupportedException("the stub driver has no such method");
    }
}

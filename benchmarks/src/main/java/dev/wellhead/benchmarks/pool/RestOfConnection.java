package dev.wellhead.benchmarks.pool;

import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;

/** The methods of a connection that no pool here calls. */
abstract class RestOfConnection implements Connection {
    @Override
    public CallableStatement prepareCall(String a) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public String nativeSQL(String a) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public Statement createStatement(int a, int b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public PreparedStatement prepareStatement(String a, int b, int c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public CallableStatement prepareCall(String a, int b, int c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public Savepoint setSavepoint() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public Savepoint setSavepoint(String a) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void rollback(Savepoint a) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void releaseSavepoint(Savepoint a) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public Statement createStatement(int a, int b, int c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public PreparedStatement prepareStatement(String a, int b, int c, int d) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public CallableStatement prepareCall(String a, int b, int c, int d) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public PreparedStatement prepareStatement(String a, int b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public PreparedStatement prepareStatement(String a, int[] b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public PreparedStatement prepareStatement(String a, String[] b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public Clob createClob() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public Blob createBlob() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public NClob createNClob() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public SQLXML createSQLXML() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public String getClientInfo(String a) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public Array createArrayOf(String a, Object[] b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public Struct createStruct(String a, Object[] b) throws SQLFeatureNotSupportedException {
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

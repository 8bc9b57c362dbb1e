package dev.wellhead.benchmarks.pool;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;

/** The methods of a prepared statement that no pool here calls. */
abstract class RestOfPreparedStatement extends StubStatement implements PreparedStatement {
    RestOfPreparedStatement(StubConnection connection) {
        super(connection);
    }

    @Override
    public ResultSet executeQuery() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setNull(int a, int b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setBoolean(int a, boolean b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setByte(int a, byte b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setShort(int a, short b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setInt(int a, int b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setLong(int a, long b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setFloat(int a, float b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setDouble(int a, double b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setBigDecimal(int a, BigDecimal b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setString(int a, String b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setBytes(int a, byte[] b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setDate(int a, Date b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setTime(int a, Time b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setTimestamp(int a, Timestamp b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setAsciiStream(int a, InputStream b, int c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Deprecated
    @Override
    public void setUnicodeStream(int a, InputStream b, int c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setBinaryStream(int a, InputStream b, int c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setObject(int a, Object b, int c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setObject(int a, Object b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void addBatch() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setCharacterStream(int a, Reader b, int c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setRef(int a, Ref b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setBlob(int a, Blob b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setClob(int a, Clob b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setArray(int a, Array b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public ResultSetMetaData getMetaData() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setDate(int a, Date b, Calendar c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setTime(int a, Time b, Calendar c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setTimestamp(int a, Timestamp b, Calendar c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setNull(int a, int b, String c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setURL(int a, URL b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public ParameterMetaData getParameterMetaData() throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setRowId(int a, RowId b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setNString(int a, String b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setNCharacterStream(int a, Reader b, long c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setNClob(int a, NClob b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setClob(int a, Reader b, long c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setBlob(int a, InputStream b, long c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setNClob(int a, Reader b, long c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setSQLXML(int a, SQLXML b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setObject(int a, Object b, int c, int d) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setAsciiStream(int a, InputStream b, long c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setBinaryStream(int a, InputStream b, long c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setCharacterStream(int a, Reader b, long c) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setAsciiStream(int a, InputStream b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setBinaryStream(int a, InputStream b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setCharacterStream(int a, Reader b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setNCharacterStream(int a, Reader b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setClob(int a, Reader b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setBlob(int a, InputStream b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }

    @Override
    public void setNClob(int a, Reader b) throws SQLFeatureNotSupportedException {
        throw unsupported();
    }
}

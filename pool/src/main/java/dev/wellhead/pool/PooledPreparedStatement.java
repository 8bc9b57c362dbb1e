package dev.wellhead.pool;

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
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import org.jspecify.annotations.Nullable;

/** A prepared statement of a borrowed connection; see {@link PooledStatement}. */
class PooledPreparedStatement extends PooledStatement implements PreparedStatement {
    // Null unless they are asked for.
    private final @Nullable Parameters parameters;

    PooledPreparedStatement(PooledConnection connection, PreparedStatement raw, String sql) {
        super(connection, raw);
        willRun(sql);
        this.parameters = connection.slowQueries().capturesParameters() ? new Parameters() : null;
    }

    @Override
    final boolean isPrepared() {
        return true;
    }

    @Override
    final @Nullable Parameters parameters() {
        return parameters;
    }

    @Override
    public ResultSet executeQuery() throws SQLException {
        long started = beginAgain();
        try {
            return rows(raw().executeQuery());
        } catch (SQLException e) {
            return rows(again(e, () -> raw().executeQuery()));
        } finally {
            end(started);
        }
    }

    @Override
    public int executeUpdate() throws SQLException {
        long started = beginAgain();
        try {
            return counted(raw().executeUpdate());
        } catch (SQLException e) {
            return counted(again(e, () -> raw().executeUpdate()));
        } finally {
            end(started);
        }
    }

    @Override
    public void setNull(int parameterIndex, int sqlType) throws SQLException {
        noting(parameterIndex, null, sqlType).setNull(parameterIndex, sqlType);
    }

    @Override
    public void setBoolean(int parameterIndex, boolean x) throws SQLException {
        prepared().setBoolean(parameterIndex, x);
        if (parameters != null) {
            parameters.set(parameterIndex, x);
        }
    }

    @Override
    public void setByte(int parameterIndex, byte x) throws SQLException {
        prepared().setByte(parameterIndex, x);
        if (parameters != null) {
            parameters.set(parameterIndex, x);
        }
    }

    @Override
    public void setShort(int parameterIndex, short x) throws SQLException {
        prepared().setShort(parameterIndex, x);
        if (parameters != null) {
            parameters.set(parameterIndex, x);
        }
    }

    @Override
    public void setInt(int parameterIndex, int x) throws SQLException {
        prepared().setInt(parameterIndex, x);
        if (parameters != null) {
            parameters.set(parameterIndex, x);
        }
    }

    @Override
    public void setLong(int parameterIndex, long x) throws SQLException {
        prepared().setLong(parameterIndex, x);
        if (parameters != null) {
            parameters.set(parameterIndex, x);
        }
    }

    @Override
    public void setFloat(int parameterIndex, float x) throws SQLException {
        prepared().setFloat(parameterIndex, x);
        if (parameters != null) {
            parameters.set(parameterIndex, x);
        }
    }

    @Override
    public void setDouble(int parameterIndex, double x) throws SQLException {
        prepared().setDouble(parameterIndex, x);
        if (parameters != null) {
            parameters.set(parameterIndex, x);
        }
    }

    @Override
    public void setBigDecimal(int parameterIndex, BigDecimal x) throws SQLException {
        noting(parameterIndex, x).setBigDecimal(parameterIndex, x);
    }

    @Override
    public void setString(int parameterIndex, String x) throws SQLException {
        noting(parameterIndex, x).setString(parameterIndex, x);
    }

    @Override
    public void setBytes(int parameterIndex, byte[] x) throws SQLException {
        noting(parameterIndex, x).setBytes(parameterIndex, x);
    }

    @Override
    public void setDate(int parameterIndex, Date x) throws SQLException {
        noting(parameterIndex, x).setDate(parameterIndex, x);
    }

    @Override
    public void setTime(int parameterIndex, Time x) throws SQLException {
        noting(parameterIndex, x).setTime(parameterIndex, x);
    }

    @Override
    public void setTimestamp(int parameterIndex, Timestamp x) throws SQLException {
        noting(parameterIndex, x).setTimestamp(parameterIndex, x);
    }

    @Override
    public void setAsciiStream(int parameterIndex, InputStream x, int length) throws SQLException {
        omitting(parameterIndex, "stream").setAsciiStream(parameterIndex, x, length);
    }

    /** Not supported: deprecated in JDBC. */
    @Deprecated
    @Override
    public void setUnicodeStream(int parameterIndex, InputStream x, int length) throws SQLException {
        throw new SQLFeatureNotSupportedException("setUnicodeStream is deprecated; use setCharacterStream");
    }

    @Override
    public void setBinaryStream(int parameterIndex, InputStream x, int length) throws SQLException {
        omitting(parameterIndex, "stream").setBinaryStream(parameterIndex, x, length);
    }

    @Override
    public void clearParameters() throws SQLException {
        prepared().clearParameters();
        if (parameters != null) {
            parameters.clear();
        }
    }

    @Override
    public void setObject(int parameterIndex, Object x, int targetSqlType) throws SQLException {
        noting(parameterIndex, x, targetSqlType).setObject(parameterIndex, x, targetSqlType);
    }

    @Override
    public void setObject(int parameterIndex, Object x) throws SQLException {
        noting(parameterIndex, x).setObject(parameterIndex, x);
    }

    @Override
    public boolean execute() throws SQLException {
        long started = beginAgain();
        try {
            return raw().execute();
        } catch (SQLException e) {
            return again(e, () -> raw().execute());
        } finally {
            end(started);
        }
    }

    @Override
    public void addBatch() throws SQLException {
        prepared().addBatch();
    }

    @Override
    public void setCharacterStream(int parameterIndex, Reader reader, int length) throws SQLException {
        omitting(parameterIndex, "stream").setCharacterStream(parameterIndex, reader, length);
    }

    @Override
    public void setRef(int parameterIndex, Ref x) throws SQLException {
        omitting(parameterIndex, "ref").setRef(parameterIndex, x);
    }

    @Override
    public void setBlob(int parameterIndex, Blob x) throws SQLException {
        omitting(parameterIndex, "large object").setBlob(parameterIndex, x);
    }

    @Override
    public void setClob(int parameterIndex, Clob x) throws SQLException {
        omitting(parameterIndex, "large object").setClob(parameterIndex, x);
    }

    @Override
    public void setArray(int parameterIndex, Array x) throws SQLException {
        omitting(parameterIndex, "array").setArray(parameterIndex, x);
    }

    @Override
    public @Nullable ResultSetMetaData getMetaData() throws SQLException {
        connection.enter();
        try {
            return raw().getMetaData();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public void setDate(int parameterIndex, Date x, Calendar cal) throws SQLException {
        noting(parameterIndex, x).setDate(parameterIndex, x, cal);
    }

    @Override
    public void setTime(int parameterIndex, Time x, Calendar cal) throws SQLException {
        noting(parameterIndex, x).setTime(parameterIndex, x, cal);
    }

    @Override
    public void setTimestamp(int parameterIndex, Timestamp x, Calendar cal) throws SQLException {
        noting(parameterIndex, x).setTimestamp(parameterIndex, x, cal);
    }

    @Override
    public void setNull(int parameterIndex, int sqlType, String typeName) throws SQLException {
        noting(parameterIndex, null, sqlType).setNull(parameterIndex, sqlType, typeName);
    }

    @Override
    public void setURL(int parameterIndex, URL x) throws SQLException {
        noting(parameterIndex, x).setURL(parameterIndex, x);
    }

    @Override
    public ParameterMetaData getParameterMetaData() throws SQLException {
        connection.enter();
        try {
            return raw().getParameterMetaData();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public void setRowId(int parameterIndex, RowId x) throws SQLException {
        omitting(parameterIndex, "row id").setRowId(parameterIndex, x);
    }

    @Override
    public void setNString(int parameterIndex, String value) throws SQLException {
        noting(parameterIndex, value).setNString(parameterIndex, value);
    }

    @Override
    public void setNCharacterStream(int parameterIndex, Reader value, long length) throws SQLException {
        omitting(parameterIndex, "stream").setNCharacterStream(parameterIndex, value, length);
    }

    @Override
    public void setNClob(int parameterIndex, NClob value) throws SQLException {
        omitting(parameterIndex, "large object").setNClob(parameterIndex, value);
    }

    @Override
    public void setClob(int parameterIndex, Reader reader, long length) throws SQLException {
        omitting(parameterIndex, "large object").setClob(parameterIndex, reader, length);
    }

    @Override
    public void setBlob(int parameterIndex, InputStream inputStream, long length) throws SQLException {
        omitting(parameterIndex, "large object").setBlob(parameterIndex, inputStream, length);
    }

    @Override
    public void setNClob(int parameterIndex, Reader reader, long length) throws SQLException {
        omitting(parameterIndex, "large object").setNClob(parameterIndex, reader, length);
    }

    @Override
    public void setSQLXML(int parameterIndex, SQLXML xmlObject) throws SQLException {
        omitting(parameterIndex, "xml").setSQLXML(parameterIndex, xmlObject);
    }

    @Override
    public void setObject(int parameterIndex, Object x, int targetSqlType, int scaleOrLength) throws SQLException {
        noting(parameterIndex, x, targetSqlType).setObject(parameterIndex, x, targetSqlType, scaleOrLength);
    }

    @Override
    public void setAsciiStream(int parameterIndex, InputStream x, long length) throws SQLException {
        omitting(parameterIndex, "stream").setAsciiStream(parameterIndex, x, length);
    }

    @Override
    public void setBinaryStream(int parameterIndex, InputStream x, long length) throws SQLException {
        omitting(parameterIndex, "stream").setBinaryStream(parameterIndex, x, length);
    }

    @Override
    public void setCharacterStream(int parameterIndex, Reader reader, long length) throws SQLException {
        omitting(parameterIndex, "stream").setCharacterStream(parameterIndex, reader, length);
    }

    @Override
    public void setAsciiStream(int parameterIndex, InputStream x) throws SQLException {
        omitting(parameterIndex, "stream").setAsciiStream(parameterIndex, x);
    }

    @Override
    public void setBinaryStream(int parameterIndex, InputStream x) throws SQLException {
        omitting(parameterIndex, "stream").setBinaryStream(parameterIndex, x);
    }

    @Override
    public void setCharacterStream(int parameterIndex, Reader reader) throws SQLException {
        omitting(parameterIndex, "stream").setCharacterStream(parameterIndex, reader);
    }

    @Override
    public void setNCharacterStream(int parameterIndex, Reader value) throws SQLException {
        omitting(parameterIndex, "stream").setNCharacterStream(parameterIndex, value);
    }

    @Override
    public void setClob(int parameterIndex, Reader reader) throws SQLException {
        omitting(parameterIndex, "large object").setClob(parameterIndex, reader);
    }

    @Override
    public void setBlob(int parameterIndex, InputStream inputStream) throws SQLException {
        omitting(parameterIndex, "large object").setBlob(parameterIndex, inputStream);
    }

    @Override
    public void setNClob(int parameterIndex, Reader reader) throws SQLException {
        omitting(parameterIndex, "large object").setNClob(parameterIndex, reader);
    }

    @Override
    public void setObject(int parameterIndex, Object x, SQLType targetSqlType, int scaleOrLength) throws SQLException {
        noting(parameterIndex, x, targetSqlType).setObject(parameterIndex, x, targetSqlType, scaleOrLength);
    }

    @Override
    public void setObject(int parameterIndex, Object x, SQLType targetSqlType) throws SQLException {
        noting(parameterIndex, x, targetSqlType).setObject(parameterIndex, x, targetSqlType);
    }

    @Override
    public long executeLargeUpdate() throws SQLException {
        long started = beginAgain();
        try {
            return counted(raw().executeLargeUpdate());
        } catch (SQLException e) {
            return counted(again(e, () -> raw().executeLargeUpdate()));
        } finally {
            end(started);
        }
    }

    @Override
    public int[] executeBatch() throws SQLException {
        long started = beginAgain();
        try {
            waitForAll();
            return counted(raw().executeBatch());
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            end(started);
        }
    }

    @Override
    public long[] executeLargeBatch() throws SQLException {
        long started = beginAgain();
        try {
            waitForAll();
            return counted(raw().executeLargeBatch());
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            end(started);
        }
    }

    private PreparedStatement prepared() throws SQLException {
        connection.check();
        return raw();
    }

    private PreparedStatement noting(int parameterIndex, @Nullable Object value) throws SQLException {
        if (parameters != null) {
            parameters.set(parameterIndex, value);
        }
        return prepared();
    }

    private PreparedStatement noting(int parameterIndex, @Nullable Object value, int type) throws SQLException {
        if (parameters != null) {
            parameters.set(parameterIndex, value, type);
        }
        return prepared();
    }

    private PreparedStatement noting(int parameterIndex, @Nullable Object value, SQLType type) throws SQLException {
        @Nullable Integer number = parameters == null ? null : type.getVendorTypeNumber();
        return number == null ? noting(parameterIndex, value) : noting(parameterIndex, value, number);
    }

    private PreparedStatement omitting(int parameterIndex, String what) throws SQLException {
        if (parameters != null) {
            parameters.omit(parameterIndex, what);
        }
        return prepared();
    }

    private PreparedStatement raw() {
        return (PreparedStatement) rawStatement();
    }
}

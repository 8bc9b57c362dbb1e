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
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLType;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows read through a borrowed connection, so that {@link #getStatement()} leads back to the pooled statement. What may
 * talk to the database holds the lease's gate meanwhile.
 */
final class PooledResultSet extends OpenResources.Tracked implements ResultSet {
    private final PooledConnection connection;
    // Null for rows of the catalogue.
    private final @Nullable Statement statement;
    private final ResultSet raw;
    // Whose execution it is that yields these rows; null if what yields them was no statement of the borrower's.
    private final @Nullable MeasuredStatement execution;
    private long fetched;
    private long fetchNanos;

    PooledResultSet(PooledConnection connection, @Nullable Statement statement, ResultSet raw) {
        this.connection = connection;
        this.statement = statement;
        this.raw = raw;
        this.execution = null;
    }

    /** The rows of the statement's last execution. */
    PooledResultSet(PooledStatement execution, ResultSet raw) {
        this.connection = execution.connection;
        this.statement = execution;
        this.raw = raw;
        this.execution = execution;
    }

    @Override
    public boolean next() throws SQLException {
        connection.enter();
        long before = connection.coarseNanos();
        boolean more;
        try {
            more = raw.next();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
        if (more) {
            fetched++;
        }
        fetchNanos += connection.coarseNanos() - before;
        if (execution != null) {
            execution.fetched(fetched, fetchNanos);
        }
        return more;
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
    public boolean wasNull() throws SQLException {
        return open().wasNull();
    }

    @Override
    public String getString(int columnIndex) throws SQLException {
        return open().getString(columnIndex);
    }

    @Override
    public boolean getBoolean(int columnIndex) throws SQLException {
        return open().getBoolean(columnIndex);
    }

    @Override
    public byte getByte(int columnIndex) throws SQLException {
        return open().getByte(columnIndex);
    }

    @Override
    public short getShort(int columnIndex) throws SQLException {
        return open().getShort(columnIndex);
    }

    @Override
    public int getInt(int columnIndex) throws SQLException {
        return open().getInt(columnIndex);
    }

    @Override
    public long getLong(int columnIndex) throws SQLException {
        return open().getLong(columnIndex);
    }

    @Override
    public float getFloat(int columnIndex) throws SQLException {
        return open().getFloat(columnIndex);
    }

    @Override
    public double getDouble(int columnIndex) throws SQLException {
        return open().getDouble(columnIndex);
    }

    /** Not supported: deprecated in JDBC. */
    @Deprecated
    @Override
    public BigDecimal getBigDecimal(int columnIndex, int scale) throws SQLException {
        throw new SQLFeatureNotSupportedException("getBigDecimal is deprecated; use getBigDecimal without a scale");
    }

    @Override
    public byte[] getBytes(int columnIndex) throws SQLException {
        return open().getBytes(columnIndex);
    }

    @Override
    public Date getDate(int columnIndex) throws SQLException {
        return open().getDate(columnIndex);
    }

    @Override
    public Time getTime(int columnIndex) throws SQLException {
        return open().getTime(columnIndex);
    }

    @Override
    public Timestamp getTimestamp(int columnIndex) throws SQLException {
        return open().getTimestamp(columnIndex);
    }

    @Override
    public InputStream getAsciiStream(int columnIndex) throws SQLException {
        return open().getAsciiStream(columnIndex);
    }

    /** Not supported: deprecated in JDBC. */
    @Deprecated
    @Override
    public InputStream getUnicodeStream(int columnIndex) throws SQLException {
        throw new SQLFeatureNotSupportedException("getUnicodeStream is deprecated; use getCharacterStream");
    }

    @Override
    public InputStream getBinaryStream(int columnIndex) throws SQLException {
        return open().getBinaryStream(columnIndex);
    }

    @Override
    public String getString(String columnLabel) throws SQLException {
        return open().getString(columnLabel);
    }

    @Override
    public boolean getBoolean(String columnLabel) throws SQLException {
        return open().getBoolean(columnLabel);
    }

    @Override
    public byte getByte(String columnLabel) throws SQLException {
        return open().getByte(columnLabel);
    }

    @Override
    public short getShort(String columnLabel) throws SQLException {
        return open().getShort(columnLabel);
    }

    @Override
    public int getInt(String columnLabel) throws SQLException {
        return open().getInt(columnLabel);
    }

    @Override
    public long getLong(String columnLabel) throws SQLException {
        return open().getLong(columnLabel);
    }

    @Override
    public float getFloat(String columnLabel) throws SQLException {
        return open().getFloat(columnLabel);
    }

    @Override
    public double getDouble(String columnLabel) throws SQLException {
        return open().getDouble(columnLabel);
    }

    /** Not supported: deprecated in JDBC. */
    @Deprecated
    @Override
    public BigDecimal getBigDecimal(String columnLabel, int scale) throws SQLException {
        throw new SQLFeatureNotSupportedException("getBigDecimal is deprecated; use getBigDecimal without a scale");
    }

    @Override
    public byte[] getBytes(String columnLabel) throws SQLException {
        return open().getBytes(columnLabel);
    }

    @Override
    public Date getDate(String columnLabel) throws SQLException {
        return open().getDate(columnLabel);
    }

    @Override
    public Time getTime(String columnLabel) throws SQLException {
        return open().getTime(columnLabel);
    }

    @Override
    public Timestamp getTimestamp(String columnLabel) throws SQLException {
        return open().getTimestamp(columnLabel);
    }

    @Override
    public InputStream getAsciiStream(String columnLabel) throws SQLException {
        return open().getAsciiStream(columnLabel);
    }

    /** Not supported: deprecated in JDBC. */
    @Deprecated
    @Override
    public InputStream getUnicodeStream(String columnLabel) throws SQLException {
        throw new SQLFeatureNotSupportedException("getUnicodeStream is deprecated; use getCharacterStream");
    }

    @Override
    public InputStream getBinaryStream(String columnLabel) throws SQLException {
        return open().getBinaryStream(columnLabel);
    }

    @Override
    public SQLWarning getWarnings() throws SQLException {
        return open().getWarnings();
    }

    @Override
    public void clearWarnings() throws SQLException {
        open().clearWarnings();
    }

    @Override
    public String getCursorName() throws SQLException {
        return open().getCursorName();
    }

    @Override
    public ResultSetMetaData getMetaData() throws SQLException {
        connection.enter();
        try {
            return raw.getMetaData();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public @Nullable Object getObject(int columnIndex) throws SQLException {
        return connection.own(open().getObject(columnIndex), statement);
    }

    @Override
    public @Nullable Object getObject(String columnLabel) throws SQLException {
        return connection.own(open().getObject(columnLabel), statement);
    }

    @Override
    public int findColumn(String columnLabel) throws SQLException {
        return open().findColumn(columnLabel);
    }

    @Override
    public Reader getCharacterStream(int columnIndex) throws SQLException {
        return open().getCharacterStream(columnIndex);
    }

    @Override
    public Reader getCharacterStream(String columnLabel) throws SQLException {
        return open().getCharacterStream(columnLabel);
    }

    @Override
    public BigDecimal getBigDecimal(int columnIndex) throws SQLException {
        return open().getBigDecimal(columnIndex);
    }

    @Override
    public BigDecimal getBigDecimal(String columnLabel) throws SQLException {
        return open().getBigDecimal(columnLabel);
    }

    @Override
    public boolean isBeforeFirst() throws SQLException {
        return open().isBeforeFirst();
    }

    @Override
    public boolean isAfterLast() throws SQLException {
        return open().isAfterLast();
    }

    @Override
    public boolean isFirst() throws SQLException {
        return open().isFirst();
    }

    @Override
    public boolean isLast() throws SQLException {
        connection.enter();
        try {
            return raw.isLast();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public void beforeFirst() throws SQLException {
        connection.enter();
        try {
            raw.beforeFirst();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public void afterLast() throws SQLException {
        connection.enter();
        try {
            raw.afterLast();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public boolean first() throws SQLException {
        connection.enter();
        try {
            return raw.first();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public boolean last() throws SQLException {
        connection.enter();
        try {
            return raw.last();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public int getRow() throws SQLException {
        return open().getRow();
    }

    @Override
    public boolean absolute(int row) throws SQLException {
        connection.enter();
        try {
            return raw.absolute(row);
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public boolean relative(int rows) throws SQLException {
        connection.enter();
        try {
            return raw.relative(rows);
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public boolean previous() throws SQLException {
        connection.enter();
        try {
            return raw.previous();
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
    public int getType() throws SQLException {
        return open().getType();
    }

    @Override
    public int getConcurrency() throws SQLException {
        return open().getConcurrency();
    }

    @Override
    public boolean rowUpdated() throws SQLException {
        return open().rowUpdated();
    }

    @Override
    public boolean rowInserted() throws SQLException {
        return open().rowInserted();
    }

    @Override
    public boolean rowDeleted() throws SQLException {
        return open().rowDeleted();
    }

    @Override
    public void updateNull(int columnIndex) throws SQLException {
        open().updateNull(columnIndex);
    }

    @Override
    public void updateBoolean(int columnIndex, boolean x) throws SQLException {
        open().updateBoolean(columnIndex, x);
    }

    @Override
    public void updateByte(int columnIndex, byte x) throws SQLException {
        open().updateByte(columnIndex, x);
    }

    @Override
    public void updateShort(int columnIndex, short x) throws SQLException {
        open().updateShort(columnIndex, x);
    }

    @Override
    public void updateInt(int columnIndex, int x) throws SQLException {
        open().updateInt(columnIndex, x);
    }

    @Override
    public void updateLong(int columnIndex, long x) throws SQLException {
        open().updateLong(columnIndex, x);
    }

    @Override
    public void updateFloat(int columnIndex, float x) throws SQLException {
        open().updateFloat(columnIndex, x);
    }

    @Override
    public void updateDouble(int columnIndex, double x) throws SQLException {
        open().updateDouble(columnIndex, x);
    }

    @Override
    public void updateBigDecimal(int columnIndex, BigDecimal x) throws SQLException {
        open().updateBigDecimal(columnIndex, x);
    }

    @Override
    public void updateString(int columnIndex, String x) throws SQLException {
        open().updateString(columnIndex, x);
    }

    @Override
    public void updateBytes(int columnIndex, byte[] x) throws SQLException {
        open().updateBytes(columnIndex, x);
    }

    @Override
    public void updateDate(int columnIndex, Date x) throws SQLException {
        open().updateDate(columnIndex, x);
    }

    @Override
    public void updateTime(int columnIndex, Time x) throws SQLException {
        open().updateTime(columnIndex, x);
    }

    @Override
    public void updateTimestamp(int columnIndex, Timestamp x) throws SQLException {
        open().updateTimestamp(columnIndex, x);
    }

    @Override
    public void updateAsciiStream(int columnIndex, InputStream x, int length) throws SQLException {
        open().updateAsciiStream(columnIndex, x, length);
    }

    @Override
    public void updateBinaryStream(int columnIndex, InputStream x, int length) throws SQLException {
        open().updateBinaryStream(columnIndex, x, length);
    }

    @Override
    public void updateCharacterStream(int columnIndex, Reader x, int length) throws SQLException {
        open().updateCharacterStream(columnIndex, x, length);
    }

    @Override
    public void updateObject(int columnIndex, Object x, int scaleOrLength) throws SQLException {
        open().updateObject(columnIndex, x, scaleOrLength);
    }

    @Override
    public void updateObject(int columnIndex, Object x) throws SQLException {
        open().updateObject(columnIndex, x);
    }

    @Override
    public void updateNull(String columnLabel) throws SQLException {
        open().updateNull(columnLabel);
    }

    @Override
    public void updateBoolean(String columnLabel, boolean x) throws SQLException {
        open().updateBoolean(columnLabel, x);
    }

    @Override
    public void updateByte(String columnLabel, byte x) throws SQLException {
        open().updateByte(columnLabel, x);
    }

    @Override
    public void updateShort(String columnLabel, short x) throws SQLException {
        open().updateShort(columnLabel, x);
    }

    @Override
    public void updateInt(String columnLabel, int x) throws SQLException {
        open().updateInt(columnLabel, x);
    }

    @Override
    public void updateLong(String columnLabel, long x) throws SQLException {
        open().updateLong(columnLabel, x);
    }

    @Override
    public void updateFloat(String columnLabel, float x) throws SQLException {
        open().updateFloat(columnLabel, x);
    }

    @Override
    public void updateDouble(String columnLabel, double x) throws SQLException {
        open().updateDouble(columnLabel, x);
    }

    @Override
    public void updateBigDecimal(String columnLabel, BigDecimal x) throws SQLException {
        open().updateBigDecimal(columnLabel, x);
    }

    @Override
    public void updateString(String columnLabel, String x) throws SQLException {
        open().updateString(columnLabel, x);
    }

    @Override
    public void updateBytes(String columnLabel, byte[] x) throws SQLException {
        open().updateBytes(columnLabel, x);
    }

    @Override
    public void updateDate(String columnLabel, Date x) throws SQLException {
        open().updateDate(columnLabel, x);
    }

    @Override
    public void updateTime(String columnLabel, Time x) throws SQLException {
        open().updateTime(columnLabel, x);
    }

    @Override
    public void updateTimestamp(String columnLabel, Timestamp x) throws SQLException {
        open().updateTimestamp(columnLabel, x);
    }

    @Override
    public void updateAsciiStream(String columnLabel, InputStream x, int length) throws SQLException {
        open().updateAsciiStream(columnLabel, x, length);
    }

    @Override
    public void updateBinaryStream(String columnLabel, InputStream x, int length) throws SQLException {
        open().updateBinaryStream(columnLabel, x, length);
    }

    @Override
    public void updateCharacterStream(String columnLabel, Reader reader, int length) throws SQLException {
        open().updateCharacterStream(columnLabel, reader, length);
    }

    @Override
    public void updateObject(String columnLabel, Object x, int scaleOrLength) throws SQLException {
        open().updateObject(columnLabel, x, scaleOrLength);
    }

    @Override
    public void updateObject(String columnLabel, Object x) throws SQLException {
        open().updateObject(columnLabel, x);
    }

    @Override
    public void insertRow() throws SQLException {
        connection.enter();
        try {
            raw.insertRow();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public void updateRow() throws SQLException {
        connection.enter();
        try {
            raw.updateRow();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public void deleteRow() throws SQLException {
        connection.enter();
        try {
            raw.deleteRow();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public void refreshRow() throws SQLException {
        connection.enter();
        try {
            raw.refreshRow();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public void cancelRowUpdates() throws SQLException {
        connection.enter();
        try {
            raw.cancelRowUpdates();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public void moveToInsertRow() throws SQLException {
        connection.enter();
        try {
            raw.moveToInsertRow();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public void moveToCurrentRow() throws SQLException {
        connection.enter();
        try {
            raw.moveToCurrentRow();
        } catch (SQLException e) {
            throw connection.noted(e);
        } finally {
            connection.exit();
        }
    }

    @Override
    public @Nullable Statement getStatement() throws SQLException {
        Statement below = open().getStatement();
        if (statement == null && below != null) {
            // Rows of the catalogue: their statement is the driver's own.
            return new PooledStatement(connection, below);
        }
        return statement;
    }

    @Override
    public @Nullable Object getObject(int columnIndex, Map<String, Class<?>> map) throws SQLException {
        return connection.own(open().getObject(columnIndex, map), statement);
    }

    @Override
    public Ref getRef(int columnIndex) throws SQLException {
        return open().getRef(columnIndex);
    }

    @Override
    public Blob getBlob(int columnIndex) throws SQLException {
        return open().getBlob(columnIndex);
    }

    @Override
    public Clob getClob(int columnIndex) throws SQLException {
        return open().getClob(columnIndex);
    }

    @Override
    public Array getArray(int columnIndex) throws SQLException {
        return open().getArray(columnIndex);
    }

    @Override
    public @Nullable Object getObject(String columnLabel, Map<String, Class<?>> map) throws SQLException {
        return connection.own(open().getObject(columnLabel, map), statement);
    }

    @Override
    public Ref getRef(String columnLabel) throws SQLException {
        return open().getRef(columnLabel);
    }

    @Override
    public Blob getBlob(String columnLabel) throws SQLException {
        return open().getBlob(columnLabel);
    }

    @Override
    public Clob getClob(String columnLabel) throws SQLException {
        return open().getClob(columnLabel);
    }

    @Override
    public Array getArray(String columnLabel) throws SQLException {
        return open().getArray(columnLabel);
    }

    @Override
    public Date getDate(int columnIndex, Calendar cal) throws SQLException {
        return open().getDate(columnIndex, cal);
    }

    @Override
    public Date getDate(String columnLabel, Calendar cal) throws SQLException {
        return open().getDate(columnLabel, cal);
    }

    @Override
    public Time getTime(int columnIndex, Calendar cal) throws SQLException {
        return open().getTime(columnIndex, cal);
    }

    @Override
    public Time getTime(String columnLabel, Calendar cal) throws SQLException {
        return open().getTime(columnLabel, cal);
    }

    @Override
    public Timestamp getTimestamp(int columnIndex, Calendar cal) throws SQLException {
        return open().getTimestamp(columnIndex, cal);
    }

    @Override
    public Timestamp getTimestamp(String columnLabel, Calendar cal) throws SQLException {
        return open().getTimestamp(columnLabel, cal);
    }

    @Override
    public URL getURL(int columnIndex) throws SQLException {
        return open().getURL(columnIndex);
    }

    @Override
    public URL getURL(String columnLabel) throws SQLException {
        return open().getURL(columnLabel);
    }

    @Override
    public void updateRef(int columnIndex, Ref x) throws SQLException {
        open().updateRef(columnIndex, x);
    }

    @Override
    public void updateRef(String columnLabel, Ref x) throws SQLException {
        open().updateRef(columnLabel, x);
    }

    @Override
    public void updateBlob(int columnIndex, Blob x) throws SQLException {
        open().updateBlob(columnIndex, x);
    }

    @Override
    public void updateBlob(String columnLabel, Blob x) throws SQLException {
        open().updateBlob(columnLabel, x);
    }

    @Override
    public void updateClob(int columnIndex, Clob x) throws SQLException {
        open().updateClob(columnIndex, x);
    }

    @Override
    public void updateClob(String columnLabel, Clob x) throws SQLException {
        open().updateClob(columnLabel, x);
    }

    @Override
    public void updateArray(int columnIndex, Array x) throws SQLException {
        open().updateArray(columnIndex, x);
    }

    @Override
    public void updateArray(String columnLabel, Array x) throws SQLException {
        open().updateArray(columnLabel, x);
    }

    @Override
    public RowId getRowId(int columnIndex) throws SQLException {
        return open().getRowId(columnIndex);
    }

    @Override
    public RowId getRowId(String columnLabel) throws SQLException {
        return open().getRowId(columnLabel);
    }

    @Override
    public void updateRowId(int columnIndex, RowId x) throws SQLException {
        open().updateRowId(columnIndex, x);
    }

    @Override
    public void updateRowId(String columnLabel, RowId x) throws SQLException {
        open().updateRowId(columnLabel, x);
    }

    @Override
    public int getHoldability() throws SQLException {
        return open().getHoldability();
    }

    @Override
    public boolean isClosed() throws SQLException {
        return connection.isOver() || raw.isClosed();
    }

    @Override
    public void updateNString(int columnIndex, String nString) throws SQLException {
        open().updateNString(columnIndex, nString);
    }

    @Override
    public void updateNString(String columnLabel, String nString) throws SQLException {
        open().updateNString(columnLabel, nString);
    }

    @Override
    public void updateNClob(int columnIndex, NClob nClob) throws SQLException {
        open().updateNClob(columnIndex, nClob);
    }

    @Override
    public void updateNClob(String columnLabel, NClob nClob) throws SQLException {
        open().updateNClob(columnLabel, nClob);
    }

    @Override
    public NClob getNClob(int columnIndex) throws SQLException {
        return open().getNClob(columnIndex);
    }

    @Override
    public NClob getNClob(String columnLabel) throws SQLException {
        return open().getNClob(columnLabel);
    }

    @Override
    public SQLXML getSQLXML(int columnIndex) throws SQLException {
        return open().getSQLXML(columnIndex);
    }

    @Override
    public SQLXML getSQLXML(String columnLabel) throws SQLException {
        return open().getSQLXML(columnLabel);
    }

    @Override
    public void updateSQLXML(int columnIndex, SQLXML xmlObject) throws SQLException {
        open().updateSQLXML(columnIndex, xmlObject);
    }

    @Override
    public void updateSQLXML(String columnLabel, SQLXML xmlObject) throws SQLException {
        open().updateSQLXML(columnLabel, xmlObject);
    }

    @Override
    public String getNString(int columnIndex) throws SQLException {
        return open().getNString(columnIndex);
    }

    @Override
    public String getNString(String columnLabel) throws SQLException {
        return open().getNString(columnLabel);
    }

    @Override
    public Reader getNCharacterStream(int columnIndex) throws SQLException {
        return open().getNCharacterStream(columnIndex);
    }

    @Override
    public Reader getNCharacterStream(String columnLabel) throws SQLException {
        return open().getNCharacterStream(columnLabel);
    }

    @Override
    public void updateNCharacterStream(int columnIndex, Reader x, long length) throws SQLException {
        open().updateNCharacterStream(columnIndex, x, length);
    }

    @Override
    public void updateNCharacterStream(String columnLabel, Reader reader, long length) throws SQLException {
        open().updateNCharacterStream(columnLabel, reader, length);
    }

    @Override
    public void updateAsciiStream(int columnIndex, InputStream x, long length) throws SQLException {
        open().updateAsciiStream(columnIndex, x, length);
    }

    @Override
    public void updateBinaryStream(int columnIndex, InputStream x, long length) throws SQLException {
        open().updateBinaryStream(columnIndex, x, length);
    }

    @Override
    public void updateCharacterStream(int columnIndex, Reader x, long length) throws SQLException {
        open().updateCharacterStream(columnIndex, x, length);
    }

    @Override
    public void updateAsciiStream(String columnLabel, InputStream x, long length) throws SQLException {
        open().updateAsciiStream(columnLabel, x, length);
    }

    @Override
    public void updateBinaryStream(String columnLabel, InputStream x, long length) throws SQLException {
        open().updateBinaryStream(columnLabel, x, length);
    }

    @Override
    public void updateCharacterStream(String columnLabel, Reader reader, long length) throws SQLException {
        open().updateCharacterStream(columnLabel, reader, length);
    }

    @Override
    public void updateBlob(int columnIndex, InputStream inputStream, long length) throws SQLException {
        open().updateBlob(columnIndex, inputStream, length);
    }

    @Override
    public void updateBlob(String columnLabel, InputStream inputStream, long length) throws SQLException {
        open().updateBlob(columnLabel, inputStream, length);
    }

    @Override
    public void updateClob(int columnIndex, Reader reader, long length) throws SQLException {
        open().updateClob(columnIndex, reader, length);
    }

    @Override
    public void updateClob(String columnLabel, Reader reader, long length) throws SQLException {
        open().updateClob(columnLabel, reader, length);
    }

    @Override
    public void updateNClob(int columnIndex, Reader reader, long length) throws SQLException {
        open().updateNClob(columnIndex, reader, length);
    }

    @Override
    public void updateNClob(String columnLabel, Reader reader, long length) throws SQLException {
        open().updateNClob(columnLabel, reader, length);
    }

    @Override
    public void updateNCharacterStream(int columnIndex, Reader x) throws SQLException {
        open().updateNCharacterStream(columnIndex, x);
    }

    @Override
    public void updateNCharacterStream(String columnLabel, Reader reader) throws SQLException {
        open().updateNCharacterStream(columnLabel, reader);
    }

    @Override
    public void updateAsciiStream(int columnIndex, InputStream x) throws SQLException {
        open().updateAsciiStream(columnIndex, x);
    }

    @Override
    public void updateBinaryStream(int columnIndex, InputStream x) throws SQLException {
        open().updateBinaryStream(columnIndex, x);
    }

    @Override
    public void updateCharacterStream(int columnIndex, Reader x) throws SQLException {
        open().updateCharacterStream(columnIndex, x);
    }

    @Override
    public void updateAsciiStream(String columnLabel, InputStream x) throws SQLException {
        open().updateAsciiStream(columnLabel, x);
    }

    @Override
    public void updateBinaryStream(String columnLabel, InputStream x) throws SQLException {
        open().updateBinaryStream(columnLabel, x);
    }

    @Override
    public void updateCharacterStream(String columnLabel, Reader reader) throws SQLException {
        open().updateCharacterStream(columnLabel, reader);
    }

    @Override
    public void updateBlob(int columnIndex, InputStream inputStream) throws SQLException {
        open().updateBlob(columnIndex, inputStream);
    }

    @Override
    public void updateBlob(String columnLabel, InputStream inputStream) throws SQLException {
        open().updateBlob(columnLabel, inputStream);
    }

    @Override
    public void updateClob(int columnIndex, Reader reader) throws SQLException {
        open().updateClob(columnIndex, reader);
    }

    @Override
    public void updateClob(String columnLabel, Reader reader) throws SQLException {
        open().updateClob(columnLabel, reader);
    }

    @Override
    public void updateNClob(int columnIndex, Reader reader) throws SQLException {
        open().updateNClob(columnIndex, reader);
    }

    @Override
    public void updateNClob(String columnLabel, Reader reader) throws SQLException {
        open().updateNClob(columnLabel, reader);
    }

    @Override
    public <T> @Nullable T getObject(int columnIndex, Class<T> type) throws SQLException {
        return connection.own(open().getObject(columnIndex, type), type, statement);
    }

    @Override
    public <T> @Nullable T getObject(String columnLabel, Class<T> type) throws SQLException {
        return connection.own(open().getObject(columnLabel, type), type, statement);
    }

    @Override
    public void updateObject(int columnIndex, Object x, SQLType targetSqlType, int scaleOrLength) throws SQLException {
        open().updateObject(columnIndex, x, targetSqlType, scaleOrLength);
    }

    @Override
    public void updateObject(String columnLabel, Object x, SQLType targetSqlType, int scaleOrLength)
            throws SQLException {
        open().updateObject(columnLabel, x, targetSqlType, scaleOrLength);
    }

    @Override
    public void updateObject(int columnIndex, Object x, SQLType targetSqlType) throws SQLException {
        open().updateObject(columnIndex, x, targetSqlType);
    }

    @Override
    public void updateObject(String columnLabel, Object x, SQLType targetSqlType) throws SQLException {
        open().updateObject(columnLabel, x, targetSqlType);
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        ResultSet below = open();
        // It leads to the driver's connection.
        connection.changing(SessionState.SQL_TRANSACTION);
        return type.isInstance(below) ? type.cast(below) : below.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        ResultSet below = open();
        return type.isInstance(this) || type.isInstance(below) || below.isWrapperFor(type);
    }

    private ResultSet open() throws SQLException {
        connection.check();
        return raw;
    }

    @Override
    void closeRaw() throws SQLException {
        raw.close();
    }

    @Override
    @Nullable Statement rawStatement() {
        return null;
    }
}

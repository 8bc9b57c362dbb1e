package dev.wellhead.jdbc.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** What the rows of a table of SQLite come to. For one call of {@link #fingerprint}. */
final class SqliteRows {
    private static final int FIRST_ROOM = 4_096;

    private final RowSum sum = new RowSum();
    // The row that is being read, from the buffer's beginning on.
    private ByteBuffer row = ByteBuffer.allocate(FIRST_ROOM);

    private SqliteRows() {}

    /** Reads the whole table in the connection's transaction. */
    static TableFingerprint fingerprint(Connection connection, TableName table) throws SQLException {
        return new SqliteRows().read(connection, table);
    }

    private TableFingerprint read(Connection connection, TableName table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select * from " + table.quoted())) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                row.clear();
                for (int column = 1; column <= columns; column++) {
                    add(rows.getObject(column));
                }
                sum.add(row.array(), 0, row.position());
            }
        }
        return sum.total();
    }

    // The storage class is part of a value: SQLite tells 1 from '1' and 1.0. Lengths keep neighbours apart.
    private void add(@Nullable Object value) {
        if (value == null) {
            begin('n', 0);
        } else if (value instanceof byte[] bytes) {
            addBytes('b', bytes);
        } else if (value instanceof Double || value instanceof Float) {
            begin('r', Long.BYTES).putLong(Double.doubleToLongBits(((Number) value).doubleValue()));
        } else if (value instanceof Number number) {
            begin('i', Long.BYTES).putLong(number.longValue());
        } else {
            addBytes('t', value.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private void addBytes(char type, byte[] bytes) {
        begin(type, Integer.BYTES + bytes.length).putInt(bytes.length).put(bytes);
    }

    private ByteBuffer begin(char type, int more) {
        int needed = Byte.BYTES + more;
        if (row.remaining() < needed) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * row.capacity(), row.position() + needed));
            row = larger.put(row.flip());
        }
        return row.put((byte) type);
    }
}

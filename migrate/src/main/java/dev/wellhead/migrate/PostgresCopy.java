package dev.wellhead.migrate;

import java.io.IOException;
import java.io.Reader;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** The only class that knows the PostgreSQL driver; loaded when the first COPY ... FROM stdin runs. */
final class PostgresCopy {
    private PostgresCopy() {}

    /** Sends the data as the input of this COPY statement, within the connection's transaction. */
    static void send(Connection connection, String sql, Reader data) throws SQLException {
        try {
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, data);
        } catch (IOException e) {
            throw new SQLException("the data of COPY could not be sent: " + e.getMessage(), e);
        }
    }
}

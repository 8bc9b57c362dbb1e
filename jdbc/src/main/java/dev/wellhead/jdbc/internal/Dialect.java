package dev.wellhead.jdbc.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;

/** The databases that Wellhead speaks. */
public enum Dialect {
    /** PostgreSQL 13 or newer. */
    POSTGRESQL,
    /** SQLite 3. */
    SQLITE;

    /**
     * Returns the dialect of an open connection.
     *
     * @throws SQLFeatureNotSupportedException for any other database
     */
    public static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "PostgreSQL" -> POSTGRESQL;
            case "SQLite" -> SQLITE;
            default ->
                throw new SQLFeatureNotSupportedException("Wellhead speaks PostgreSQL and SQLite, this is " + product);
        };
    }
}

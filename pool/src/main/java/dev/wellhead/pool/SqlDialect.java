package dev.wellhead.pool;

import java.sql.Connection;
import java.sql.SQLException;

/** Whose SQL it is: what quotes, what comments, and what a statement leaves behind differ. */
enum SqlDialect {
    POSTGRES,
    SQLITE,
    /** Read as standard SQL; what a well-known database reads otherwise is taken for doubtful. */
    OTHER;

    static SqlDialect of(Connection raw) throws SQLException {
        return switch (String.valueOf(raw.getMetaData().getDatabaseProductName())) {
            case "PostgreSQL" -> POSTGRES;
            case "SQLite" -> SQLITE;
            default -> OTHER;
        };
    }
}

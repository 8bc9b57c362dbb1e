package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.MigrationReport.Direction;
import dev.wellhead.migrate.internal.Lexer;
import dev.wellhead.migrate.internal.ScriptException;
import dev.wellhead.migrate.internal.SqlStatement;
import dev.wellhead.migrate.internal.TransactionRule;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One half of a migration, split and found fit for a transaction. Immutable.
 *
 * @param row the row of the history that it takes away; null if it adds one
 * @param file where the SQL comes from, for messages
 */
record Script(Migration migration, @Nullable HistoryRow row, String file, String sql, List<SqlStatement> statements) {
    /** Splits the SQL that applies a migration. */
    static Script up(Migration migration, Dialect dialect) {
        return of(migration, null, migration.origin(), migration.up(), dialect);
    }

    /** Splits the SQL that takes a migration back; there must be some. */
    static Script down(Migration migration, HistoryRow row, Dialect dialect) {
        String sql = migration.down().orElseThrow();
        return of(migration, row, migration.downOrigin(), sql, dialect);
    }

    private static Script of(Migration migration, @Nullable HistoryRow row, String file, String sql, Dialect dialect) {
        List<SqlStatement> statements;
        try {
            statements = Lexer.split(sql, dialect);
        } catch (ScriptException e) {
            throw new MigrationException(
                    Reason.SCRIPT,
                    file + ", line " + e.line() + ": " + e.getMessage() + "; nothing was run; correct the file",
                    e);
        }
        for (SqlStatement statement : statements) {
            String objection = TransactionRule.objection(statement, dialect);
            if (objection != null) {
                throw new MigrationException(
                        Reason.NOT_TRANSACTIONAL,
                        file + ", line " + statement.line() + ": " + objection
                                + "; nothing was run; each migration is one transaction, so run this outside migrations");
            }
        }
        return new Script(migration, row, file, sql, statements);
    }

    Direction direction() {
        return row == null ? Direction.APPLIED : Direction.ROLLED_BACK;
    }

    /** Returns the version as the history has it or will have it. */
    String recordedVersion() {
        return row == null ? migration.version() : row.version();
    }

    /** Sends one statement of this script, as it stands in the file. */
    void send(Connection connection, SqlStatement statement) throws SQLException {
        if (statement.data() != null) {
            copy(connection, statement, statement.data().of(sql));
            return;
        }
        // Not a prepared one: question marks may be operators, and not everything can be prepared.
        try (Statement sending = connection.createStatement()) {
            sending.setEscapeProcessing(false);
            sending.execute(statement.text());
        }
    }

    private static void copy(Connection connection, SqlStatement statement, String data) throws SQLException {
        try {
            PostgresCopy.send(connection, statement.text(), data);
        } catch (LinkageError e) {
            throw new SQLException(
                    "COPY ... FROM stdin needs the classes of the PostgreSQL driver where Wellhead's are", e);
        }
    }
}

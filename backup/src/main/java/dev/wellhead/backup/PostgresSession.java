package dev.wellhead.backup;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.Identifiers;
import dev.wellhead.jdbc.internal.SessionTimeouts;
import dev.wellhead.jdbc.internal.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Connections on which nothing that role, database or server are set to can cut a long job short, or hide a row. */
final class PostgresSession {
    private PostgresSession() {}

    static Connection open(DirectDataSource dataSource) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            prepare(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    static void prepare(Connection connection) throws SQLException {
        SessionTimeouts.lift(connection);
        try (Statement statement = connection.createStatement()) {
            // With row_security off a policy that would hide rows is an error. The rest makes names and values come out
            // the same whoever asks.
            statement.execute("""
                    select set_config('row_security', 'off', false), set_config('search_path', '', false),
                        set_config('default_transaction_read_only', 'off', false),
                        set_config('standard_conforming_strings', 'on', false),
                        set_config('datestyle', 'ISO, MDY', false), set_config('intervalstyle', 'postgres', false),
                        set_config('timezone', 'UTC', false), set_config('extra_float_digits', '1', false),
                        set_config('bytea_output', 'hex', false),
                        set_config('application_name', 'wellhead-backup', false)""");
        }
    }

    /** What is asked of a connection. */
    @FunctionalInterface
    interface Question {
        String ask(Connection connection) throws SQLException;
    }

    /** Asks with the search path that role, database or URL are set to, as code of the host would find it. */
    static String onUsualPath(Connection connection, Question question) throws SQLException {
        execute(connection, "reset search_path");
        String answer = question.ask(connection);
        execute(connection, "set search_path to ''");
        return answer;
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    /** What is done with each row of a result. */
    @FunctionalInterface
    interface Row {
        void read(ResultSet row) throws SQLException;
    }

    static void eachRow(Connection connection, String sql, Row read) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                read.read(row);
            }
        }
    }

    /** Returns the first column of the first row, empty for a null. */
    static String queryOne(Connection connection, String sql) throws SQLException {
        List<String> values = queryAll(connection, sql);
        return values.isEmpty() ? "" : values.get(0);
    }

    /** Returns the first column, empty texts for nulls. */
    static List<String> queryAll(Connection connection, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        eachRow(connection, sql, row -> {
            String value = row.getString(1);
            values.add(value == null ? "" : value);
        });
        return values;
    }

    static CopyManager copier(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getCopyAPI();
    }

    /** Returns {@code "s"."t" ("a", "b")}; without the list if no column can be written. */
    static String copyTarget(TableName table, List<String> columns) {
        if (columns.isEmpty()) {
            return table.quoted();
        }
        return table.quoted() + " ("
                + String.join(", ", columns.stream().map(Identifiers::quote).toList()) + ")";
    }
}

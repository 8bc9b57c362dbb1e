package dev.wellhead.jdbc.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** The timeouts that a role or database sets on its sessions for the sake of requests, and that would end a long job. */
public final class SessionTimeouts {
    // From the server's own list, since not every version knows all of them.
    private static final String LIFT = """
            select set_config(name, '0', false) from pg_settings where name in ('statement_timeout', 'lock_timeout',
                'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')
            """;

    private SessionTimeouts() {}

    /** Switches them off for the rest of a PostgreSQL session. */
    public static void lift(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(LIFT);
        }
    }
}

package dev.wellhead.jdbc.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Which timeouts hold in the session of a long job: none that was set for the sake of requests. */
public final class SessionTimeouts {
    /*
     * From the server's own list, since not every version knows all of them. A backend whose client has died would carry on with
     * its statement, and hold its locks, which the next run waits for: from 14 on the server can be told to look, where its
     * system lets it.
     */
    private static final String LIFT = """
            select set_config(name, case when name = 'client_connection_check_interval' then '5s' else '0' end, false)
            from pg_settings where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout',
                'idle_session_timeout', 'transaction_timeout')
                or (name = 'client_connection_check_interval' and setting = '0' and version() like '%linux%')
            """;

    private SessionTimeouts() {}

    /**
     * Switches them off for the rest of a PostgreSQL session, the driver's for an answer ({@code socketTimeout}) included, and has
     * the server end the session soon after its client has died.
     */
    public static void lift(Connection session) throws SQLException {
        session.setNetworkTimeout(Runnable::run, 0);
        try (Statement statement = session.createStatement()) {
            // First and alone: the next one could already take too long for it.
            statement.execute("set statement_timeout = 0");
            statement.execute(LIFT);
        }
    }
}

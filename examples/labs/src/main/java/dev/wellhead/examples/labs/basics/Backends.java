package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** What the sessions of a PostgreSQL database do, as another session of it sees them that is in no transaction. */
final class Backends {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final String FORGOTTEN = """
            from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'""";

    private Backends() {}

    /** Returns whether a session waits for a lock that another one has. */
    static boolean anyBlocked(Connection observer) throws SQLException {
        return Sql.number(observer, """
                select count(*) from pg_stat_activity
                where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0""") > 0;
    }

    /** Ends the transactions that nobody works on any more; returns how many there were. */
    static int endForgotten(Connection observer) throws SQLException {
        // The server learns a moment later that a connection was closed.
        if (Await.until(PATIENCE, () -> forgotten(observer) == 0)) {
            return 0;
        }
        int ended = Sql.rows(observer, "select pg_terminate_backend(pid) " + FORGOTTEN)
                .size();
        Await.until(PATIENCE, () -> forgotten(observer) == 0);
        return ended;
    }

    private static long forgotten(Connection observer) throws SQLException {
        return Sql.number(observer, "select count(*) " + FORGOTTEN);
    }
}

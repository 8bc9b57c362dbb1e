package dev.wellhead.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for a pooler that lends one server session to several clients. The driver was told a process id when it
 * connected; if that is not the server's, something stands between. Only then a second connection is opened: one that is
 * served by the session of the first shares it.
 */
final class PooledSession {
    private static final Logger LOG = LoggerFactory.getLogger(PooledSession.class);
    private static final String PID = "select pg_backend_pid()";

    private PooledSession() {}

    static boolean isShared(Connection session, DataSource dataSource) throws SQLException {
        String served = SchemaHistory.one(session, PID);
        String told = told(session);
        if (served == null || told.isEmpty() || served.equals(told)) {
            return false;
        }
        try (Connection other = dataSource.getConnection()) {
            return served.equals(SchemaHistory.one(other, PID));
        }
    }

    private static String told(Connection session) {
        try {
            return Integer.toString(session.unwrap(PGConnection.class).getBackendPID());
        } catch (SQLException | LinkageError e) {
            LOG.debug("the driver's own process id is not to be had, so a pooler that keeps still is not seen", e);
            return "";
        }
    }
}

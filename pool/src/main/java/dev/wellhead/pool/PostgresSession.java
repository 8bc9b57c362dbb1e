package dev.wellhead.pool;

import dev.wellhead.jdbc.internal.SqlErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a new session on PostgreSQL was set to, and the way back to it. Immutable; its methods talk to the database. */
final class PostgresSession {
    /*
     * DISCARD ALL takes a session back to what the server made of the start-up packet. Before the first borrower came,
     * more had been set by SET: by the driver (extra_float_digits, application_name), by the host's data source, by the
     * pool's own setup. So these are read when the connection is new, and set again afterwards.
     */
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);
    private static final String SEARCH_PATH = "search_path";
    // What belongs to the transaction is no setting of the session, though it is listed as one.
    private static final String READ = "select name, setting, source = 'session' from pg_catalog.pg_settings"
            + " where source = 'session' and name not like 'transaction\\_%' or name = '" + SEARCH_PATH + "'";

    private final Map<String, String> settings;
    private final String searchPath;

    private PostgresSession(Map<String, String> settings, String searchPath) {
        this.settings = settings;
        this.searchPath = searchPath;
    }

    /** Reads the settings of a new session; null if this only speaks PostgreSQL's protocol and has no such catalogue. */
    static @Nullable PostgresSession of(Connection raw) throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        String searchPath = "";
        try (Statement statement = raw.createStatement();
                ResultSet rows = statement.executeQuery(READ)) {
            while (rows.next()) {
                String name = rows.getString(1);
                if (rows.getBoolean(3)) {
                    settings.put(name, rows.getString(2));
                }
                if (name.equals(SEARCH_PATH)) {
                    searchPath = rows.getString(2);
                }
            }
        } catch (SQLException e) {
            if (!SqlErrors.state(e).startsWith("42") && !SqlErrors.state(e).startsWith("0A")) {
                throw e;
            }
            LOG.debug("this server does not tell its settings, so its sessions cannot be reset", e);
            if (!raw.getAutoCommit()) {
                raw.rollback();
            }
            return null;
        }
        return new PostgresSession(settings, searchPath);
    }

    /** Undoes what {@link Connection#setSchema} did, to all schemas of the path: {@code getSchema} tells the first only. */
    void restoreSearchPath(Connection raw) throws SQLException {
        set(raw, Map.of(SEARCH_PATH, searchPath));
    }

    /** Resets the session. Outside a transaction only. */
    void reset(Connection raw, Opener.Setup setup) throws SQLException {
        try (Statement statement = raw.createStatement()) {
            // The driver knows from the answer that its prepared statements are gone.
            statement.execute("DISCARD ALL");
        }
        setup.apply(raw);
        if (!settings.isEmpty()) {
            set(raw, settings);
        }
    }

    /** Sets all in one round trip. */
    private static void set(Connection raw, Map<String, String> values) throws SQLException {
        String calls = "select"
                + ", pg_catalog.set_config(?, ?, false)".repeat(values.size()).substring(1);
        try (PreparedStatement statement = raw.prepareStatement(calls)) {
            int at = 1;
            for (Map.Entry<String, String> each : values.entrySet()) {
                statement.setString(at++, each.getKey());
                statement.setString(at++, each.getValue());
            }
            statement.execute();
        }
    }
}

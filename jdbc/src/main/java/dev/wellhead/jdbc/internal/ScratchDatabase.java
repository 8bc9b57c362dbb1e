package dev.wellhead.jdbc.internal;

import dev.wellhead.jdbc.DirectDataSource;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An empty PostgreSQL database for a while, on the same server: somewhere to restore a backup to, or to try a rollback.
 * Dropped when it is closed, and only if it bears our name and mark.
 */
public final class ScratchDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchDatabase.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String PREFIX = "wellhead_scratch_";
    private static final String MARK = "made by Wellhead for a verification; may be dropped";

    private final DirectDataSource server;
    private final String name;

    private ScratchDatabase(DirectDataSource server, String name) {
        this.server = server;
        this.name = name;
    }

    /**
     * Creates one from template0, with the encoding and locale of the database that {@code server} leads to.
     *
     * @throws SQLException if the user may not create databases, among others
     */
    public static ScratchDatabase create(DirectDataSource server) throws SQLException {
        try (Connection connection = server.getConnection();
                Statement statement = connection.createStatement()) {
            SessionTimeouts.lift(connection);
            return create(server, statement, "template0" + locale(statement));
        }
    }

    /**
     * Creates another one with all that is in this one now, to which nobody may be connected meanwhile.
     *
     * @throws SQLException if a session in this one does not end within seconds, among others
     */
    public ScratchDatabase copy() throws SQLException {
        try (Connection connection = server.getConnection();
                Statement statement = connection.createStatement()) {
            SessionTimeouts.lift(connection);
            return create(server, statement, Identifiers.quote(name));
        }
    }

    private static ScratchDatabase create(DirectDataSource server, Statement statement, String template)
            throws SQLException {
        byte[] random = new byte[8];
        RANDOM.nextBytes(random);
        ScratchDatabase created =
                new ScratchDatabase(server, PREFIX + HexFormat.of().formatHex(random));
        String name = Identifiers.quote(created.name);
        statement.execute("create database " + name + " template " + template);
        statement.execute("comment on database " + name + " is " + Identifiers.literal(MARK));
        return created;
    }

    private static String locale(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("select pg_encoding_to_char(encoding), datcollate, datctype"
                + " from pg_database where datname = current_database()")) {
            row.next();
            return " encoding " + Identifiers.literal(row.getString(1)) + " lc_collate "
                    + Identifiers.literal(row.getString(2)) + " lc_ctype " + Identifiers.literal(row.getString(3));
        }
    }

    /** Returns connections to it. */
    public DirectDataSource dataSource() {
        return server.onDatabase(name);
    }

    /** Returns its name. */
    public String name() {
        return name;
    }

    /** Drops it, with whoever is still connected. A failure is logged: it must not hide what the database was for. */
    @Override
    public void close() {
        // Who is interrupted cannot connect, with some settings of the driver and on a virtual thread.
        boolean interrupted = Thread.interrupted();
        try {
            drop();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void drop() {
        try (Connection connection = server.getConnection();
                Statement statement = connection.createStatement()) {
            SessionTimeouts.lift(connection);
            statement.execute("drop database if exists " + Identifiers.quote(name) + " with (force)");
        } catch (SQLException e) {
            LOG.warn("scratch database {} could not be dropped; drop it by hand", name, e);
        }
    }
}

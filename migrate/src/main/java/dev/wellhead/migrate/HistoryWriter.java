package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.TableName;
import dev.wellhead.migrate.HistoryRow.Progress;
import dev.wellhead.migrate.HistoryRow.State;
import dev.wellhead.migrate.MigrationReport.Direction;
import dev.wellhead.migrate.internal.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes the history for one run. Every write asks in the same statement whether the run still is the only one (the
 * fence) and, of a row that is there, whether this run owns it (the token); one that changed nothing returns false, and
 * the run must end. For one thread.
 */
final class HistoryWriter {
    private static final int LONGEST_ERROR = 2000;
    private static final String TOOL = "wellhead";

    private final Dialect dialect;
    private final TableName table;
    private final RunSession session;
    private final String token = UUID.randomUUID().toString();
    private @Nullable String user;
    private @Nullable String backend;

    HistoryWriter(Dialect dialect, TableName table, RunSession session) {
        this.dialect = dialect;
        this.table = table;
        this.session = session;
    }

    String token() {
        return token;
    }

    /** Returns who runs migrations on this connection, for the history; asked once, before scripts can change it. */
    String user() throws SQLException {
        String known = user;
        if (known == null) {
            known = dialect == Dialect.POSTGRESQL
                    ? SchemaHistory.one(session.connection(), "select session_user::text")
                    : System.getProperty("user.name");
            known = known == null ? "unknown" : known;
            user = known;
        }
        return known;
    }

    /** Returns what tells the session from all others. */
    String backend() throws SQLException {
        String known = backend;
        if (known == null) {
            known = session.backend();
            backend = known;
        }
        return known;
    }

    /** Adds a row, applied or running. */
    boolean add(HistoryRow row) throws SQLException {
        try (PreparedStatement insert = prepared(insertion("?") + " where " + session.fence())) {
            fill(insert, row);
            return insert.executeUpdate() == 1;
        }
    }

    /**
     * Adds an applied row and commits, in one trip. A fence that is down cannot be told by a count here, as the commit is on
     * its way: it makes the version null, which the table refuses, and the server passes over the commit.
     *
     * @param before SQL that goes ahead; may be empty
     */
    void addAndCommit(HistoryRow row, String before) throws SQLException {
        try (PreparedStatement insert = prepared((before.isEmpty() ? "" : before + "; ")
                + insertion("case when " + session.fence() + " then cast(? as text) end") + "; commit")) {
            fill(insert, row);
            insert.execute();
        }
    }

    /** Returns whether this run still is the only one. */
    boolean isAlone() throws SQLException {
        return "true".equals(SchemaHistory.one(session.connection(), "select (" + session.fence() + ")::text"));
    }

    private String insertion(String version) {
        String time = dialect == Dialect.POSTGRESQL ? "cast(? as timestamp with time zone)" : "?";
        return "insert into " + table.quoted()
                + " (version, description, state, direction, algorithm, checksum, down_checksum, applied_at, duration_ms,"
                + " applied_by, tool, statements_total, statements_done, done_sum, doubt_sum, backend, error, run_token)"
                + " select " + version + ", ?, ?, ?, ?, ?, ?, " + time + ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";
    }

    private void fill(PreparedStatement insert, HistoryRow row) throws SQLException {
        Progress progress = row.progress();
        insert.setString(1, row.version());
        insert.setString(2, row.description());
        insert.setString(3, row.state().word);
        insert.setString(4, word(progress.direction()));
        insert.setInt(5, row.algorithm());
        insert.setString(6, row.checksum());
        insert.setString(7, row.downChecksum());
        insert.setString(8, row.appliedAt().toString());
        insert.setLong(9, row.durationMillis());
        insert.setString(10, row.appliedBy());
        insert.setString(11, TOOL);
        insert.setInt(12, progress.total());
        insert.setInt(13, progress.done());
        insert.setString(14, progress.doneSum());
        insert.setString(15, progress.doubt());
        insert.setString(16, row.isMidway() ? backend() : null);
        insert.setString(17, progress.error());
        insert.setString(18, token);
    }

    /** Makes a row that an earlier run left this run's own. */
    boolean takeOver(String version, String formerToken) throws SQLException {
        try (PreparedStatement update = prepared("update " + table.quoted() + " set run_token = ?, backend = ?"
                + " where version = ? and run_token = ? and " + session.fence())) {
            update.setString(1, token);
            update.setString(2, backend());
            update.setString(3, version);
            update.setString(4, formerToken);
            return update.executeUpdate() == 1;
        }
    }

    /** Writes how far a migration came that is under way. */
    boolean progress(String version, State state, Progress progress) throws SQLException {
        try (PreparedStatement update = prepared("update " + table.quoted()
                + " set state = ?, direction = ?, statements_total = ?, statements_done = ?, done_sum = ?, doubt_sum = ?,"
                + " error = ? where version = ? and run_token = ? and " + session.fence())) {
            update.setString(1, state.word);
            update.setString(2, word(progress.direction()));
            update.setInt(3, progress.total());
            update.setInt(4, progress.done());
            update.setString(5, progress.doneSum());
            update.setString(6, progress.doubt());
            update.setString(7, shortened(progress.error()));
            update.setString(8, version);
            update.setString(9, token);
            return update.executeUpdate() == 1;
        }
    }

    /**
     * Makes a row that is there an applied one, this run's own.
     *
     * @param owner the token of the run that wrote it last
     */
    boolean finish(HistoryRow row, String owner) throws SQLException {
        String time = dialect == Dialect.POSTGRESQL ? "cast(? as timestamp with time zone)" : "?";
        try (PreparedStatement update = prepared("update " + table.quoted()
                + " set state = 'applied', description = ?, algorithm = ?, checksum = ?, down_checksum = ?,"
                + " applied_at = " + time + ", duration_ms = ?, applied_by = ?, direction = 'up', statements_total = ?,"
                + " statements_done = ?, done_sum = null, doubt_sum = null, error = null, backend = null, run_token = ?"
                + " where version = ? and run_token = ? and " + session.fence())) {
            update.setString(1, row.description());
            update.setInt(2, row.algorithm());
            update.setString(3, row.checksum());
            update.setString(4, row.downChecksum());
            update.setString(5, row.appliedAt().toString());
            update.setLong(6, row.durationMillis());
            update.setString(7, row.appliedBy());
            update.setInt(8, row.progress().total());
            update.setInt(9, row.progress().total());
            update.setString(10, token);
            update.setString(11, row.version());
            update.setString(12, owner);
            return update.executeUpdate() == 1;
        }
    }

    /** Has all repeatable migrations run again by the next run, as a rollback may have dropped what they made. */
    void outdateRepeatables() throws SQLException {
        try (PreparedStatement update =
                prepared("update " + table.quoted() + " set checksum = '' where state = 'applied'"
                        + " and substr(version, 1, " + Version.REPEATABLE.length() + ") = ? and " + session.fence())) {
            update.setString(1, Version.REPEATABLE);
            update.executeUpdate();
        }
    }

    /** Stores the sums of files as they are now. */
    boolean adopt(String version, int algorithm, String checksum, @Nullable String downChecksum) throws SQLException {
        try (PreparedStatement update = prepared("update " + table.quoted()
                + " set algorithm = ?, checksum = ?, down_checksum = ? where version = ? and " + session.fence())) {
            update.setInt(1, algorithm);
            update.setString(2, checksum);
            update.setString(3, downChecksum);
            update.setString(4, version);
            return update.executeUpdate() == 1;
        }
    }

    /** Removes a row. */
    boolean remove(String version) throws SQLException {
        try (PreparedStatement delete =
                prepared("delete from " + table.quoted() + " where version = ? and " + session.fence())) {
            delete.setString(1, version);
            return delete.executeUpdate() == 1;
        }
    }

    /** Adds a line to the log of what people did to the history by hand. */
    void log(Instant now, String action, String version, String detail) throws SQLException {
        String time = dialect == Dialect.POSTGRESQL ? "cast(? as timestamp with time zone)" : "?";
        try (PreparedStatement insert = prepared("insert into "
                + SchemaHistory.logOf(table).quoted()
                + " (logged_at, logged_by, tool, action, version, detail) values (" + time + ", ?, ?, ?, ?, ?)")) {
            insert.setString(1, now.toString());
            insert.setString(2, user());
            insert.setString(3, TOOL);
            insert.setString(4, action);
            insert.setString(5, version);
            insert.setString(6, detail);
            insert.executeUpdate();
        }
    }

    private PreparedStatement prepared(String sql) throws SQLException {
        Connection connection = session.connection();
        return connection.prepareStatement(sql);
    }

    private static @Nullable String shortened(@Nullable String error) {
        return error == null || error.length() <= LONGEST_ERROR ? error : error.substring(0, LONGEST_ERROR);
    }

    static String word(Direction direction) {
        return direction == Direction.APPLIED ? "up" : "down";
    }
}

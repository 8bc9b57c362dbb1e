package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.HistoryRow.Progress;
import dev.wellhead.migrate.MigrationReport.Direction;
import dev.wellhead.migrate.MigrationStatus.Midway;
import dev.wellhead.migrate.StatementProbe.Finding;
import dev.wellhead.migrate.StatementProbe.Verdict;
import dev.wellhead.migrate.internal.Outline;
import dev.wellhead.migrate.internal.SqlStatement;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says of migrations that ended in the middle what happened, where the database stands, and what to do. */
final class MidwayReports {
    private static final Logger LOG = LoggerFactory.getLogger(MidwayReports.class);

    private final Connection connection;
    private final Dialect dialect;
    private final StatementProbe probe;

    private MidwayReports(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
        this.probe = dialect == Dialect.POSTGRESQL ? new PostgresProbe(connection) : new SqliteProbe();
    }

    /** Returns the reports by version. Looks at the database and changes nothing. */
    static Map<String, Midway> of(SchemaState state, Connection connection, Dialect dialect) throws SQLException {
        Map<String, Midway> reports = new HashMap<>();
        for (SchemaState.Entry entry : state.midway()) {
            HistoryRow row = entry.row();
            if (row != null) {
                reports.put(entry.version(), new MidwayReports(connection, dialect).report(entry, row));
            }
        }
        return reports;
    }

    private Midway report(SchemaState.Entry entry, HistoryRow row) throws SQLException {
        Progress progress = row.progress();
        Script script = script(entry, row);
        SqlStatement next = script == null ? null : script.outline().next();
        String statement = "statement " + (progress.done() + 1) + " of " + progress.total()
                + (next == null ? "" : " (line " + next.line() + "): " + DoubtMessages.shortened(next.written()));
        String atWork = progress.backend() == null ? "" : probe.stillAtWork(progress.backend());
        boolean same = false;
        Finding finding = null;
        if (script != null && next != null && Outline.sum(next).equals(progress.doubt())) {
            same = true;
            Finding found = look(script, next);
            finding = found == null ? null : found.redacted(script.migration().placeholders());
        }
        return new Midway(
                progress.direction(),
                progress.total(),
                progress.done(),
                happened(row, statement, atWork),
                database(progress, finding, same),
                atWork.isEmpty()
                        ? cure(entry, row, finding)
                        : "wait for that run to end; if it must not, end its server process, and look again");
    }

    private static String happened(HistoryRow row, String statement, String atWork) {
        Progress progress = row.progress();
        String who = row.appliedBy() + " since " + row.appliedAt();
        if (!atWork.isEmpty()) {
            return "it runs now, by " + who + ": " + atWork;
        }
        if (row.state() == HistoryRow.State.FAILED) {
            return "it failed: " + progress.error();
        }
        return "a run by " + who + " broke off " + (progress.doubt() == null ? "before " : "in ") + statement;
    }

    private static String database(Progress progress, @Nullable Finding finding, boolean same) {
        String committed = DoubtMessages.committed(progress.done());
        if (progress.doubt() == null) {
            return committed;
        }
        String which = "; statement " + (progress.done() + 1) + " may be done or not";
        if (finding != null) {
            return committed + which + ": " + finding.words();
        }
        return committed + which + (same ? "" : ", and the file does not have it any more");
    }

    private String cure(SchemaState.Entry entry, HistoryRow row, @Nullable Finding finding) {
        Progress progress = row.progress();
        boolean up = progress.direction() == Direction.APPLIED;
        String again = up ? "migrate()" : "rollback(1)";
        if (entry.file() == null) {
            return "put its file back and call " + again + "; or mend the schema by hand, then "
                    + marks(entry.version());
        }
        if (progress.doubt() == null) {
            return "correct the file from statement " + (progress.done() + 1) + " on if it is wrong, and call " + again
                    + ", which goes on there; or mend the schema by hand, then " + marks(entry.version());
        }
        if (finding != null && finding.verdict() != Verdict.UNKNOWN) {
            return "call " + again + ": it sees from the catalogue how to go on";
        }
        return "look whether the statement is done; " + DoubtMessages.calls(row.version());
    }

    private static String marks(String version) {
        return "history().markApplied(\"" + version + "\") or history().markPending(\"" + version + "\")";
    }

    private @Nullable Script script(SchemaState.Entry entry, HistoryRow row) {
        Migration file = entry.file();
        try {
            if (file == null || (!row.isMidwayUp() && file.downText() == null)) {
                return null;
            }
            return row.isMidwayUp() ? Script.up(file, row, dialect) : Script.down(file, row, dialect);
        } catch (MigrationException e) {
            LOG.debug("the file of a migration that ended in the middle cannot be read", e);
            return null;
        }
    }

    // Names are looked up as the script would; all it takes for that is undone.
    private @Nullable Finding look(Script script, SqlStatement statement) throws SQLException {
        if (dialect == Dialect.SQLITE) {
            return probe.look(statement);
        }
        connection.setAutoCommit(false);
        try {
            for (Outline.Setting setting : script.outline().settings()) {
                if (setting.number() < script.done()) {
                    Script.send(connection, setting.statement().text());
                }
            }
            return probe.look(statement);
        } catch (SQLException e) {
            LOG.debug(
                    "the catalogue could not be asked about a statement in doubt",
                    script.migration().placeholders().redacted(e));
            return new Finding(Verdict.UNKNOWN, MigrationException.words(e));
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }
}

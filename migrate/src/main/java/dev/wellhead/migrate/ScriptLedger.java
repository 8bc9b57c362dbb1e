package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.migrate.HistoryRow.Progress;
import dev.wellhead.migrate.HistoryRow.State;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.MigrationReport.Direction;
import dev.wellhead.migrate.internal.Checksum;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one script has committed, here and in the history. Its writes are parts of transactions of the caller, who says
 * with {@link #committed} when they are durable. For one thread.
 */
final class ScriptLedger {
    private static final String NULL_IN_COLUMN = "23502";

    private final MigrationOptions options;
    private final RunSession session;
    private final SchemaHistory history;
    private final HistoryWriter writer;
    private final Script script;
    // What the run has committed before this script, for messages.
    private final Supplier<String> before;
    private final long began;

    private int done;
    private String doneSum;
    // Whether the row of the history is this run's own.
    private boolean owned;
    private @Nullable String doubt;
    private boolean sent;

    ScriptLedger(
            MigrationOptions options,
            RunSession session,
            SchemaHistory history,
            HistoryWriter writer,
            Script script,
            Supplier<String> before) {
        this.options = options;
        this.session = session;
        this.history = history;
        this.writer = writer;
        this.script = script;
        this.before = before;
        this.began = options.ticker().nanos();
        this.done = script.done();
        this.doneSum = script.outline().doneSum();
        HistoryRow row = script.row();
        this.doubt = row != null && row.isMidway() ? row.progress().doubt() : null;
    }

    /** Returns how many statements are committed. */
    int done() {
        return done;
    }

    /** Returns the sum of those. */
    String doneSum() {
        return doneSum;
    }

    /** Returns the sum of the statement of which it is unknown whether it is done; null if there is none. */
    @Nullable String doubt() {
        return doubt;
    }

    /** Returns whether this run has sent a statement, and it is unknown whether it is done. */
    boolean hasSentDoubtful() {
        return doubt != null && sent;
    }

    /** The statement in doubt turned out not to be done. */
    void doubtIsOver() {
        doubt = null;
    }

    /** What was written last is durable. */
    void committed(int now, String sum, @Nullable String doubtful) {
        done = now;
        doneSum = sum;
        doubt = doubtful;
        sent = doubtful != null;
        owned = true;
    }

    /**
     * Returns whether there is a row of an earlier run that must be made this one's before anything else.
     *
     * @param now the script as it has been divided by now
     */
    boolean mustClaim(Script now) {
        HistoryRow row = script.row();
        return row != null && !owned && (row.isMidway() || !now.outline().isOneTransaction());
    }

    /** Makes the row this run's, in a transaction of its own: an earlier run, should it still live, cannot write then. */
    void claim() throws SQLException {
        HistoryRow row = script.row();
        if (row != null) {
            session.begin();
            require(writer.takeOver(row.version(), row.progress().token()));
            session.commit();
            owned = true;
        }
    }

    /** Returns whether another run has done the script, as far as the history of this transaction tells. */
    boolean isDoneByOthers() throws SQLException {
        String token = history.tokenOf(session.connection(), script.recordedVersion());
        if (owned) {
            require(writer.token().equals(token));
            return false;
        }
        HistoryRow row = script.row();
        return script.direction() == Direction.APPLIED
                ? token != null && (row == null || !token.equals(row.progress().token()))
                : token == null;
    }

    /** Writes how far the script came. */
    void enter(int now, String sum, @Nullable String doubtful) throws SQLException {
        Progress progress = progress(now, sum, doubtful, null);
        if (owned) {
            require(writer.progress(script.recordedVersion(), State.RUNNING, progress));
        } else {
            require(writer.add(row(State.RUNNING, progress)));
        }
    }

    /** Returns whether all that is left to write is a row that is not there yet, and is worth sending with its commit. */
    boolean finishesInOneTrip() {
        return session.restoring() != null && !owned && script.row() == null && script.direction() == Direction.APPLIED;
    }

    /**
     * Writes that the script is done, and commits.
     *
     * @param restore whether the session is to be restored before
     */
    void finishAndCommit(boolean restore) throws SQLException {
        HistoryRow row = row(State.APPLIED, progress(script.outline().statements(), "", null, null));
        try {
            writer.addAndCommit(row, restore ? Objects.requireNonNull(session.restoring()) : "");
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals(NULL_IN_COLUMN)) {
                session.rollback();
                require(writer.isAlone());
            }
            throw e;
        }
        // The server has committed; so much is left to tell the driver.
        session.commit();
    }

    /** Writes that the script is done. */
    void finish() throws SQLException {
        if (script.direction() == Direction.ROLLED_BACK) {
            require(writer.remove(script.recordedVersion()));
            writer.outdateRepeatables();
            return;
        }
        int total = script.outline().statements();
        HistoryRow row = row(State.APPLIED, progress(total, "", null, null));
        HistoryRow former = script.row();
        if (owned || former != null) {
            require(writer.finish(
                    row,
                    owned || former == null ? writer.token() : former.progress().token()));
        } else {
            require(writer.add(row));
        }
    }

    /** Writes down what the database said, in a transaction of its own, if there is a row to write it to. */
    void recordFailure(String error) throws SQLException {
        if (owned) {
            session.restore();
            session.begin();
            writer.progress(script.recordedVersion(), State.FAILED, progress(done, doneSum, doubt, error));
            session.commit();
        }
    }

    private HistoryRow row(State state, Progress progress) throws SQLException {
        Migration migration = script.migration();
        SqlText down = migration.downText();
        return new HistoryRow(
                script.recordedVersion(),
                migration.description(),
                state,
                Checksum.ALGORITHM,
                migration.upText().checksum(),
                down == null ? null : down.checksum(),
                options.clock().instant(),
                TimeUnit.NANOSECONDS.toMillis(options.ticker().nanos() - began),
                writer.user(),
                progress);
    }

    private Progress progress(int now, String sum, @Nullable String doubtful, @Nullable String error) {
        return new Progress(
                script.direction(),
                script.outline().statements(),
                now,
                sum.isEmpty() ? null : sum,
                doubtful,
                null,
                error,
                writer.token());
    }

    private void require(boolean written) {
        if (!written) {
            throw lockLost();
        }
    }

    MigrationException lockLost() {
        return new MigrationException(
                Reason.RUN_LOCK_LOST,
                DoubtMessages.name(script)
                        + " - the lock of the run was lost, or another run has written to the history"
                        + " - " + DoubtMessages.committed(done) + before.get()
                        + " - look whether the script frees advisory locks or a pooler stands between, and run it again");
    }
}

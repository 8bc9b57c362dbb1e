package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.migrate.HistoryRow.Progress;
import dev.wellhead.migrate.HistoryRow.State;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.MigrationReport.Direction;
import dev.wellhead.migrate.StatementProbe.Finding;
import dev.wellhead.migrate.StatementProbe.Verdict;
import dev.wellhead.migrate.internal.Checksum;
import dev.wellhead.migrate.internal.Outline;
import dev.wellhead.migrate.internal.Segment;
import dev.wellhead.migrate.internal.SqlStatement;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One script in one run: segment by segment, each with what the history must know of it. For one thread.
 */
final class ScriptRun {
    /*
     * What is durable moves in steps, and the history moves with it:
     *
     * - A segment that is a transaction takes the history along: "done = n" commits with it. The last one brings the row
     *   to applied (or removes it), so a script of one transaction never has another row than that.
     * - A statement that must stand alone is written down as in doubt before it runs, and as done after it. Whoever finds
     *   a row with a doubt asks the catalogue; if that cannot tell, a person must.
     * - What a script set in its session is undone before each write to the history, and set again for the segment
     *   behind it. So an undisturbed run does what a resumed one does.
     */
    private final MigrationOptions options;
    private final RunObserver observer;
    private final RunSession session;
    private final SchemaHistory history;
    private final HistoryWriter writer;
    private final Doubt doubt;
    // What the run has committed before this script, for messages.
    private final String before;
    private final long began;

    private Script script;
    private Place place = Place.of("the begin of its transaction");
    // What is committed: how many statements, their sum, and whether there is a row of this run.
    private int done;
    private String doneSum;
    private boolean owned;
    private @Nullable String doubtSum;
    // How many statements of this attempt's cursor have changed the connection, and what it passed.
    private int changedUpTo;
    private MessageDigest passed = Checksum.sha256();

    ScriptRun(
            MigrationOptions options,
            RunObserver observer,
            RunSession session,
            SchemaHistory history,
            HistoryWriter writer,
            Script script,
            Doubt doubt,
            String before) {
        this.options = options;
        this.observer = observer;
        this.session = session;
        this.history = history;
        this.writer = writer;
        this.script = script;
        this.doubt = doubt;
        this.before = before;
        this.began = options.ticker().nanos();
        this.done = script.done();
        this.doneSum = script.outline().doneSum();
        HistoryRow row = script.row();
        this.doubtSum = row != null && row.isMidway() ? row.progress().doubt() : null;
    }

    /** What to do about a statement in doubt. */
    enum Doubt {
        /** Ask the catalogue. */
        PROBE,
        /** Run it again: a person has looked. */
        RUN_AGAIN,
        /** Take it as done: a person has looked. */
        IS_DONE
    }

    /** A moment of a run: a statement with its number from 0, or what else is going on. */
    record Place(int number, String name, String sql, boolean committing) {
        static Place of(String name) {
            return new Place(-1, name, "", false);
        }
    }

    /** Where an attempt broke off; its transaction is rolled back, unless the commit itself got no answer. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        final transient Place place;
        final SQLException error;

        Broken(Place place, SQLException error) {
            super(error);
            this.place = place;
            this.error = error;
        }
    }

    Script script() {
        return script;
    }

    /** Returns how many statements are committed. */
    int done() {
        return done;
    }

    /** Returns whether it is unknown of the statement behind those whether it is done. */
    boolean inDoubt() {
        return doubtSum != null;
    }

    /**
     * Goes on from what is committed, to the end. Returns false if another run had done it already.
     *
     * @throws Broken if the database refuses something
     */
    boolean attempt(boolean resetFirst) throws Broken {
        while (true) {
            int refused;
            try {
                return tryOnce(resetFirst);
            } catch (SQLException e) {
                abandon(e);
                refused = refusedInTransaction(e);
                if (refused < 0) {
                    throw new Broken(place, e);
                }
            } catch (RuntimeException | Error e) {
                abandon(e);
                throw e;
            }
            observer.alone(script, refused + 1);
            script = script.withAlone(refused);
        }
    }

    // The database knows best what cannot be in a transaction: procedures that commit, statements newer than this code.
    private int refusedInTransaction(SQLException error) {
        String state = SqlErrors.state(error);
        boolean refused = state.equals("25001") || state.equals("2D000");
        boolean movable = script.outline().segments().stream()
                .anyMatch(segment -> segment.kind() == Segment.Kind.TRANSACTION
                        && !segment.explicit()
                        && segment.first() <= place.number
                        && place.number < segment.end());
        boolean setting = place.sql.regionMatches(true, 0, "set", 0, 3);
        return refused && movable && !setting ? place.number : -1;
    }

    private boolean tryOnce(boolean resetFirst) throws SQLException {
        place = Place.of("the begin of its transaction");
        passed = Checksum.sha256();
        if (resetFirst) {
            session.reset();
            changedUpTo = 0;
        }
        claim();
        try (Script.Cursor cursor = script.open()) {
            settleDoubt(cursor);
            List<Segment> segments = segments();
            for (int i = 0; i < segments.size(); i++) {
                Segment segment = segments.get(i);
                boolean last = segments.subList(i + 1, segments.size()).stream()
                        .allMatch(each -> each.kind() == Segment.Kind.CONNECTION);
                if (segment.kind() == Segment.Kind.CONNECTION) {
                    change(passTo(cursor, segment.first()), segment.first());
                } else if (segment.end() > done || segment.first() == segment.end()) {
                    if (segment.kind() == Segment.Kind.ALONE) {
                        alone(segment, cursor, last);
                    } else if (!transaction(segment, cursor, last)) {
                        return false;
                    }
                    if (last) {
                        return true;
                    }
                }
            }
            throw new AssertionError("the last segment ends the script");
        }
    }

    // A script without work left still has its row to write.
    private List<Segment> segments() {
        Outline outline = script.outline();
        List<Segment> segments = new ArrayList<>(outline.segments());
        boolean anyWork = segments.stream()
                .anyMatch(segment -> segment.kind() != Segment.Kind.CONNECTION && segment.end() > done);
        if (!anyWork) {
            int end = outline.statements();
            segments.add(new Segment(Segment.Kind.TRANSACTION, end, end, "", false));
        }
        return segments;
    }

    // A row of an earlier run is made this one's, so that the earlier run, should it still be alive, cannot write.
    private void claim() throws SQLException {
        HistoryRow row = script.row();
        if (row != null && !owned && (row.isMidway() || !script.outline().isOneTransaction())) {
            place = Place.of("the entry in the history");
            session.begin();
            require(writer.takeOver(row.version(), row.progress().token()));
            session.commit();
            owned = true;
        }
    }

    private void settleDoubt(Script.Cursor cursor) throws SQLException {
        HistoryRow row = script.row();
        String expected = doubtSum;
        if (expected == null || row == null || done != script.done()) {
            return;
        }
        SqlStatement statement = script.outline().next();
        place = Place.of("the look at statement " + (done + 1));
        if (doubt == Doubt.PROBE
                && (statement == null || !Outline.sum(statement).equals(expected))) {
            throw DoubtMessages.changed(script, done);
        }
        boolean isDone = doubt == Doubt.IS_DONE;
        if (statement != null && doubt != Doubt.IS_DONE) {
            String backend = row.progress().backend();
            String atWork = backend == null ? "" : session.probe().stillAtWork(backend);
            if (!atWork.isEmpty()) {
                throw new SQLException("the session of the run that broke off is still there: " + atWork, "55P03");
            }
            isDone = probe(statement);
        }
        if (isDone) {
            SqlStatement next = passTo(cursor, done);
            Outline.add(passed, next);
        }
        int now = isDone ? done + 1 : done;
        String sum = isDone ? Checksum.hex(cloned(passed).digest()) : doneSum;
        place = Place.of("the entry in the history");
        session.begin();
        require(writer.progress(row.version(), State.RUNNING, progress(now, sum, null, null)));
        session.commit();
        committed(now, sum, null);
        if (isDone) {
            observer.doubtSettled(script, now);
        }
    }

    // Names must be looked up as the statement did.
    private boolean probe(SqlStatement statement) throws SQLException {
        session.beginAlone(true);
        replay(done);
        Finding finding = session.probe().look(statement);
        if (finding.verdict() == Verdict.UNKNOWN && doubt == Doubt.PROBE) {
            session.restore();
            throw DoubtMessages.unknown(script, done, statement, finding.words());
        }
        for (String mending : finding.mending()) {
            observer.mending(script, finding.words(), mending);
            Script.send(session.connection(), mending);
        }
        session.restore();
        return finding.verdict() == Verdict.DONE && doubt == Doubt.PROBE;
    }

    private void change(SqlStatement statement, int number) throws SQLException {
        if (number >= changedUpTo) {
            place = at(number, statement);
            session.change(statement);
            changedUpTo = number + 1;
        }
        Outline.add(passed, statement);
    }

    private boolean transaction(Segment segment, Script.Cursor cursor, boolean last) throws SQLException {
        place = Place.of("the begin of its transaction");
        session.begin();
        if (session.mayHaveCompany() && isDoneByOthers()) {
            session.rollback();
            return false;
        }
        if (!segment.modes().isEmpty()) {
            Script.send(session.connection(), "set transaction " + segment.modes());
        }
        replay(segment.first());
        for (int number = segment.first(); number < segment.end(); number++) {
            SqlStatement statement = passTo(cursor, number);
            place = at(number, statement);
            if (!segment.isControl(statement, script.dialect())) {
                observer.statementStarted(script, number, statement);
                Script.send(session.connection(), statement, cursor);
                observer.statementCompleted(script, number, statement);
            }
            Outline.add(passed, statement);
        }
        if (segment.kind() == Segment.Kind.DISCARDED) {
            session.rollback();
            session.begin();
        }
        place = Place.of("the entry in the history");
        session.restore();
        write(segment.end(), last, cursor);
        return true;
    }

    private void alone(Segment segment, Script.Cursor cursor, boolean last) throws SQLException {
        SqlStatement statement = passTo(cursor, segment.first());
        String sum = Outline.sum(statement);
        place = Place.of("the entry in the history");
        session.begin();
        if (session.mayHaveCompany() && isDoneByOthers()) {
            throw lockLost();
        }
        entry(done, doneSum, sum);
        commit();
        committed(done, doneSum, sum);
        place = at(segment.first(), statement);
        session.beginAlone(isPatient(statement));
        replay(segment.first());
        observer.statementStarted(script, segment.first(), statement);
        try {
            clearLeftovers(statement);
            Script.send(session.connection(), statement, cursor);
            requireValid(statement);
        } catch (SQLException e) {
            settleFailure(statement, e);
            throw e;
        }
        observer.statementCompleted(script, segment.first(), statement);
        session.restore();
        Outline.add(passed, statement);
        place = Place.of("the entry in the history");
        session.begin();
        write(segment.end(), last, cursor);
    }

    // Those that wait for locks without blocking anybody else; and what they leave behind when they give up is work.
    private static boolean isPatient(SqlStatement statement) {
        return statement.tokens().contains("CONCURRENTLY")
                || (statement.token(0).equals("VACUUM") && !statement.tokens().contains("FULL"));
    }

    private void clearLeftovers(SqlStatement statement) throws SQLException {
        Finding finding = session.probe().look(statement);
        if (finding.verdict() == Verdict.NOT_DONE) {
            for (String mending : finding.mending()) {
                observer.mending(script, finding.words(), mending);
                Script.send(session.connection(), mending);
            }
        }
    }

    // IF NOT EXISTS is content with an index that is not valid.
    private void requireValid(SqlStatement statement) throws SQLException {
        if (statement.token(0).equals("CREATE") && statement.tokens().contains("INDEX")) {
            Finding finding = session.probe().look(statement);
            if (finding.verdict() == Verdict.NOT_DONE) {
                throw new SQLException("it ended, but " + finding.words());
            }
        }
    }

    private void settleFailure(SqlStatement statement, SQLException error) {
        if (SqlErrors.isFatal(error)) {
            return;
        }
        try {
            clearLeftovers(statement);
            if (session.probe().isAllOrNothing(statement)) {
                doubtSum = null;
            }
            session.restore();
        } catch (SQLException e) {
            error.addSuppressed(e);
        }
    }

    private boolean isDoneByOthers() throws SQLException {
        String token = history.tokenOf(session.connection(), script.recordedVersion());
        if (owned) {
            require(writer.token().equals(token));
            return false;
        }
        return (token != null) == (script.direction() == Direction.APPLIED);
    }

    /** Sets again what the script set before this statement. */
    private void replay(int number) throws SQLException {
        if (number > 0) {
            for (Outline.Setting setting : script.outline().settings()) {
                if (setting.number() < number) {
                    Script.send(session.connection(), setting.statement().text());
                }
            }
        }
    }

    private SqlStatement passTo(Script.Cursor cursor, int number) {
        while (true) {
            SqlStatement next = cursor.next();
            if (next == null) {
                throw new MigrationException(
                        Reason.SOURCE,
                        "migrations: file " + script.file() + " was cut short while it ran; run it again");
            }
            if (cursor.passed() > number) {
                return next;
            }
            Outline.add(passed, next);
        }
    }

    private void write(int end, boolean last, Script.Cursor cursor) throws SQLException {
        String sum = Checksum.hex(cloned(passed).digest());
        String objection = session.objection();
        if (!objection.isEmpty()) {
            throw new SQLException(objection, "23503");
        }
        if (last) {
            // What is left changes the connection, which the next script gets back as it was.
            cursor.requireSum(script.text().checksum());
            finish();
        } else {
            entry(end, sum, null);
        }
        commit();
        committed(end, sum, null);
    }

    private void entry(int now, String sum, @Nullable String doubtful) throws SQLException {
        Progress progress = progress(now, sum, doubtful, null);
        if (owned) {
            require(writer.progress(script.recordedVersion(), State.RUNNING, progress));
        } else {
            require(writer.add(row(State.RUNNING, progress)));
        }
    }

    private void finish() throws SQLException {
        if (script.direction() == Direction.ROLLED_BACK) {
            require(writer.remove(script.recordedVersion()));
            return;
        }
        int total = script.outline().statements();
        HistoryRow row = row(State.APPLIED, progress(total, "", null, null));
        require(owned ? writer.finish(row) : writer.add(row));
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

    private void commit() throws SQLException {
        place = new Place(-1, "the commit", "", true);
        session.commit();
    }

    private void committed(int now, String sum, @Nullable String doubtful) {
        done = now;
        doneSum = sum;
        doubtSum = doubtful;
        owned = true;
    }

    /** Writes down what the database said, if there is a row to write it to. */
    void recordFailure(String error) throws SQLException {
        if (owned) {
            session.restore();
            session.begin();
            Progress progress = progress(done, doneSum, doubtSum, error);
            writer.progress(script.recordedVersion(), State.FAILED, progress);
            session.commit();
        }
    }

    private void require(boolean written) {
        if (!written) {
            throw lockLost();
        }
    }

    private MigrationException lockLost() {
        return new MigrationException(
                Reason.RUN_LOCK_LOST,
                DoubtMessages.name(script)
                        + " - the lock of the run was lost, or another run has written to the history"
                        + " - " + DoubtMessages.committed(done) + before
                        + " - look whether the script frees advisory locks or a pooler stands between, and run it again");
    }

    private void abandon(Throwable cause) {
        try {
            session.rollback();
        } catch (SQLException e) {
            // The connection is gone, and the transaction with it.
            cause.addSuppressed(e);
        }
    }

    private Place at(int number, SqlStatement statement) {
        String name = "statement " + (number + 1) + " of " + script.outline().statements() + " (line "
                + statement.line() + ")";
        return new Place(number, name, statement.text(), false);
    }

    private static MessageDigest cloned(MessageDigest digest) {
        try {
            return (MessageDigest) Objects.requireNonNull(digest.clone());
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("every JVM's SHA-256 can be cloned", e);
        }
    }
}

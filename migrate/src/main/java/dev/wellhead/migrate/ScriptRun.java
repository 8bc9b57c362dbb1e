package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.migrate.MigrationException.Reason;
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
import java.util.function.Supplier;

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
    private static final Place COMMIT = new Place(-1, "the commit", "", true);

    private final MigrationOptions options;
    private final RunObserver observer;
    private final RunSession session;
    private final HistoryWriter writer;
    private final Doubt doubt;
    private final ScriptLedger ledger;
    private final Leftovers leftovers;

    private Script script;
    private Place place = Place.of("the begin of its transaction");
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
            Supplier<String> before) {
        this.options = options;
        this.observer = observer;
        this.session = session;
        this.writer = writer;
        this.script = script;
        this.doubt = doubt;
        this.ledger = new ScriptLedger(options, session, history, writer, script, before);
        this.leftovers = new Leftovers(session, observer, script);
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

    /** Returns what is committed of it. */
    ScriptLedger ledger() {
        return ledger;
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
                    throw new Broken(place, script.migration().placeholders().redacted(e));
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
        if (ledger.mustClaim(script)) {
            place = Place.of("the entry in the history");
            ledger.claim();
        }
        try (ScriptCursor cursor = script.open()) {
            settleDoubt(cursor);
            List<Segment> segments = segments();
            for (int i = 0; i < segments.size(); i++) {
                Segment segment = segments.get(i);
                boolean last = segments.subList(i + 1, segments.size()).stream()
                        .allMatch(each -> each.kind() == Segment.Kind.CONNECTION);
                if (segment.kind() == Segment.Kind.CONNECTION) {
                    change(passTo(cursor, segment.first()), segment.first());
                } else if (segment.end() > ledger.done() || segment.first() == segment.end()) {
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

    // What is left, which may begin within a segment that an earlier run found to need parting. A script without work
    // left still has its row to write.
    private List<Segment> segments() {
        Outline outline = script.outline();
        int done = ledger.done();
        List<Segment> segments = new ArrayList<>();
        for (Segment segment : outline.segments()) {
            boolean change = segment.kind() == Segment.Kind.CONNECTION;
            segments.add(change || segment.end() <= done ? segment : segment.from(done));
        }
        boolean anyWork = segments.stream()
                .anyMatch(segment -> segment.kind() != Segment.Kind.CONNECTION && segment.end() > done);
        if (!anyWork) {
            int end = outline.statements();
            segments.add(new Segment(Segment.Kind.TRANSACTION, end, end, "", false));
        }
        return segments;
    }

    private void settleDoubt(ScriptCursor cursor) throws SQLException {
        HistoryRow row = script.row();
        int done = ledger.done();
        if (ledger.doubt() == null || row == null || done != script.done()) {
            return;
        }
        SqlStatement statement = script.outline().next();
        place = Place.of("the look at statement " + (done + 1));
        boolean isDone = doubt == Doubt.IS_DONE;
        if (doubt == Doubt.PROBE
                && (statement == null || !Outline.sum(statement).equals(ledger.doubt()))) {
            throw DoubtMessages.changed(script, done);
        }
        if (statement != null && !isDone) {
            requireGone(row);
            isDone = probe(statement);
        }
        if (isDone) {
            Outline.add(passed, passTo(cursor, done));
        }
        int now = isDone ? done + 1 : done;
        String sum = isDone ? sumOf(passed) : ledger.doneSum();
        place = Place.of("the entry in the history");
        session.begin();
        ledger.enter(now, sum, null);
        session.commit();
        ledger.committed(now, sum, null);
        if (isDone) {
            observer.doubtSettled(script, now);
        }
    }

    private void requireGone(HistoryRow row) throws SQLException {
        String backend = row.progress().backend();
        String atWork = backend == null ? "" : session.probe().stillAtWork(backend);
        if (!atWork.isEmpty()) {
            // As a lock that others hold: it will be known later.
            throw new SQLException("the session of the run that broke off is still there: " + atWork, "55P03");
        }
    }

    // Names must be looked up as the statement did.
    private boolean probe(SqlStatement statement) throws SQLException {
        session.beginAlone(true);
        replay(ledger.done());
        Finding finding = session.probe().look(statement);
        if (finding.verdict() == Verdict.UNKNOWN && doubt == Doubt.PROBE) {
            session.restore();
            throw DoubtMessages.unknown(script, ledger.done(), statement, finding.words());
        }
        leftovers.clear(finding);
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

    private boolean transaction(Segment segment, ScriptCursor cursor, boolean last) throws SQLException {
        place = Place.of("the begin of its transaction");
        session.begin();
        if (session.mayHaveCompany() && ledger.isDoneByOthers()) {
            session.rollback();
            return false;
        }
        if (!segment.modes().isEmpty()) {
            Script.send(session.connection(), "set transaction " + segment.modes());
        }
        replay(segment.first());
        runCode();
        for (int number = segment.first(); number < segment.end(); number++) {
            SqlStatement statement = passTo(cursor, number);
            place = at(number, statement);
            if (!segment.isControl(statement, script.dialect())) {
                send(number, statement, cursor);
            }
            Outline.add(passed, statement);
        }
        if (segment.kind() == Segment.Kind.DISCARDED) {
            session.rollback();
            session.begin();
        }
        write(segment.end(), last, cursor, !script.keepsSession());
        return true;
    }

    private void runCode() throws SQLException {
        MigrationCode code = script.text().code();
        if (code == null) {
            return;
        }
        place = Place.of("its Java code");
        try {
            code.run(CodeConnection.of(session.connection()));
        } catch (RuntimeException e) {
            throw new SQLException(e.toString(), e);
        }
    }

    private void alone(Segment segment, ScriptCursor cursor, boolean last) throws SQLException {
        SqlStatement statement = passTo(cursor, segment.first());
        String sum = Outline.sum(statement);
        place = Place.of("the entry in the history");
        session.begin();
        if (session.mayHaveCompany() && ledger.isDoneByOthers()) {
            throw ledger.lockLost();
        }
        ledger.enter(ledger.done(), ledger.doneSum(), sum);
        commit();
        ledger.committed(ledger.done(), ledger.doneSum(), sum);
        place = at(segment.first(), statement);
        session.beginAlone(Leftovers.isPatient(statement));
        replay(segment.first());
        try {
            if (!leftovers.isDoneByClearing(statement)) {
                send(segment.first(), statement, cursor);
                leftovers.requireValid(statement);
            }
        } catch (SQLException e) {
            settleFailure(statement, e);
            throw e;
        }
        session.restore();
        Outline.add(passed, statement);
        place = Place.of("the entry in the history");
        session.begin();
        write(segment.end(), last, cursor, false);
    }

    private void send(int number, SqlStatement statement, ScriptCursor cursor) throws SQLException {
        observer.statementStarted(script, number, statement);
        if (options.indexProgress() != null && buildsIndex(statement)) {
            String backend = writer.backend();
            String pid = backend.substring(0, Math.max(0, backend.indexOf('@')));
            IndexWatch watch = IndexWatch.start(
                    options.dataSource(),
                    pid,
                    options.indexProgress(),
                    observer,
                    observer.event(script, number, statement));
            try {
                Script.send(session.connection(), statement, cursor);
            } finally {
                watch.close();
            }
        } else {
            Script.send(session.connection(), statement, cursor);
        }
        observer.statementCompleted(script, number, statement);
    }

    private boolean buildsIndex(SqlStatement statement) {
        return script.dialect() == Dialect.POSTGRESQL
                && (statement.token(0).equals("REINDEX")
                        || statement.startsWith("CREATE", "INDEX")
                        || statement.startsWith("CREATE", "UNIQUE", "INDEX"));
    }

    private void settleFailure(SqlStatement statement, SQLException error) {
        if (SqlErrors.isFatal(error)) {
            return;
        }
        if (session.probe().isAllOrNothing(statement)) {
            ledger.doubtIsOver();
        }
        try {
            // What cannot be cleared away now is when the statement runs again.
            leftovers.isDoneByClearing(statement);
            session.restore();
        } catch (SQLException e) {
            error.addSuppressed(e);
        }
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

    private SqlStatement passTo(ScriptCursor cursor, int number) {
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

    private void write(int end, boolean last, ScriptCursor cursor, boolean restore) throws SQLException {
        place = Place.of("the entry in the history");
        if (last && ledger.finishesInOneTrip()) {
            cursor.requireSum(script.text().checksum());
            place = COMMIT;
            ledger.finishAndCommit(restore);
            return;
        }
        if (restore) {
            session.restore();
        }
        String sum = sumOf(passed);
        String objection = session.objection();
        if (!objection.isEmpty()) {
            throw new SQLException(objection, "23503");
        }
        if (last) {
            // What is left changes the connection, which the next script gets back as it was.
            cursor.requireSum(script.text().checksum());
            ledger.finish();
        } else {
            ledger.enter(end, sum, null);
        }
        commit();
        ledger.committed(end, sum, null);
    }

    private void commit() throws SQLException {
        place = COMMIT;
        session.commit();
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

    // The digest itself goes on.
    private static String sumOf(MessageDigest digest) {
        try {
            MessageDigest copy = (MessageDigest) Objects.requireNonNull(digest.clone());
            return Checksum.hex(copy.digest());
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("every JVM's SHA-256 can be cloned", e);
        }
    }
}

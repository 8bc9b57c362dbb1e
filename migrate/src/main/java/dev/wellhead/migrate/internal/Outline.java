package dev.wellhead.migrate.internal;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.internal.TransactionRule.Role;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What there is to know of a script before it runs, without its text: its segments, and what a run that takes it up in
 * the middle needs. Immutable.
 *
 * @param statements how many there are
 * @param segments those that are not done yet, and all that change the connection
 * @param settings the statements that changed the session for those behind them
 * @param doneSum the {@link #sum} of the statements that are done already
 * @param next the first one that is not, null if all are
 * @param keepsSession whether the session is behind it as before it, so that it need not be cleared
 */
public record Outline(
        int statements,
        List<Segment> segments,
        List<Setting> settings,
        String doneSum,
        @Nullable SqlStatement next,
        boolean keepsSession) {
    /**
     * A statement that changed the session.
     *
     * @param number which it is, from 0
     * @param statement the statement
     */
    public record Setting(int number, SqlStatement statement) {}

    /** Copies the lists. */
    public Outline {
        segments = List.copyOf(segments);
        settings = List.copyOf(settings);
    }

    /** Returns whether the script is done whole or not at all, in one transaction with its history row. */
    public boolean isOneTransaction() {
        return segments.stream().noneMatch(segment -> segment.kind() == Segment.Kind.ALONE)
                && segments.stream()
                                .filter(segment -> segment.kind() != Segment.Kind.CONNECTION)
                                .count()
                        <= 1;
    }

    /** Returns a statement's sum, by which it is known again. */
    public static String sum(SqlStatement statement) {
        MessageDigest digest = Checksum.sha256();
        add(digest, statement);
        return Checksum.hex(digest.digest());
    }

    /** Adds a statement to a sum over several. The data of a COPY are not part of it: they stream past but once. */
    public static void add(MessageDigest digest, SqlStatement statement) {
        digest.update(statement.written().getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    /** Collects an outline, statement by statement. For one thread. */
    public static final class Builder {
        private final Dialect dialect;
        private final int done;
        private final Set<Integer> alone;
        private final boolean apart;
        private final MessageDigest digest = Checksum.sha256();
        private final List<Segment> segments = new ArrayList<>();
        private final List<Setting> settings = new ArrayList<>();
        // Labels that this transaction adds to enums; PostgreSQL lets nobody use them before it commits.
        // Those of a type that it makes itself are no matter.
        private final Set<String> newLabels = new HashSet<>();
        private final Set<String> newTypes = new HashSet<>();
        private @Nullable SqlStatement next;
        private boolean keepsSession = true;
        private int number;

        // The transaction at hand.
        private int first = -1;
        private boolean explicit;
        private int beginLine;
        private String modes = "";

        /**
         * Starts with no statements.
         *
         * @param done how many of them are done already
         * @param alone those that the database was found to refuse in a transaction
         * @param apart whether every other one, outside the transactions that the script begins, is one by itself
         */
        public Builder(Dialect dialect, int done, Set<Integer> alone, boolean apart) {
            this.dialect = dialect;
            this.done = done;
            this.alone = Set.copyOf(alone);
            this.apart = apart;
        }

        /**
         * Takes the next statement.
         *
         * @throws ScriptException if it cannot stand where it does
         */
        public void add(SqlStatement statement) throws ScriptException {
            if (number < done) {
                Outline.add(digest, statement);
            }
            if (number == done) {
                next = statement;
            }
            keepsSession = keepsSession && !SessionTraces.mayLeaveAny(statement, dialect);
            Role role = TransactionRule.role(statement, dialect);
            if (alone.contains(number)) {
                role = Role.ALONE;
            }
            switch (role) {
                case TRANSACTIONAL -> transactional(statement);
                case SESSION -> {
                    transactional(statement);
                    settings.add(new Setting(number, statement));
                }
                case ALONE -> single(statement, Segment.Kind.ALONE);
                case CONNECTION -> single(statement, Segment.Kind.CONNECTION);
                case BEGIN -> begin(statement);
                case COMMIT -> end(statement, Segment.Kind.TRANSACTION);
                case ROLLBACK -> rollback(statement);
                case REFUSED ->
                    throw new ScriptException(
                            statement.line(),
                            statement.token(0) + " " + statement.token(1)
                                    + " takes the transaction or the lock away from the run");
            }
            number++;
            if (apart && !explicit) {
                close(number, Segment.Kind.TRANSACTION);
            }
        }

        private void transactional(SqlStatement statement) {
            if (dialect == Dialect.POSTGRESQL) {
                if (!explicit && first >= 0 && newLabels.stream().anyMatch(statement.text()::contains)) {
                    close(number, Segment.Kind.TRANSACTION);
                }
                collectLabel(statement);
            }
            if (first < 0) {
                first = number;
            }
        }

        private void collectLabel(SqlStatement statement) {
            boolean creates = statement.startsWith("CREATE", "TYPE");
            if (!creates && !statement.startsWith("ALTER", "TYPE")) {
                return;
            }
            SqlTokens tokens = SqlTokens.of(statement.text(), true);
            String type = tokens.name(2).toString();
            if (creates) {
                newTypes.add(type);
                return;
            }
            int add = tokens.find(2, "ADD");
            if (add > 0 && tokens.is(add + 1, "VALUE") && !newTypes.contains(type)) {
                newLabels.add(tokens.text(tokens.skip(add + 2, "IF", "NOT", "EXISTS")));
            }
        }

        private void single(SqlStatement statement, Segment.Kind kind) throws ScriptException {
            if (explicit) {
                throw new ScriptException(
                        statement.line(),
                        TransactionRule.objection(statement, dialect) + ", and the script has begun one in line "
                                + beginLine);
            }
            close(number, Segment.Kind.TRANSACTION);
            segments.add(new Segment(kind, number, number + 1, "", false));
        }

        private void begin(SqlStatement statement) throws ScriptException {
            if (explicit) {
                throw new ScriptException(
                        statement.line(), "BEGIN inside the transaction that the script begins in line " + beginLine);
            }
            close(number, Segment.Kind.TRANSACTION);
            first = number;
            explicit = true;
            beginLine = statement.line();
            modes = dialect == Dialect.POSTGRESQL ? modesOf(statement) : "";
        }

        private static String modesOf(SqlStatement statement) {
            SqlTokens tokens = SqlTokens.of(statement.text(), true);
            int behind = tokens.skip(tokens.skip(1, "TRANSACTION"), "WORK");
            return statement.text().substring(tokens.start(behind)).strip();
        }

        private void rollback(SqlStatement statement) {
            int from = first;
            if (explicit) {
                settings.removeIf(setting -> setting.number() >= from);
            }
            end(statement, Segment.Kind.DISCARDED);
        }

        private void end(SqlStatement statement, Segment.Kind kind) {
            String sameModes = modes;
            if (first < 0) {
                first = number;
            }
            // Outside a transaction, as a sign between statements that must not be rolled back.
            close(number + 1, explicit ? kind : Segment.Kind.TRANSACTION);
            boolean chain =
                    statement.tokens().contains("CHAIN") && !statement.tokens().contains("NO");
            if (chain) {
                first = number + 1;
                explicit = true;
                beginLine = statement.line();
                modes = sameModes;
            }
        }

        private void close(int end, Segment.Kind kind) {
            if (first >= 0 && end > first) {
                segments.add(new Segment(kind, first, end, modes, explicit));
            }
            first = -1;
            explicit = false;
            modes = "";
            newLabels.clear();
            newTypes.clear();
        }

        /**
         * Returns the outline.
         *
         * @throws ScriptException if a transaction that the script begins does not end
         */
        public Outline build() throws ScriptException {
            if (explicit && number > first) {
                throw new ScriptException(beginLine, "a transaction is begun here, and no COMMIT follows");
            }
            close(number, Segment.Kind.TRANSACTION);
            List<Segment> left = segments.stream()
                    .filter(segment -> segment.end() > done || segment.kind() == Segment.Kind.CONNECTION)
                    .map(segment -> segment.kind() == Segment.Kind.CONNECTION ? segment : segment.from(done))
                    .toList();
            return new Outline(number, left, settings, Checksum.hex(digest.digest()), next, keepsSession);
        }
    }
}

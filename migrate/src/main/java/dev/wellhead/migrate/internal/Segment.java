package dev.wellhead.migrate.internal;

import dev.wellhead.jdbc.internal.Dialect;

/**
 * Neighbouring statements of a script that become durable together. Statements are numbered from 0; the script's own
 * BEGIN and COMMIT count, and belong to the segment that they open or close.
 *
 * @param kind how it runs
 * @param first its first statement
 * @param end the one behind its last
 * @param modes what the script's own BEGIN said of its transaction, mostly empty
 * @param explicit whether the script itself says where it begins and ends
 */
public record Segment(Kind kind, int first, int end, String modes, boolean explicit) {
    /** How a segment runs. */
    public enum Kind {
        /** In one transaction. */
        TRANSACTION,
        /** In a transaction that the script itself rolls back. */
        DISCARDED,
        /** One statement outside any transaction. */
        ALONE,
        /** One statement outside any transaction that changes the connection only. */
        CONNECTION
    }

    /** Returns whether the run itself does what this statement of the segment says: begin, commit, roll back. */
    public boolean isControl(SqlStatement statement, Dialect dialect) {
        return switch (TransactionRule.role(statement, dialect)) {
            case BEGIN, COMMIT, ROLLBACK -> true;
            default -> false;
        };
    }

    /** Returns what is left of it from this statement on. */
    public Segment from(int number) {
        return new Segment(kind, Math.max(first, number), end, modes, explicit);
    }
}

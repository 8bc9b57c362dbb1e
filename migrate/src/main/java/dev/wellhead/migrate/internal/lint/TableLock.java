package dev.wellhead.migrate.internal.lint;

/**
 * A lock that a statement takes, and holds until its transaction ends.
 *
 * @param table the table as the statement names it
 * @param mode the lock
 */
public record TableLock(String table, LockMode mode) {
    @Override
    public String toString() {
        return mode.words() + " on " + table;
    }
}

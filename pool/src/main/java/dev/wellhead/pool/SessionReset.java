package dev.wellhead.pool;

/**
 * When a connection that comes back has its session on the server reset: what SQL changes and JDBC does not see, such as
 * {@code SET}, {@code LISTEN}, temporary tables, advisory locks taken for the session, prepared statements, {@code ATTACH}
 * and {@code PRAGMA}. Transactions are rolled back and JDBC's own properties restored in any case.
 *
 * <p>On PostgreSQL a reset is {@code DISCARD ALL}, then {@link ConnectionPool.Builder#connectionInit} again, then the
 * settings that the session had when it was new: two round trips and those of the init, on the thread of the borrower who
 * gives back. Other databases have no way back, so there the connection is closed and replaced. It is closed, too, if
 * anything in a reset fails.
 */
public enum SessionReset {
    /**
     * After loans that ran SQL which may have changed the session, as the pool reads it off the text; loans that did not
     * cost nothing. SQL that runs where the pool cannot read it is not seen: inside functions and procedures, or put
     * together by a {@code DO} block at run time.
     */
    TRACKED,
    /** After every loan in which the connection was used at all. */
    ALWAYS,
    /** Not at all: the next borrower finds what the last one left. */
    NEVER;

    /** Returns whether a reset is wanted after a loan that used the connection and may have changed this. */
    boolean isWantedAfter(int changed) {
        return switch (this) {
            case TRACKED -> (changed & SessionState.SQL_SESSION) != 0;
            case ALWAYS -> true;
            case NEVER -> false;
        };
    }
}

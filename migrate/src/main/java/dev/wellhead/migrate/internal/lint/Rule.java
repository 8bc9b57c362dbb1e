package dev.wellhead.migrate.internal.lint;

/** Looks at one statement. Has no state. */
interface Rule {
    /** Reports what is wrong with the statement; {@code known} is what was there before it. */
    void check(Sql sql, Known known, Problems problems);
}

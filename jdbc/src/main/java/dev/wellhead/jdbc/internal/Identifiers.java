package dev.wellhead.jdbc.internal;

/** The only place where names and texts become part of SQL. */
public final class Identifiers {
    private Identifiers() {}

    /**
     * Returns the name in double quotes, safe to put into SQL of PostgreSQL and SQLite.
     *
     * @throws IllegalArgumentException if the name is empty or holds a NUL, which neither database can store
     */
    public static String quote(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a name must not be empty nor hold a NUL character");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Returns {@code "schema"."name"}. */
    public static String quote(String schema, String name) {
        return quote(schema) + "." + quote(name);
    }

    /**
     * Returns the text as a string literal for statements that take no parameters. Correct for PostgreSQL with {@code
     * standard_conforming_strings} on, its default, and for SQLite.
     *
     * @throws IllegalArgumentException if the text holds a NUL
     */
    public static String literal(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a text literal must not hold a NUL character");
        }
        return "'" + text.replace("'", "''") + "'";
    }
}

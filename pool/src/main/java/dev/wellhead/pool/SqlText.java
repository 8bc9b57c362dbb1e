package dev.wellhead.pool;

import dev.wellhead.core.Redaction;
import java.util.regex.Pattern;

/** What may be shown of a borrower's SQL, and what it tells at a glance. */
final class SqlText {
    private static final int SHOWN = 500;
    // Literals may hold passwords (ALTER ROLE) and personal data. An unfinished one is cut as well.
    private static final Pattern LITERAL =
            Pattern.compile("'(?:[^']|'')*(?:'|$)|\\$([A-Za-z_]\\w*)?\\$.*?(?:\\$\\1\\$|$)", Pattern.DOTALL);

    private SqlText() {}

    /** Returns the SQL on one line, shortened, with string literals masked. */
    static String shown(String sql) {
        // Masked before it is cut, so that a cut never opens a literal; bounded first, so that a dump costs nothing.
        String bounded = sql.length() > 8 * SHOWN ? sql.substring(0, 8 * SHOWN) : sql;
        String masked = LITERAL.matcher(bounded).replaceAll("'" + Redaction.MASK + "'");
        String text = masked.length() > SHOWN ? masked.substring(0, SHOWN) + "..." : masked;
        return Redaction.printable(text);
    }

    /** Returns whether the statement may open a transaction behind JDBC's back: BEGIN, START, SAVEPOINT. */
    static boolean mayBegin(String sql) {
        int start = firstWord(sql);
        return sql.regionMatches(true, start, "begin", 0, 5)
                || sql.regionMatches(true, start, "start", 0, 5)
                || sql.regionMatches(true, start, "savepoint", 0, 9);
    }

    /** Returns the index of the first character that is neither white space, nor a semicolon, nor in a comment. */
    private static int firstWord(String sql) {
        int at = 0;
        while (at < sql.length()) {
            if (Character.isWhitespace(sql.charAt(at)) || sql.charAt(at) == ';') {
                at++;
            } else if (sql.startsWith("--", at)) {
                at = after(sql, "\n", at);
            } else if (sql.startsWith("/*", at)) {
                at = after(sql, "*/", at + 2);
            } else {
                return at;
            }
        }
        return at;
    }

    private static int after(String sql, String end, int from) {
        int found = sql.indexOf(end, from);
        return found < 0 ? sql.length() : found + end.length();
    }
}

package dev.wellhead.pool;

import dev.wellhead.core.Redaction;
import java.util.regex.Pattern;

/** What may be shown of a borrower's SQL. */
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
}

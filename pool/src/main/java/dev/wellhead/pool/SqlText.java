package dev.wellhead.pool;

import dev.wellhead.core.Redaction;

/** What may be shown of a borrower's SQL. */
final class SqlText {
    private static final int SHOWN = 500;

    private SqlText() {}

    /** Returns the SQL on one line, shortened, with string literals masked. */
    static String shown(String sql) {
        // Masked before it is cut, so that a cut never opens a literal; bounded first, so that a dump costs nothing.
        String bounded = sql.length() > 8 * SHOWN ? sql.substring(0, 8 * SHOWN) : sql;
        String masked = masked(bounded);
        String text = masked.length() > SHOWN ? masked.substring(0, SHOWN) + "..." : masked;
        return Redaction.printable(text);
    }

    /** Returns the SQL without what its literals say: they may hold passwords (ALTER ROLE) and personal data. */
    private static String masked(String sql) {
        StringBuilder masked = new StringBuilder(sql.length());
        int copied = 0;
        for (SqlLexer.Token token : SqlLexer.all(sql)) {
            int from = secretFrom(token);
            if (from >= 0) {
                masked.append(sql, copied, from)
                        .append('\'')
                        .append(Redaction.MASK)
                        .append('\'');
                copied = token.end();
            }
        }
        return masked.append(sql, copied, sql.length()).toString();
    }

    /** Returns where in the SQL the part of the token begins that must not be shown, -1 if all of it may. */
    private static int secretFrom(SqlLexer.Token token) {
        return switch (token.kind()) {
            case TEXT -> token.start();
            // Somebody may have commented out, or quoted in the wrong way, what was a literal.
            case COMMENT, QUOTED -> {
                for (int i = 0; i < token.text().length(); i++) {
                    if (token.text().charAt(i) == '\'' || token.text().charAt(i) == '$') {
                        yield token.start() + i;
                    }
                }
                yield -1;
            }
            default -> -1;
        };
    }
}

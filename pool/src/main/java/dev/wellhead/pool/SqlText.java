package dev.wellhead.pool;

import dev.wellhead.core.Redaction;
import java.util.BitSet;

/** What may be shown of a borrower's SQL. */
final class SqlText {
    private static final int SHOWN = 500;
    private static final String MASKED = "'" + Redaction.MASK + "'";

    private SqlText() {}

    /** Returns SQL of PostgreSQL or SQLite on one line, shortened, with string literals masked. */
    static String shown(String sql) {
        return shown(sql, SqlDialect.POSTGRES);
    }

    /** Returns the SQL on one line, shortened, with string literals masked. */
    static String shown(String sql, SqlDialect dialect) {
        // Masked before it is cut, so that a cut never opens a literal; bounded first, so that a dump costs nothing.
        String bounded = sql.length() > 8 * SHOWN ? sql.substring(0, 8 * SHOWN) : sql;
        String masked = masked(bounded, dialect);
        String text = masked.length() > SHOWN ? masked.substring(0, SHOWN) + "..." : masked;
        return Redaction.printable(text);
    }

    /**
     * Returns the SQL without what its literals say: they may hold passwords (ALTER ROLE) and personal data. What
     * is a literal to one of the databases is taken for one; of those that are not known it is shown only as far as all
     * read it in the same way.
     */
    private static String masked(String sql, SqlDialect dialect) {
        BitSet secret = new BitSet(sql.length());
        mark(sql, SqlDialect.POSTGRES, secret);
        mark(sql, SqlDialect.SQLITE, secret);
        if (dialect == SqlDialect.OTHER) {
            mark(sql, dialect, secret);
        }
        StringBuilder masked = new StringBuilder(sql.length());
        int copied = 0;
        for (int from = secret.nextSetBit(0); from >= 0; from = secret.nextSetBit(copied)) {
            masked.append(sql, copied, from).append(MASKED);
            copied = secret.nextClearBit(from);
        }
        return masked.append(sql, copied, sql.length()).toString();
    }

    private static void mark(String sql, SqlDialect dialect, BitSet secret) {
        SqlScanner scanner = new SqlScanner(sql, dialect);
        SqlScanner.Token token;
        int firstQuoted = sql.length();
        int end = 0;
        do {
            token = scanner.next();
            // Somebody may have commented out, or quoted in the wrong way, what was a literal.
            markFromQuote(sql, end, scanner.start(), secret);
            end = scanner.end();
            if (token == SqlScanner.Token.LITERAL || token == SqlScanner.Token.QUOTED_NAME) {
                markFromQuote(sql, scanner.start(), end, secret);
                firstQuoted = Math.min(firstQuoted, scanner.start());
            }
        } while (token != SqlScanner.Token.END);
        if (scanner.isInDoubt()) {
            markFromQuote(sql, firstQuoted, sql.length(), secret);
        }
    }

    private static void markFromQuote(String sql, int from, int to, BitSet secret) {
        for (int i = from; i < to; i++) {
            if (sql.charAt(i) == '\'' || sql.charAt(i) == '$') {
                secret.set(i, to);
                return;
            }
        }
    }
}

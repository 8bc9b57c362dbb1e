package dev.wellhead.migrate.internal.lint;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.internal.SqlTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the tokens of a statement for what they mean, each with its line. */
final class TokenReader {
    private TokenReader() {}

    /** Returns the tokens of a statement that starts in this line of its file. Linear in its length. */
    static List<Token> read(String sql, int line, Dialect dialect) {
        SqlTokens all = SqlTokens.of(sql, dialect == Dialect.POSTGRESQL);
        List<Token> tokens = new ArrayList<>(all.size());
        int at = 0;
        int now = line;
        for (int i = 0; i < all.size(); i++) {
            now += lines(sql, at, all.start(i));
            at = all.start(i);
            tokens.add(new Token(all.kind(i), meaning(all, i), now));
        }
        return tokens;
    }

    private static String meaning(SqlTokens all, int index) {
        return switch (all.kind(index)) {
            case WORD -> all.text(index).toUpperCase(Locale.ROOT);
            case NAME, TEXT -> all.inside(index);
            case NUMBER, SIGN -> all.text(index);
        };
    }

    /** Returns how many lines end between these places. */
    static int lines(String text, int from, int to) {
        int lines = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            lines += c == '\n' || (c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n')) ? 1 : 0;
        }
        return lines;
    }
}

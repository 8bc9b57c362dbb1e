package dev.wellhead.migrate.internal.lint;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.internal.lint.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Takes a statement apart that the lexer has cut out of its script, so that quotes and comments are known to end. Comments
 * are left out. Linear in the length of the statement.
 */
final class TokenReader {
    private final String sql;
    private final boolean postgres;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line;

    private TokenReader(String sql, int line, Dialect dialect) {
        this.sql = sql;
        this.line = line;
        this.postgres = dialect == Dialect.POSTGRESQL;
    }

    /** Returns the tokens of a statement that starts in this line of its file. */
    static List<Token> read(String sql, int line, Dialect dialect) {
        TokenReader reader = new TokenReader(sql, line, dialect);
        while (reader.at < sql.length()) {
            reader.next();
        }
        return List.copyOf(reader.tokens);
    }

    private void next() {
        char c = sql.charAt(at);
        if (Character.isWhitespace(c)) {
            moveTo(at + 1);
        } else if (sql.startsWith("--", at)) {
            int end = sql.indexOf('\n', at);
            moveTo(end < 0 ? sql.length() : end);
        } else if (sql.startsWith("/*", at)) {
            moveTo(endOfComment());
        } else if (c == '\'') {
            quoted(Kind.TEXT, at, '\'', false);
        } else if (c == '"' || (c == '`' && !postgres)) {
            quoted(Kind.NAME, at, c, false);
        } else if (c == '[' && !postgres) {
            int end = sql.indexOf(']', at);
            add(Kind.NAME, sql.substring(at + 1, end < 0 ? sql.length() : end), end < 0 ? sql.length() : end + 1);
        } else if (c == '$' && postgres && dollarTag() > 0) {
            dollarQuoted(dollarTag());
        } else if (isDigit(c)) {
            number();
        } else if (isWordStart(c)) {
            word();
        } else {
            add(Kind.SIGN, String.valueOf(c), at + 1);
        }
    }

    private void word() {
        int end = at + 1;
        while (end < sql.length() && isWordPart(sql.charAt(end))) {
            end++;
        }
        String word = sql.substring(at, end).toUpperCase(Locale.ROOT);
        char behind = end < sql.length() ? sql.charAt(end) : ' ';
        if (behind == '\'' && List.of("E", "B", "X", "N").contains(word)) {
            quoted(Kind.TEXT, end, '\'', postgres && word.equals("E"));
        } else if (postgres && word.equals("U") && sql.startsWith("&'", end)) {
            quoted(Kind.TEXT, end + 1, '\'', false);
        } else if (postgres && word.equals("U") && sql.startsWith("&\"", end)) {
            quoted(Kind.NAME, end + 1, '"', false);
        } else {
            add(Kind.WORD, word, end);
        }
    }

    private void number() {
        int end = at + 1;
        while (end < sql.length() && (isWordPart(sql.charAt(end)) || sql.charAt(end) == '.')) {
            end++;
        }
        add(Kind.NUMBER, sql.substring(at, end), end);
    }

    private void quoted(Kind kind, int open, char quote, boolean backslashes) {
        StringBuilder inside = new StringBuilder();
        int i = open + 1;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            if (c == quote && (i + 1 == sql.length() || sql.charAt(i + 1) != quote)) {
                break;
            }
            if (c == quote) {
                i++;
            } else if (c == '\\' && backslashes && i + 1 < sql.length()) {
                inside.append(c);
                c = sql.charAt(++i);
            }
            inside.append(c);
            i++;
        }
        add(kind, inside.toString(), Math.min(i + 1, sql.length()));
    }

    /** Returns the place behind the opening dollar quote, 0 if there is none here. */
    private int dollarTag() {
        int end = at + 1;
        while (end < sql.length() && isWordPart(sql.charAt(end)) && sql.charAt(end) != '$') {
            end++;
        }
        boolean tag = end < sql.length() && sql.charAt(end) == '$' && !(end > at + 1 && isDigit(sql.charAt(at + 1)));
        return tag ? end + 1 : 0;
    }

    private void dollarQuoted(int inside) {
        String tag = sql.substring(at, inside);
        int close = sql.indexOf(tag, inside);
        int end = close < 0 ? sql.length() : close;
        add(Kind.TEXT, sql.substring(inside, end), close < 0 ? end : end + tag.length());
    }

    private int endOfComment() {
        int depth = 1;
        int i = at + 2;
        while (i < sql.length() && depth > 0) {
            if (sql.startsWith("*/", i)) {
                depth--;
                i += 2;
            } else if (postgres && sql.startsWith("/*", i)) {
                depth++;
                i += 2;
            } else {
                i++;
            }
        }
        return i;
    }

    private void add(Kind kind, String text, int end) {
        tokens.add(new Token(kind, text, line));
        moveTo(end);
    }

    private void moveTo(int end) {
        while (at < end && at < sql.length()) {
            char c = sql.charAt(at++);
            if (c == '\n' || (c == '\r' && (at == sql.length() || sql.charAt(at) != '\n'))) {
                line++;
            }
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWordStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }

    private static boolean isWordPart(char c) {
        return isWordStart(c) || isDigit(c) || c == '$';
    }
}

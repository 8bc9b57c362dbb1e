package dev.wellhead.pool;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits SQL of PostgreSQL and SQLite into tokens, as far as it takes to tell a literal from a name from a comment. Never
 * fails: what is unfinished reaches to the end of the text.
 */
final class SqlLexer {
    private static final String OPERATOR = "+-*/<>=~!@#%^&|";

    enum Kind {
        WORD,
        /** A name in quotes. */
        QUOTED,
        /** A text literal, dollar-quoted ones included. */
        TEXT,
        NUMBER,
        /** A place for a value: {@code ?}, {@code ?1}, {@code $1}, {@code :name}. */
        PLACEHOLDER,
        COMMENT,
        /** An operator, or one character of punctuation. */
        SYMBOL
    }

    /** A piece of the SQL. */
    record Token(Kind kind, int start, int end, String text) {
        boolean is(String symbolOrKeyword) {
            return (kind == Kind.WORD || kind == Kind.SYMBOL) && text.equalsIgnoreCase(symbolOrKeyword);
        }

        boolean isName() {
            return kind == Kind.WORD || kind == Kind.QUOTED;
        }

        /** Returns the name as the catalogue has it; both databases print and find unquoted names in this form. */
        String name() {
            if (kind != Kind.QUOTED) {
                return text;
            }
            char quote = text.charAt(0);
            String inner = text.substring(1, Math.max(1, text.length() - 1));
            return inner.replace("" + quote + quote, "" + quote);
        }
    }

    private final String sql;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private SqlLexer(String sql) {
        this.sql = sql;
    }

    /** Returns the tokens with the comments among them. */
    static List<Token> all(String sql) {
        SqlLexer lexer = new SqlLexer(sql);
        while (lexer.at < sql.length()) {
            lexer.next();
        }
        return lexer.tokens;
    }

    /** Returns the tokens without the comments. */
    static List<Token> meaningful(String sql) {
        List<Token> tokens = all(sql);
        tokens.removeIf(token -> token.kind == Kind.COMMENT);
        return tokens;
    }

    private void next() {
        char c = sql.charAt(at);
        if (Character.isWhitespace(c)) {
            at++;
        } else if (sql.startsWith("--", at)) {
            add(Kind.COMMENT, after("\n", at));
        } else if (sql.startsWith("/*", at)) {
            add(Kind.COMMENT, endOfComment());
        } else if (c == '\'') {
            add(Kind.TEXT, isEscaped() ? endOfEscaped() : endOfQuoted(c));
        } else if (c == '"' || c == '`') {
            add(Kind.QUOTED, endOfQuoted(c));
        } else if (c == '$') {
            dollar();
        } else if (c == '?') {
            question();
        } else if (c == ':') {
            colon();
        } else if (Character.isDigit(c)) {
            add(Kind.NUMBER, endOfWord(at));
        } else if (isWordStart(c)) {
            add(Kind.WORD, endOfWord(at));
        } else {
            add(Kind.SYMBOL, OPERATOR.indexOf(c) < 0 ? at + 1 : endOfOperator());
        }
    }

    private void add(Kind kind, int end) {
        tokens.add(new Token(kind, at, end, sql.substring(at, end)));
        at = end;
    }

    private void dollar() {
        int end = endOfWord(at + 1);
        if (end > at + 1 && sql.substring(at + 1, end).chars().allMatch(Character::isDigit)) {
            add(Kind.PLACEHOLDER, end);
            return;
        }
        int tag = at + 1;
        while (tag < sql.length() && isWordPart(sql.charAt(tag)) && sql.charAt(tag) != '$') {
            tag++;
        }
        if (tag < sql.length() && sql.charAt(tag) == '$') {
            String quote = sql.substring(at, tag + 1);
            add(Kind.TEXT, after(quote, tag + 1));
        } else {
            add(tag > at + 1 ? Kind.PLACEHOLDER : Kind.SYMBOL, Math.max(tag, at + 1));
        }
    }

    private void question() {
        if (sql.startsWith("??", at)) {
            // How PostgreSQL's driver wants the operator written.
            add(Kind.SYMBOL, at + 2);
            return;
        }
        int end = at + 1;
        while (end < sql.length() && Character.isDigit(sql.charAt(end))) {
            end++;
        }
        add(Kind.PLACEHOLDER, end);
    }

    private void colon() {
        if (sql.startsWith("::", at)) {
            add(Kind.SYMBOL, at + 2);
        } else if (at + 1 < sql.length() && isWordStart(sql.charAt(at + 1))) {
            add(Kind.PLACEHOLDER, endOfWord(at + 1));
        } else {
            add(Kind.SYMBOL, at + 1);
        }
    }

    /** Returns whether the quote here follows an E of its own: then a backslash escapes. */
    private boolean isEscaped() {
        if (tokens.isEmpty()) {
            return false;
        }
        Token last = tokens.get(tokens.size() - 1);
        return last.end == at && last.is("e");
    }

    private int endOfEscaped() {
        int end = at + 1;
        while (end < sql.length()) {
            char c = sql.charAt(end);
            if (c == '\\') {
                end += 2;
            } else if (c != '\'') {
                end++;
            } else if (sql.startsWith("''", end)) {
                end += 2;
            } else {
                return end + 1;
            }
        }
        return sql.length();
    }

    private int endOfQuoted(char quote) {
        int end = at + 1;
        while (end < sql.length()) {
            if (sql.charAt(end) != quote) {
                end++;
            } else if (end + 1 < sql.length() && sql.charAt(end + 1) == quote) {
                end += 2;
            } else {
                return end + 1;
            }
        }
        return sql.length();
    }

    // PostgreSQL nests comments; SQLite does not, and none but a very odd text tells the difference.
    private int endOfComment() {
        int depth = 0;
        int end = at;
        while (end < sql.length()) {
            if (sql.startsWith("/*", end)) {
                depth++;
                end += 2;
            } else if (sql.startsWith("*/", end)) {
                depth--;
                end += 2;
                if (depth == 0) {
                    return end;
                }
            } else {
                end++;
            }
        }
        return sql.length();
    }

    private int endOfOperator() {
        int end = at + 1;
        while (end < sql.length()
                && OPERATOR.indexOf(sql.charAt(end)) >= 0
                && !sql.startsWith("--", end)
                && !sql.startsWith("/*", end)) {
            end++;
        }
        return end;
    }

    private int endOfWord(int from) {
        int end = from;
        while (end < sql.length() && isWordPart(sql.charAt(end))) {
            end++;
        }
        return end;
    }

    private int after(String end, int from) {
        int found = sql.indexOf(end, from);
        return found < 0 ? sql.length() : found + end.length();
    }

    private static boolean isWordStart(char c) {
        return c == '_' || Character.isLetter(c) || c > 0x7f;
    }

    private static boolean isWordPart(char c) {
        return isWordStart(c) || Character.isDigit(c) || c == '$';
    }
}

package dev.wellhead.migrate.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * All tokens of one statement with their places, for those who need names and not only the kind of statement. White space
 * and comments are left out. Immutable.
 */
public final class SqlTokens {
    private static final String QUOTES = "'\"`[$";

    private final String sql;
    private final boolean postgres;
    private final List<Token> tokens = new ArrayList<>();

    /** What a token can be. */
    public enum Kind {
        /** A keyword or a name without quotes. */
        WORD,
        /** A name in quotes. */
        NAME,
        /** A string, dollar quoted ones included. */
        TEXT,
        /** Digits and what belongs to them. */
        NUMBER,
        /** One character of any other kind. */
        SIGN
    }

    /**
     * One token.
     *
     * @param text as it stands in the statement
     * @param start its first character
     */
    private record Token(Kind kind, String text, int start) {}

    /** A name, perhaps with a schema before it, as the database stores it; where it ends in tokens. */
    public record Name(String schema, String name, int next) {
        /** Returns it as a person writes it. */
        @Override
        public String toString() {
            return schema.isEmpty() ? name : schema + "." + name;
        }
    }

    private SqlTokens(String sql, boolean postgres) {
        this.sql = sql;
        this.postgres = postgres;
    }

    /** Reads a statement that the lexer found, so everything that is opened in it is closed. */
    public static SqlTokens of(String sql, boolean postgres) {
        SqlTokens result = new SqlTokens(sql, postgres);
        int at = 0;
        while (at < sql.length()) {
            at = result.read(at);
        }
        return result;
    }

    /** Returns the statement. */
    public String sql() {
        return sql;
    }

    /** Returns how many there are. */
    public int size() {
        return tokens.size();
    }

    /** Returns what the token at this place is. */
    public Kind kind(int index) {
        return tokens.get(index).kind();
    }

    /** Returns what stands inside the quotes of the token at this place, doubled ones once, backslashes as they stand. */
    public String inside(int index) {
        String text = text(index);
        int open = 0;
        while (QUOTES.indexOf(text.charAt(open)) < 0) {
            open++;
        }
        char quote = text.charAt(open);
        if (quote == '$') {
            int tag = text.indexOf('$', open + 1) + 1 - open;
            return text.substring(Math.min(open + tag, text.length()), Math.max(open + tag, text.length() - tag));
        }
        String inner = text.substring(open + 1, Math.max(open + 1, text.length() - 1));
        String once = String.valueOf(quote);
        return quote == '[' ? inner : inner.replace(once + once, once);
    }

    /** Returns whether the token at this place is this key word or sign, given in capitals. */
    public boolean is(int index, String word) {
        return index >= 0 && index < tokens.size() && tokens.get(index).text().equalsIgnoreCase(word);
    }

    /** Returns whether the tokens from this place on are these. */
    public boolean are(int index, String... words) {
        for (int i = 0; i < words.length; i++) {
            if (!is(index + i, words[i])) {
                return false;
            }
        }
        return true;
    }

    /** Returns the place behind these words if they stand here, else this place. */
    public int skip(int index, String... words) {
        return are(index, words) ? index + words.length : index;
    }

    /** Returns the first place from here on where this word stands outside parentheses, -1 if nowhere. */
    public int find(int from, String word) {
        int depth = 0;
        for (int i = from; i < tokens.size(); i++) {
            if (depth == 0 && is(i, word)) {
                return i;
            }
            depth += is(i, "(") ? 1 : is(i, ")") ? -1 : 0;
        }
        return -1;
    }

    /** Returns the place behind the parenthesis that is opened here. */
    public int behindParentheses(int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            depth += is(i, "(") ? 1 : is(i, ")") ? -1 : 0;
            if (depth == 0) {
                return i + 1;
            }
        }
        return tokens.size();
    }

    /** Returns where a token begins in the statement, its length behind the last one. */
    public int start(int index) {
        return index < tokens.size() ? tokens.get(index).start() : sql.length();
    }

    /** Returns the token at this place as it stands there, empty if there is none. */
    public String text(int index) {
        return index >= 0 && index < tokens.size() ? tokens.get(index).text() : "";
    }

    /** Returns the name that begins here; empty ones if none does. */
    public Name name(int index) {
        if (!isName(index)) {
            return new Name("", "", index);
        }
        if (is(index + 1, ".") && isName(index + 2)) {
            return new Name(stored(index), stored(index + 2), index + 3);
        }
        return new Name("", stored(index), index + 1);
    }

    private boolean isName(int index) {
        return index >= 0 && index < tokens.size() && (kind(index) == Kind.WORD || kind(index) == Kind.NAME);
    }

    private String stored(int index) {
        if (kind(index) == Kind.NAME) {
            return inside(index);
        }
        return postgres ? text(index).toLowerCase(Locale.ROOT) : text(index);
    }

    private int read(int at) {
        char c = sql.charAt(at);
        if (Lexer.isSpace(c)) {
            return at + 1;
        }
        if (c == '-' && startsWith("--", at)) {
            return endOfLine(at);
        }
        if (c == '/' && startsWith("/*", at)) {
            return behindComment(at);
        }
        if (Lexer.isWordStart(c)) {
            return word(at);
        }
        if (isDigit(c)) {
            int end = at + 1;
            // To PostgreSQL a dollar behind a number opens a quote, as in 1$$a;b$$.
            while (end < sql.length()
                    && (Lexer.isWordPart(sql.charAt(end)) || sql.charAt(end) == '.')
                    && !(postgres && sql.charAt(end) == '$')) {
                end++;
            }
            return add(Kind.NUMBER, at, end);
        }
        if (c == '\'') {
            return add(Kind.TEXT, at, behindQuote(at, c, false));
        }
        if (c == '"' || (c == '`' && !postgres)) {
            return add(Kind.NAME, at, behindQuote(at, c, false));
        }
        if (c == '[' && !postgres) {
            return add(Kind.NAME, at, limited(sql.indexOf(']', at)));
        }
        int behind = c == '$' && postgres ? behindDollar(at) : at + 1;
        return add(behind == at + 1 ? Kind.SIGN : Kind.TEXT, at, behind);
    }

    // Or what begins with one: E'', B'', X'', N'', U&'' and U&"".
    private int word(int at) {
        int end = at + 1;
        while (end < sql.length() && Lexer.isWordPart(sql.charAt(end))) {
            end++;
        }
        char prefix = end == at + 1 ? Character.toUpperCase(sql.charAt(at)) : ' ';
        if (startsWith("'", end) && (postgres ? "EBXN" : "X").indexOf(prefix) >= 0) {
            return add(Kind.TEXT, at, behindQuote(end, '\'', prefix == 'E'));
        }
        if (postgres && prefix == 'U' && startsWith("&'", end)) {
            return add(Kind.TEXT, at, behindQuote(end + 1, '\'', false));
        }
        if (postgres && prefix == 'U' && startsWith("&\"", end)) {
            return add(Kind.NAME, at, behindQuote(end + 1, '"', false));
        }
        return add(Kind.WORD, at, end);
    }

    private int add(Kind kind, int at, int end) {
        tokens.add(new Token(kind, sql.substring(at, end), at));
        return end;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private int behindDollar(int at) {
        int tag = at + 1;
        while (tag < sql.length() && Lexer.isWordPart(sql.charAt(tag)) && sql.charAt(tag) != '$') {
            tag++;
        }
        boolean parameter =
                tag >= sql.length() || sql.charAt(tag) != '$' || (at + 1 < sql.length() && isDigit(sql.charAt(at + 1)));
        if (parameter) {
            return at + 1;
        }
        String mark = sql.substring(at, tag + 1);
        int close = sql.indexOf(mark, tag + 1);
        return close < 0 ? sql.length() : close + mark.length();
    }

    private int behindQuote(int at, char quote, boolean backslashes) {
        int i = at + 1;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            if (c == quote && (i + 1 >= sql.length() || sql.charAt(i + 1) != quote)) {
                return i + 1;
            }
            i += c == quote || (c == '\\' && backslashes) ? 2 : 1;
        }
        return sql.length();
    }

    private int behindComment(int at) {
        int depth = 1;
        int i = at + 2;
        while (i < sql.length() && depth > 0) {
            if (startsWith("*/", i)) {
                depth--;
                i += 2;
            } else if (postgres && startsWith("/*", i)) {
                depth++;
                i += 2;
            } else {
                i++;
            }
        }
        return i;
    }

    private int endOfLine(int at) {
        int i = at;
        while (i < sql.length() && sql.charAt(i) != '\n' && !(postgres && sql.charAt(i) == '\r')) {
            i++;
        }
        return i;
    }

    private int limited(int last) {
        return last < 0 ? sql.length() : Math.min(last + 1, sql.length());
    }

    private boolean startsWith(String what, int at) {
        return sql.startsWith(what, at);
    }
}

package dev.wellhead.migrate.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * All tokens of one statement with their places, for those who need names and not only the kind of statement. White space
 * and comments are left out. Immutable.
 */
public final class SqlTokens {
    private final String sql;
    private final boolean postgres;
    private final List<Token> tokens = new ArrayList<>();

    /**
     * One token.
     *
     * @param text as it stands in the statement
     * @param start its first character
     * @param end behind its last one
     * @param isWord whether it is an unquoted word
     */
    public record Token(String text, int start, int end, boolean isWord) {
        /** Returns whether it is this key word, given in capitals. */
        public boolean is(String word) {
            return text.equalsIgnoreCase(word);
        }
    }

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

    /** Returns whether the token at this place is this key word or sign, given in capitals. */
    public boolean is(int index, String word) {
        return index >= 0 && index < tokens.size() && tokens.get(index).is(word);
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
        return index >= 0
                && index < tokens.size()
                && (tokens.get(index).isWord() || "\"`[".indexOf(text(index).charAt(0)) >= 0);
    }

    private String stored(int index) {
        Token token = tokens.get(index);
        String text = token.text();
        if (token.isWord()) {
            return postgres ? text.toLowerCase(Locale.ROOT) : text;
        }
        String inner = text.substring(1, text.length() - 1);
        return text.charAt(0) == '['
                ? inner
                : inner.replace(text.substring(0, 1).repeat(2), text.substring(0, 1));
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
        int end = endOfToken(at, c);
        tokens.add(new Token(sql.substring(at, end), at, end, Lexer.isWordStart(c) && sql.charAt(end - 1) != '\''));
        return end;
    }

    private int endOfToken(int at, char c) {
        if (Lexer.isWordStart(c)) {
            int end = at + 1;
            while (end < sql.length() && Lexer.isWordPart(sql.charAt(end))) {
                end++;
            }
            boolean escaped = postgres && end == at + 1 && (c == 'e' || c == 'E') && startsWith("'", end);
            return escaped ? behindQuote(end, '\'', true) : end;
        }
        if (c >= '0' && c <= '9') {
            int end = at + 1;
            while (end < sql.length() && (Lexer.isWordPart(sql.charAt(end)) || sql.charAt(end) == '.')) {
                end++;
            }
            return end;
        }
        if (c == '\'' || c == '"' || (c == '`' && !postgres)) {
            return behindQuote(at, c, false);
        }
        if (c == '[' && !postgres) {
            return limited(sql.indexOf(']', at));
        }
        return c == '$' && postgres ? behindDollar(at) : at + 1;
    }

    private int behindDollar(int at) {
        int tag = at + 1;
        while (tag < sql.length() && Lexer.isWordPart(sql.charAt(tag)) && sql.charAt(tag) != '$') {
            tag++;
        }
        boolean parameter = tag >= sql.length() || sql.charAt(tag) != '$' || startsWithDigit(at + 1);
        if (parameter) {
            return at + 1;
        }
        String mark = sql.substring(at, tag + 1);
        return limited(sql.indexOf(mark, tag + 1) + mark.length() - 1);
    }

    private boolean startsWithDigit(int at) {
        return at < sql.length() && sql.charAt(at) >= '0' && sql.charAt(at) <= '9';
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

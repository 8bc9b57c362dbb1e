package dev.wellhead.pool;

/**
 * Splits SQL into tokens and leaves out white space and comments. Goes over the text once and copies nothing of it; what
 * is not closed reaches to the end. Not thread-safe.
 */
final class SqlScanner {
    /*
     * Where the databases differ, and text that one of them skips is code to another, the dialect decides:
     *
     *   PostgreSQL  block comments nest; dollar quotes; E'' knows the backslash, also in the pieces that continue it on
     *               later lines; a line comment ends at a carriage return, too. The backslash in plain literals is
     *               a character, as it has been by default since 9.1 (standard_conforming_strings).
     *   SQLite      names also in `` and in []
     *   others      names also in ``. A backslash before a quote, # and /*! mean one thing to MySQL and another to the
     *               standard: then the scanner says that it is in doubt.
     */
    enum Token {
        WORD,
        LITERAL,
        QUOTED_NAME,
        OPEN,
        CLOSE,
        COMMA,
        DOT,
        EQUALS,
        SEMICOLON,
        OTHER,
        END
    }

    private final String sql;
    private final SqlDialect dialect;
    private int at;
    private int start;
    private int contentStart;
    private int contentEnd;
    private boolean inDoubt;

    SqlScanner(String sql, SqlDialect dialect) {
        this.sql = sql;
        this.dialect = dialect;
    }

    /** Returns whether there is more than one statement, as far as semicolons tell. */
    static boolean isScript(String sql, SqlDialect dialect) {
        int semicolon = sql.indexOf(';');
        if (semicolon < 0 || semicolon == sql.length() - 1) {
            return false;
        }
        SqlScanner scanner = new SqlScanner(sql, dialect);
        boolean ended = false;
        for (Token token = scanner.next(); token != Token.END; token = scanner.next()) {
            if (ended && token != Token.SEMICOLON) {
                return true;
            }
            ended |= token == Token.SEMICOLON;
        }
        return false;
    }

    /** Moves on to the next token. */
    Token next() {
        skipBlanks();
        start = at;
        if (at >= sql.length()) {
            return Token.END;
        }
        char c = sql.charAt(at);
        if (isWordStart(c)) {
            return word();
        }
        if (c == '$' && dialect == SqlDialect.POSTGRES && isDollarQuote()) {
            return Token.LITERAL;
        }
        at++;
        return switch (c) {
            case '\'' -> literal(afterQuote(c));
            case '"' -> quotedName(c);
            case '`' -> dialect == SqlDialect.POSTGRES ? Token.OTHER : quotedName(c);
            case '[' -> dialect == SqlDialect.SQLITE ? quotedName(']') : Token.OTHER;
            case '(' -> Token.OPEN;
            case ')' -> Token.CLOSE;
            case ',' -> Token.COMMA;
            case '.' -> Token.DOT;
            case '=' -> Token.EQUALS;
            case ';' -> Token.SEMICOLON;
            default -> {
                inDoubt |= c == '#' && dialect == SqlDialect.OTHER;
                yield Token.OTHER;
            }
        };
    }

    /** Returns whether the current token is this word, which is given in lower case. */
    boolean is(String word) {
        return at - start == word.length() && startsWith(word);
    }

    /** Returns whether the current token begins with this word, which is given in lower case. */
    boolean startsWith(String word) {
        if (at - start < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (lower(sql.charAt(start + i)) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Has the current token reach to here. */
    void extendTo(int end) {
        at = end;
    }

    int start() {
        return start;
    }

    int end() {
        return at;
    }

    /** Returns what stands between the quotes of the current literal. */
    String content() {
        return sql.substring(contentStart, contentEnd);
    }

    /** Returns whether something was met that another database may read in another way. */
    boolean isInDoubt() {
        return inDoubt;
    }

    /** Returns the letter as keywords are compared: beyond ASCII nothing is the same as something else. */
    static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= 0x80 && c != '\uFEFF');
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    // SQLite takes a byte order mark for white space; nobody means anything else by it.
    private static boolean isBlank(char c) {
        return c <= ' ' || c == '\uFEFF';
    }

    private boolean isWordStart(char c) {
        return isLetter(c) || (c == '$' && dialect != SqlDialect.POSTGRES);
    }

    private boolean isAt(int index, char c) {
        return index < sql.length() && sql.charAt(index) == c;
    }

    private Token word() {
        do {
            at++;
        } while (at < sql.length() && isWordPart(sql.charAt(at)));
        if (dialect == SqlDialect.POSTGRES && is("e") && isAt(at, '\'')) {
            at++;
            return literal(afterEscapingQuote());
        }
        return Token.WORD;
    }

    static boolean isWordPart(char c) {
        return isLetter(c) || isDigit(c) || c == '$';
    }

    private void skipBlanks() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (isBlank(c)) {
                at++;
            } else if (c == '-' && isAt(at + 1, '-')) {
                at = lineEnd(at + 2);
            } else if (c == '/' && isAt(at + 1, '*')) {
                skipBlockComment();
            } else {
                return;
            }
        }
    }

    private int lineEnd(int from) {
        int end = from;
        while (end < sql.length() && !isLineEnd(sql.charAt(end))) {
            end++;
        }
        return end;
    }

    private boolean isLineEnd(char c) {
        return c == '\n' || (c == '\r' && dialect != SqlDialect.SQLITE);
    }

    private void skipBlockComment() {
        at += 2;
        inDoubt |= dialect == SqlDialect.OTHER && isAt(at, '!');
        int depth = 1;
        while (at < sql.length() && depth > 0) {
            if (isAt(at, '*') && isAt(at + 1, '/')) {
                depth--;
                at += 2;
            } else if (dialect == SqlDialect.POSTGRES && isAt(at, '/') && isAt(at + 1, '*')) {
                depth++;
                at += 2;
            } else {
                at++;
            }
        }
    }

    private Token literal(int after) {
        contentStart = Math.min(at, sql.length());
        contentEnd = Math.max(contentStart, isAt(after - 1, '\'') ? after - 1 : after);
        at = after;
        return Token.LITERAL;
    }

    private Token quotedName(char quote) {
        at = afterQuote(quote);
        return Token.QUOTED_NAME;
    }

    /** Returns the index after the quote that ends what begins here; two quotes in a row are a character of it. */
    private int afterQuote(char quote) {
        int found = sql.indexOf(quote, at);
        while (found >= 0) {
            inDoubt |= dialect == SqlDialect.OTHER && found > at && sql.charAt(found - 1) == '\\';
            if (quote == ']' || !isAt(found + 1, quote)) {
                return found + 1;
            }
            found = sql.indexOf(quote, found + 2);
        }
        return sql.length();
    }

    /** Returns the index after an E'' that begins here. */
    private int afterEscapingQuote() {
        int i = at;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            if (c == '\\' || (c == '\'' && isAt(i + 1, '\''))) {
                i += 2;
            } else if (c == '\'') {
                int more = continuation(i + 1);
                if (more < 0) {
                    return i + 1;
                }
                i = more;
            } else {
                i++;
            }
        }
        return sql.length();
    }

    /** Returns where a literal goes on after white space with a line break in it, -1 if it does not. */
    private int continuation(int from) {
        boolean broken = false;
        int i = from;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            if (c == '-' && isAt(i + 1, '-')) {
                i = lineEnd(i + 2);
            } else if (isBlank(c)) {
                broken |= isLineEnd(c);
                i++;
            } else {
                return broken && c == '\'' ? i + 1 : -1;
            }
        }
        return -1;
    }

    /** Moves behind $$...$$ or $tag$...$tag$ if one begins here. */
    private boolean isDollarQuote() {
        int i = at + 1;
        if (i < sql.length() && isLetter(sql.charAt(i))) {
            do {
                i++;
            } while (i < sql.length() && (isLetter(sql.charAt(i)) || isDigit(sql.charAt(i))));
        }
        if (!isAt(i, '$')) {
            return false;
        }
        String tag = sql.substring(at, i + 1);
        int close = sql.indexOf(tag, i + 1);
        contentStart = i + 1;
        contentEnd = close < 0 ? sql.length() : close;
        at = close < 0 ? sql.length() : close + tag.length();
        return true;
    }
}

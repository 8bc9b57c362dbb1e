package dev.wellhead.pool;

import java.util.ArrayList;
import java.util.List;

/**
 * A piece of SQL for those who look at whole statements, such as the readers of plans and conditions: what {@link
 * SqlScanner} tells apart, with the rest of the text put together to numbers, places for values and operators.
 */
record SqlToken(Kind kind, int start, int end, String text) {
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
        /** An operator, or one character of punctuation. */
        SYMBOL
    }

    /** Returns the tokens of the text, comments left out. Never fails: what is unfinished reaches to the end. */
    static List<SqlToken> of(String sql, SqlDialect dialect) {
        List<SqlToken> tokens = new ArrayList<>();
        SqlScanner scanner = new SqlScanner(sql, dialect);
        for (SqlScanner.Token token = scanner.next(); token != SqlScanner.Token.END; token = scanner.next()) {
            Kind kind = kind(token, sql, scanner);
            tokens.add(
                    new SqlToken(kind, scanner.start(), scanner.end(), sql.substring(scanner.start(), scanner.end())));
        }
        return tokens;
    }

    private static Kind kind(SqlScanner.Token token, String sql, SqlScanner scanner) {
        return switch (token) {
            // A dollar begins a word where it begins no quote.
            case WORD -> sql.charAt(scanner.start()) == '$' ? Kind.PLACEHOLDER : Kind.WORD;
            case LITERAL -> Kind.TEXT;
            case QUOTED_NAME -> Kind.QUOTED;
            default -> rest(sql, scanner);
        };
    }

    /** Takes the characters that belong to the one that the scanner stands behind. */
    private static Kind rest(String sql, SqlScanner scanner) {
        int end = scanner.end();
        char c = sql.charAt(scanner.start());
        if (SqlScanner.isDigit(c)) {
            scanner.extendTo(wordEnd(sql, end));
            return Kind.NUMBER;
        }
        switch (c) {
            case '?' -> {
                // How PostgreSQL's driver wants its operator written.
                boolean operator = sql.startsWith("?", end);
                scanner.extendTo(operator ? end + 1 : digitsEnd(sql, end));
                return operator ? Kind.SYMBOL : Kind.PLACEHOLDER;
            }
            case '$', ':' -> {
                int name = wordEnd(sql, end);
                boolean cast = c == ':' && sql.startsWith(":", end);
                scanner.extendTo(cast ? end + 1 : name);
                return name == end ? Kind.SYMBOL : Kind.PLACEHOLDER;
            }
            default -> {
                scanner.extendTo(OPERATOR.indexOf(c) < 0 ? end : operatorEnd(sql, end));
                return Kind.SYMBOL;
            }
        }
    }

    private static int wordEnd(String sql, int from) {
        int end = from;
        while (end < sql.length() && SqlScanner.isWordPart(sql.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int digitsEnd(String sql, int from) {
        int end = from;
        while (end < sql.length() && SqlScanner.isDigit(sql.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int operatorEnd(String sql, int from) {
        int end = from;
        while (end < sql.length()
                && OPERATOR.indexOf(sql.charAt(end)) >= 0
                && !sql.startsWith("--", end)
                && !sql.startsWith("/*", end)) {
            end++;
        }
        return end;
    }

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

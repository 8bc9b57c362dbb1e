package dev.wellhead.migrate.internal;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.internal.SqlStatement.Span;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits a script into statements as psql and sqlite3 do, in one pass and time linear in the script's length. Between
 * the statements it finds lie only white space, comments, semicolons and the end marks of COPY data.
 *
 * <p>Takes PostgreSQL's {@code standard_conforming_strings} to be on, its default: backslashes escape in {@code E''} only.
 */
public final class Lexer {
    private static final int TOKENS_KEPT = 32;
    private static final char NONE = '\0';

    private final CharSequence text;
    private final int length;
    private final boolean postgres;
    private final List<SqlStatement> statements = new ArrayList<>();

    private int at;
    private int line = 1;

    // The statement being read; start is -1 between statements.
    private int start = -1;
    private int startLine;
    private int end;
    private List<String> tokens = new ArrayList<>();
    private String last = "";
    private String beforeLast = "";
    private int parentheses;
    private int parenthesisLine;
    private int blocks;
    private boolean copiesFromStdin;

    private Lexer(CharSequence text, Dialect dialect) {
        this.text = text;
        this.length = text.length();
        this.postgres = dialect == Dialect.POSTGRESQL;
    }

    /**
     * Returns the statements of the script in their order.
     *
     * @throws ScriptException if a quote, comment, parenthesis, body or data block does not end, or at a command of psql
     *     or sqlite3, or at a NUL character
     */
    public static List<SqlStatement> split(CharSequence script, Dialect dialect) throws ScriptException {
        Lexer lexer = new Lexer(script, dialect);
        lexer.run();
        return List.copyOf(lexer.statements);
    }

    private void run() throws ScriptException {
        if (charAt(0) == '\uFEFF') {
            advanceTo(1);
        }
        while (at < length) {
            char c = text.charAt(at);
            if (isSpace(c)) {
                advanceTo(at + 1);
            } else if (c == '-' && charAt(at + 1) == '-') {
                lineComment();
            } else if (c == '/' && charAt(at + 1) == '*') {
                blockComment();
            } else if (c == ';' && endsStatement()) {
                semicolon();
            } else {
                token(c);
            }
        }
        endOfScript();
    }

    private boolean endsStatement() {
        if (postgres) {
            return parentheses == 0 && blocks == 0;
        }
        // A trigger's body ends with "; END", and nothing else in it does: the END of a CASE follows an expression.
        return !isTrigger() || (last.equals("END") && beforeLast.equals(";"));
    }

    private void semicolon() throws ScriptException {
        advanceTo(at + 1);
        if (start >= 0) {
            add(copiesFromStdin ? copyData() : null);
        }
    }

    private void endOfScript() throws ScriptException {
        if (start < 0) {
            return;
        }
        if (parentheses > 0) {
            throw new ScriptException(parenthesisLine, "a parenthesis is opened here and not closed");
        }
        if (blocks > 0) {
            throw new ScriptException(startLine, "the BEGIN ATOMIC of the statement that starts here has no END");
        }
        if (!postgres && !endsStatement()) {
            throw new ScriptException(startLine, "the body of the trigger that starts here does not end with '; END'");
        }
        if (copiesFromStdin) {
            throw new ScriptException(startLine, "COPY ... FROM stdin without a semicolon and data lines after it");
        }
        add(null);
    }

    private void add(@Nullable Span data) {
        Span span = new Span(start, end);
        statements.add(new SqlStatement(startLine, span, span.of(text), List.copyOf(tokens), data));
        start = -1;
        tokens = new ArrayList<>();
        last = "";
        beforeLast = "";
        parentheses = 0;
        blocks = 0;
        copiesFromStdin = false;
    }

    private void token(char c) throws ScriptException {
        if (start < 0) {
            refuseShellCommand(c);
            start = at;
            startLine = line;
        }
        if (isWordStart(c)) {
            word();
        } else if (c == '\'' || c == '"' || (c == '`' && !postgres)) {
            keep(String.valueOf(c));
            quoted(c, false);
        } else if (c == '[' && !postgres) {
            keep("[");
            bracketed();
        } else if (c == '$' && postgres) {
            dollar();
        } else {
            punctuation(c);
        }
        end = at;
    }

    private void punctuation(char c) throws ScriptException {
        if (c == '\\' && postgres) {
            throw new ScriptException(line, "'" + command() + "' is a command of psql, not SQL");
        }
        if (c == '(') {
            parenthesisLine = parentheses == 0 ? line : parenthesisLine;
            // In SQLite a semicolon ends a statement wherever it stands.
            parentheses += postgres ? 1 : 0;
        } else if (c == ')' && parentheses > 0) {
            parentheses--;
        }
        keep(String.valueOf(c));
        advanceTo(at + 1);
    }

    private void word() throws ScriptException {
        int from = at;
        int to = at + 1;
        while (to < length && isWordPart(text.charAt(to))) {
            to++;
        }
        String word = capitals(from, to);
        advanceTo(to);
        if (postgres && word.equals("E") && charAt(at) == '\'') {
            keep("'");
            escapedString();
            return;
        }
        if (postgres) {
            trackBody(word);
            // Only where it means the stream: a table may bear the name stdin in a subquery.
            copiesFromStdin |= word.equals("STDIN") && last.equals("FROM") && parentheses == 0 && startsWith("COPY");
        }
        keep(word);
    }

    private void trackBody(String word) {
        if (blocks == 0) {
            if (word.equals("ATOMIC") && last.equals("BEGIN") && isRoutine()) {
                blocks = 1;
            }
            return;
        }
        // After AS or a dot any word is a name.
        if (last.equals("AS") || last.equals(".")) {
            return;
        }
        if (word.equals("CASE")) {
            blocks++;
        } else if (word.equals("END")) {
            blocks--;
        }
    }

    private boolean isRoutine() {
        int kind = startsWith("CREATE", "OR", "REPLACE") ? 3 : 1;
        return startsWith("CREATE")
                && tokens.size() > kind
                && (tokens.get(kind).equals("FUNCTION") || tokens.get(kind).equals("PROCEDURE"));
    }

    private boolean isTrigger() {
        return startsWith("CREATE", "TRIGGER")
                || startsWith("CREATE", "TEMP", "TRIGGER")
                || startsWith("CREATE", "TEMPORARY", "TRIGGER");
    }

    private boolean startsWith(String... words) {
        if (tokens.size() < words.length) {
            return false;
        }
        for (int i = 0; i < words.length; i++) {
            if (!tokens.get(i).equals(words[i])) {
                return false;
            }
        }
        return true;
    }

    private void keep(String token) {
        if (tokens.size() < TOKENS_KEPT) {
            tokens.add(token);
        }
        beforeLast = last;
        last = token;
    }

    /** From the opening quote to behind the closing one, doubled quotes and, if they escape, backslashes inside. */
    private void quoted(char quote, boolean backslashEscapes) throws ScriptException {
        int i = at + 1;
        while (i < length) {
            char c = text.charAt(i);
            if (c == quote && charAt(i + 1) != quote) {
                advanceTo(i + 1);
                return;
            }
            i += c == quote || (c == '\\' && backslashEscapes) ? 2 : 1;
        }
        throw new ScriptException(line, "a quote " + quote + " is opened here and not closed");
    }

    /** PostgreSQL joins strings with a line end between them, and all of them read backslashes as the first one does. */
    private void escapedString() throws ScriptException {
        quoted('\'', true);
        for (int next = continuation(); next >= 0; next = continuation()) {
            advanceTo(next);
            quoted('\'', true);
        }
    }

    private int continuation() {
        boolean newLine = false;
        int i = at;
        while (i < length) {
            char c = text.charAt(i);
            if (c == '-' && charAt(i + 1) == '-') {
                i = endOfLine(i);
            } else if (isSpace(c)) {
                newLine |= c == '\n' || c == '\r';
                i++;
            } else {
                return newLine && c == '\'' ? i : -1;
            }
        }
        return -1;
    }

    private void bracketed() throws ScriptException {
        int close = indexOf("]", at + 1);
        if (close < 0) {
            throw new ScriptException(line, "a quote [ is opened here and not closed");
        }
        advanceTo(close + 1);
    }

    private void dollar() throws ScriptException {
        int tagEnd = at + 1;
        if (isWordStart(charAt(tagEnd))) {
            while (isWordPart(charAt(tagEnd)) && charAt(tagEnd) != '$') {
                tagEnd++;
            }
        }
        if (charAt(tagEnd) != '$') {
            // A parameter as $1, or a lone dollar.
            punctuation('$');
            return;
        }
        String tag = text.subSequence(at, tagEnd + 1).toString();
        int close = indexOf(tag, tagEnd + 1);
        if (close < 0) {
            throw new ScriptException(line, "the dollar quote " + tag + " is opened here and not closed");
        }
        keep("$");
        advanceTo(close + tag.length());
    }

    private void lineComment() throws ScriptException {
        int to = endOfLine(at);
        if (!postgres) {
            for (int i = at; i < to - 1; i++) {
                if (text.charAt(i) == '\r') {
                    throw new ScriptException(
                            line, "a carriage return does not end a comment of SQLite, as it seems to; use line feeds");
                }
            }
        }
        advanceTo(to);
    }

    private int endOfLine(int from) {
        int i = from;
        while (i < length && text.charAt(i) != '\n' && !(postgres && text.charAt(i) == '\r')) {
            i++;
        }
        return i;
    }

    private void blockComment() throws ScriptException {
        int depth = 1;
        int i = at + 2;
        while (i < length && depth > 0) {
            char c = text.charAt(i);
            if (c == '*' && charAt(i + 1) == '/') {
                depth--;
                i += 2;
            } else if (postgres && c == '/' && charAt(i + 1) == '*') {
                depth++;
                i += 2;
            } else {
                i++;
            }
        }
        // SQLite takes the end of the script for the end of the comment.
        if (depth > 0 && postgres) {
            throw new ScriptException(line, "a comment is opened here and not closed");
        }
        advanceTo(i);
    }

    private Span copyData() throws ScriptException {
        int i = at;
        while (charAt(i) == ' ' || charAt(i) == '\t' || charAt(i) == '\r') {
            i++;
        }
        if (charAt(i) != '\n') {
            throw new ScriptException(
                    startLine, "COPY ... FROM stdin must be followed by its data on the lines below, and nothing else");
        }
        int dataStart = i + 1;
        int lineStart = dataStart;
        while (lineStart < length) {
            int lineEnd = indexOf("\n", lineStart);
            int next = lineEnd < 0 ? length : lineEnd + 1;
            if (isEndOfData(lineStart, lineEnd < 0 ? length : lineEnd)) {
                advanceTo(next);
                return new Span(dataStart, lineStart);
            }
            lineStart = next;
        }
        throw new ScriptException(startLine, "the data of COPY ... FROM stdin does not end with a line of \\.");
    }

    private boolean isEndOfData(int lineStart, int lineEnd) {
        int to = lineEnd > lineStart && text.charAt(lineEnd - 1) == '\r' ? lineEnd - 1 : lineEnd;
        return to - lineStart == 2 && text.charAt(lineStart) == '\\' && text.charAt(lineStart + 1) == '.';
    }

    private void refuseShellCommand(char c) throws ScriptException {
        boolean startsLine = at == 0 || text.charAt(at - 1) == '\n' || text.charAt(at - 1) == '\uFEFF';
        if (!postgres && c == '.' && startsLine && isWordStart(charAt(at + 1))) {
            throw new ScriptException(line, "'" + command() + "' is a command of sqlite3, not SQL");
        }
    }

    private String command() {
        int to = at + 1;
        while (to < length && to < at + 32 && !isSpace(text.charAt(to))) {
            to++;
        }
        return text.subSequence(at, to).toString();
    }

    /** Moves on, counting lines. Every character is passed here exactly once. */
    private void advanceTo(int target) throws ScriptException {
        int to = Math.min(target, length);
        while (at < to) {
            char c = text.charAt(at);
            if (c == NONE) {
                throw new ScriptException(line, "a NUL character, which no SQL text can hold");
            }
            at++;
            if (c == '\n' || (c == '\r' && charAt(at) != '\n')) {
                line++;
            }
        }
    }

    private char charAt(int index) {
        return index < length ? text.charAt(index) : NONE;
    }

    /**
     * Returns where the word next occurs, -1 if nowhere. Linear, since none of the words looked for contains its first
     * character before its last one.
     */
    private int indexOf(String word, int from) {
        for (int i = from; i <= length - word.length(); i++) {
            int matched = 0;
            while (matched < word.length() && text.charAt(i + matched) == word.charAt(matched)) {
                matched++;
            }
            if (matched == word.length()) {
                return i;
            }
        }
        return -1;
    }

    private String capitals(int from, int to) {
        StringBuilder word = new StringBuilder(to - from);
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            word.append(c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c);
        }
        return word.toString();
    }

    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    private static boolean isWordStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }

    private static boolean isWordPart(char c) {
        return isWordStart(c) || (c >= '0' && c <= '9') || c == '$';
    }
}

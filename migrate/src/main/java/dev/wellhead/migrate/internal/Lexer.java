package dev.wellhead.migrate.internal;

import static dev.wellhead.migrate.internal.ScriptWindow.END;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.internal.SqlStatement.Span;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits a script into statements as psql and sqlite3 do, in one pass, in time linear in the script's length and with no
 * more of it in memory than the statement at hand. Between the statements it finds lie only white space, comments,
 * semicolons, and the data of COPY with their end marks. For one thread.
 *
 * <p>Takes PostgreSQL's {@code standard_conforming_strings} to be on, its default: backslashes escape in {@code E''} only.
 */
public final class Lexer {
    private static final int TOKENS_KEPT = 32;
    private static final int LONGEST_COMMAND = 32;

    private final ScriptWindow script;
    private final boolean postgres;
    private boolean atLineStart = true;
    private @Nullable CopyData data;

    // The statement being read; start is -1 between statements.
    private int start = -1;
    private int startLine;
    private int startColumn;
    private int end;
    private List<String> tokens = new ArrayList<>();
    private String last = "";
    private String beforeLast = "";
    private int parentheses;
    private int parenthesisLine;
    private int blocks;
    private boolean copiesFromStdin;

    /** Starts at the beginning of a script. The caller closes the reader. */
    public Lexer(Reader script, Dialect dialect) {
        this.script = new ScriptWindow(script);
        this.postgres = dialect == Dialect.POSTGRESQL;
    }

    /**
     * Returns the statements of the script in their order.
     *
     * @throws ScriptException as {@link #next()}
     */
    public static List<SqlStatement> split(CharSequence script, Dialect dialect) throws ScriptException {
        try (Reader reader = new StringReader(script.toString())) {
            Lexer lexer = new Lexer(reader, dialect);
            List<SqlStatement> statements = new ArrayList<>();
            for (SqlStatement each = lexer.next(); each != null; each = lexer.next()) {
                statements.add(each);
            }
            return List.copyOf(statements);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be read", e);
        }
    }

    /**
     * Returns the next statement, null behind the last one. Data of the one before that were not read are passed over.
     *
     * @throws ScriptException if a quote, comment, parenthesis or body does not end, or at a command of psql or sqlite3,
     *     or at a NUL character
     * @throws IOException if the script cannot be read
     */
    public @Nullable SqlStatement next() throws ScriptException, IOException {
        if (data != null) {
            data.skipRest();
            data = null;
            atLineStart = true;
        }
        if (script.at() == 0 && script.current() == '\uFEFF') {
            script.advance();
            script.startLine();
        }
        while (!script.atEnd()) {
            char c = script.current();
            if (isSpace(c)) {
                script.advance();
                atLineStart = c == '\n';
            } else if (c == '-' && script.ahead(1) == '-') {
                lineComment();
            } else if (c == '/' && script.ahead(1) == '*') {
                blockComment();
            } else if (c == ';' && endsStatement()) {
                script.advance();
                atLineStart = false;
                if (start >= 0) {
                    return ended();
                }
            } else {
                token(c);
                atLineStart = false;
            }
        }
        return start < 0 ? null : lastOne();
    }

    /**
     * Returns the lines that follow the statement just returned, which must be one that takes data. They end with a line
     * of {@code \.}, which is not among them, or with the script.
     */
    public Reader data() {
        if (data == null) {
            throw new IllegalStateException("the statement takes no data");
        }
        return data;
    }

    /** Returns the place behind what was read so far, in characters from the start. */
    int position() {
        return script.at();
    }

    private boolean endsStatement() {
        if (postgres) {
            return parentheses == 0 && blocks == 0;
        }
        // A trigger's body ends with "; END", and nothing else in it does: the END of a CASE follows an expression.
        return !isTrigger() || (last.equals("END") && beforeLast.equals(";"));
    }

    private SqlStatement ended() throws ScriptException, IOException {
        boolean takesData = copiesFromStdin;
        int firstLine = startLine;
        SqlStatement statement = taken();
        if (takesData) {
            passLineEnd(firstLine);
            data = new CopyData(script);
        }
        return statement;
    }

    private SqlStatement lastOne() throws ScriptException {
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
        return taken();
    }

    private SqlStatement taken() {
        String text = script.text(start, end);
        SqlStatement statement = new SqlStatement(
                startLine, startColumn, new Span(start, end), text, text, List.copyOf(tokens), copiesFromStdin);
        script.forget();
        start = -1;
        tokens = new ArrayList<>();
        last = "";
        beforeLast = "";
        parentheses = 0;
        blocks = 0;
        copiesFromStdin = false;
        return statement;
    }

    /** Data begin on the line below: on the rest of this one there may be a comment. */
    private void passLineEnd(int copyLine) throws ScriptException, IOException {
        while (isSpace(script.current()) && script.current() != '\n') {
            script.advance();
        }
        if (script.current() == '-' && script.ahead(1) == '-') {
            lineComment();
        }
        if (!script.atEnd() && script.current() != '\n' && script.current() != '\r') {
            throw new ScriptException(
                    copyLine, "COPY ... FROM stdin must be followed by its data on the lines below, and nothing else");
        }
        if (script.current() == '\r') {
            script.advance();
        }
        if (script.current() == '\n') {
            script.advance();
        }
    }

    private void token(char c) throws ScriptException, IOException {
        if (start < 0) {
            refuseShellCommand(c);
            start = script.at();
            startLine = script.line();
            startColumn = script.column();
            script.keep();
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
        end = script.at();
    }

    private void punctuation(char c) throws ScriptException, IOException {
        if (c == '\\' && postgres) {
            throw new ScriptException(script.line(), "'" + command() + "' is a command of psql, not SQL");
        }
        if (c == '(') {
            parenthesisLine = parentheses == 0 ? script.line() : parenthesisLine;
            // In SQLite a semicolon ends a statement wherever it stands.
            parentheses += postgres ? 1 : 0;
        } else if (c == ')' && parentheses > 0) {
            parentheses--;
        }
        keep(String.valueOf(c));
        script.advance();
    }

    private void word() throws ScriptException, IOException {
        int from = script.at();
        script.advance();
        while (isWordPart(script.current())) {
            script.advance();
        }
        String word = capitals(script.text(from, script.at()));
        if (postgres && word.equals("E") && script.current() == '\'') {
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
    private void quoted(char quote, boolean backslashEscapes) throws ScriptException, IOException {
        int opened = script.line();
        script.advance();
        while (!script.atEnd()) {
            char c = script.current();
            script.advance();
            if (c == quote) {
                if (script.current() != quote) {
                    return;
                }
                script.advance();
            } else if (c == '\\' && backslashEscapes) {
                script.advance();
            }
        }
        throw new ScriptException(opened, "a quote " + quote + " is opened here and not closed");
    }

    /** PostgreSQL joins strings with a line end between them, and all of them read backslashes as the first one does. */
    private void escapedString() throws ScriptException, IOException {
        quoted('\'', true);
        for (int distance = continuation(); distance >= 0; distance = continuation()) {
            script.advance(distance);
            quoted('\'', true);
        }
    }

    private int continuation() throws IOException {
        boolean newLine = false;
        int i = 0;
        char c = script.ahead(i);
        while (true) {
            if (c == '-' && script.ahead(i + 1) == '-') {
                while (c != END && c != '\n' && c != '\r') {
                    c = script.ahead(++i);
                }
            } else if (isSpace(c)) {
                newLine |= c == '\n' || c == '\r';
                c = script.ahead(++i);
            } else {
                return newLine && c == '\'' ? i : -1;
            }
        }
    }

    private void bracketed() throws ScriptException, IOException {
        int opened = script.line();
        while (!script.atEnd()) {
            char c = script.current();
            script.advance();
            if (c == ']') {
                return;
            }
        }
        throw new ScriptException(opened, "a quote [ is opened here and not closed");
    }

    private void dollar() throws ScriptException, IOException {
        int tagEnd = 1;
        if (isWordStart(script.ahead(tagEnd))) {
            while (isWordPart(script.ahead(tagEnd)) && script.ahead(tagEnd) != '$') {
                tagEnd++;
            }
        }
        if (script.ahead(tagEnd) != '$') {
            // A parameter as $1, or a lone dollar.
            punctuation('$');
            return;
        }
        int opened = script.line();
        int from = script.at();
        script.advance(tagEnd + 1);
        String tag = script.text(from, script.at());
        // Linear, since a tag contains its first character nowhere but at its ends.
        int matched = 0;
        while (matched < tag.length()) {
            if (script.atEnd()) {
                throw new ScriptException(opened, "the dollar quote " + tag + " is opened here and not closed");
            }
            char c = script.current();
            if (c == tag.charAt(matched)) {
                matched++;
            } else {
                matched = c == '$' ? 1 : 0;
            }
            script.advance();
        }
        keep("$");
    }

    private void lineComment() throws ScriptException, IOException {
        int opened = script.line();
        while (!script.atEnd() && script.current() != '\n' && !(postgres && script.current() == '\r')) {
            char c = script.current();
            script.advance();
            if (c == '\r' && script.current() != '\n' && !script.atEnd()) {
                throw new ScriptException(
                        opened, "a carriage return does not end a comment of SQLite, as it seems to; use line feeds");
            }
        }
    }

    private void blockComment() throws ScriptException, IOException {
        int opened = script.line();
        script.advance(2);
        int depth = 1;
        while (depth > 0) {
            if (script.atEnd()) {
                // SQLite takes the end of the script for the end of the comment.
                if (postgres) {
                    throw new ScriptException(opened, "a comment is opened here and not closed");
                }
                return;
            }
            char c = script.current();
            script.advance();
            if (c == '*' && script.current() == '/') {
                depth--;
                script.advance();
            } else if (postgres && c == '/' && script.current() == '*') {
                depth++;
                script.advance();
            }
        }
        atLineStart = false;
    }

    private void refuseShellCommand(char c) throws ScriptException, IOException {
        if (!postgres && c == '.' && atLineStart && isWordStart(script.ahead(1))) {
            throw new ScriptException(script.line(), "'" + command() + "' is a command of sqlite3, not SQL");
        }
    }

    private String command() throws IOException {
        StringBuilder command = new StringBuilder();
        char c = script.current();
        while (c != END && !isSpace(c) && command.length() < LONGEST_COMMAND) {
            command.append(c);
            c = script.ahead(command.length());
        }
        return command.toString();
    }

    private static String capitals(String word) {
        StringBuilder capitals = new StringBuilder(word.length());
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            capitals.append(c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c);
        }
        return capitals.toString();
    }

    static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    static boolean isWordStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }

    static boolean isWordPart(char c) {
        return isWordStart(c) || (c >= '0' && c <= '9') || c == '$';
    }
}

package dev.wellhead.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Takes a script as {@code pg_dump} writes it apart into its statements, as {@code psql} would. For one call of {@link
 * #statements}.
 */
final class SqlScript {
    // They fence the script off from psql's commands, and do nothing else.
    private static final Set<String> FENCES = Set.of("restrict", "unrestrict");

    private final String text;
    private final List<String> statements = new ArrayList<>();
    private final List<String> words = new ArrayList<>();
    private int at;
    private int start = -1;
    private int parentheses;
    private int blocks;

    private SqlScript(String text) {
        this.text = text;
    }

    /**
     * Returns the statements, without the semicolons behind them.
     *
     * @throws IOException if there is a command for {@code psql} among them, or the last one has no end
     */
    static List<String> statements(String text) throws IOException {
        return new SqlScript(text).split();
    }

    private List<String> split() throws IOException {
        while (at < text.length()) {
            step(text.charAt(at));
        }
        if (start >= 0) {
            throw new IOException("the script ends in the middle of a statement: " + shown(text.substring(start)));
        }
        return statements;
    }

    private void step(char c) throws IOException {
        if (Character.isWhitespace(c)) {
            at++;
        } else if (text.startsWith("--", at)) {
            at = endOfLine();
        } else if (text.startsWith("/*", at)) {
            at = endOfComment();
        } else if (c == '\\') {
            command();
        } else if (c == ';' && parentheses == 0 && blocks == 0) {
            end();
        } else {
            start = start < 0 ? at : start;
            token(c);
        }
    }

    private void token(char c) throws IOException {
        if (c == '\'') {
            at = endOfQuotes('\'', at + 1, false);
        } else if ((c == 'E' || c == 'e') && text.startsWith("'", at + 1)) {
            at = endOfQuotes('\'', at + 2, true);
        } else if (c == '"') {
            at = endOfQuotes('"', at + 1, false);
        } else if (c == '$') {
            at = endOfDollars();
        } else if (isWord(c)) {
            word();
        } else {
            parentheses += c == '(' ? 1 : c == ')' ? -1 : 0;
            at++;
        }
    }

    private void end() {
        if (start >= 0) {
            statements.add(text.substring(start, at));
        }
        at++;
        start = -1;
        parentheses = 0;
        blocks = 0;
        words.clear();
    }

    private void command() throws IOException {
        int end = endOfLine();
        String line = text.substring(at + 1, end).strip();
        String name = line.split("\\s", 2)[0];
        if (start >= 0 || !FENCES.contains(name)) {
            throw new IOException("the script holds \\" + shown(name) + ", a command that only psql knows");
        }
        at = end;
    }

    // The body of a function in SQL has semicolons of its own.
    private void word() {
        int end = at;
        while (end < text.length() && (isWord(text.charAt(end)) || text.charAt(end) == '$')) {
            end++;
        }
        String word = text.substring(at, end).toLowerCase(Locale.ROOT);
        if (words.size() < 4) {
            words.add(word);
        }
        if (parentheses == 0 && makesRoutine()) {
            if (word.equals("begin") || (word.equals("case") && blocks > 0)) {
                blocks++;
            } else if (word.equals("end") && blocks > 0) {
                blocks--;
            }
        }
        at = end;
    }

    private boolean makesRoutine() {
        String begin = String.join(" ", words) + " ";
        return begin.matches("create (or replace )?(function|procedure) .*");
    }

    private int endOfLine() {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }

    private int endOfComment() throws IOException {
        int depth = 0;
        for (int i = at; i < text.length() - 1; i++) {
            if (text.startsWith("/*", i)) {
                depth++;
                i++;
            } else if (text.startsWith("*/", i)) {
                depth--;
                i++;
                if (depth == 0) {
                    return i + 1;
                }
            }
        }
        throw open("comment");
    }

    private int endOfQuotes(char quote, int from, boolean escapes) throws IOException {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && escapes) {
                i++;
            } else if (c == quote && text.startsWith(String.valueOf(quote), i + 1)) {
                i++;
            } else if (c == quote) {
                return i + 1;
            }
        }
        throw open("text");
    }

    private int endOfDollars() throws IOException {
        int tag = at + 1;
        while (tag < text.length() && isWord(text.charAt(tag))) {
            tag++;
        }
        boolean parameter = at + 1 < text.length() && Character.isDigit(text.charAt(at + 1));
        if (parameter || tag == text.length() || text.charAt(tag) != '$') {
            return at + 1;
        }
        String delimiter = text.substring(at, tag + 1);
        int end = text.indexOf(delimiter, tag + 1);
        if (end < 0) {
            throw open("text");
        }
        return end + delimiter.length();
    }

    private IOException open(String what) {
        return new IOException("the script ends in the middle of a " + what + ": " + shown(text.substring(at)));
    }

    private static boolean isWord(char c) {
        return c == '_' || c >= 0x80 || Character.isLetterOrDigit(c);
    }

    private static String shown(String piece) {
        return piece.length() <= 60 ? piece : piece.substring(0, 60) + "...";
    }
}

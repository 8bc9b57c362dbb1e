package dev.wellhead.migrate.internal;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.jdbc.internal.SqlErrors;
import dev.wellhead.migrate.internal.SqlTokens.Kind;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a host puts into statements for names that stand in them. A script is split before, as it is written, so a value
 * cannot move the border of a statement. Immutable.
 */
public final class Placeholders {
    /** Of a migrator that has none: statements are sent as they stand. */
    public static final Placeholders NONE = new Placeholders(Map.of(), "", "");

    // Causes may form a circle.
    private static final int DEEPEST = 8;
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");
    // Without those of comments, strings, names in quotes, and with no dollar where one of a dollar quote may follow.
    private static final Pattern PREFIX = Pattern.compile("[${}<>%@#:!~^&|=?]{0,7}[{}<>%@#:!~^&|=?]");
    private static final Pattern SUFFIX = Pattern.compile("[{}<>%@#:!~^&|=?]{1,8}");

    private final Map<String, String> values;
    private final String prefix;
    private final String suffix;
    // The longest first, so that none is left half where it contains another.
    private final List<Map.Entry<String, String>> hidden;

    private Placeholders(Map<String, String> values, String prefix, String suffix) {
        this.values = values;
        this.prefix = prefix;
        this.suffix = suffix;
        this.hidden = values.entrySet().stream()
                .filter(each -> !each.getValue().isEmpty())
                .sorted(Comparator.comparing(each -> -each.getValue().length()))
                .toList();
    }

    /**
     * Checks and returns placeholders.
     *
     * @throws IllegalArgumentException at a name, a prefix or a suffix that could be mistaken for SQL, or a NUL character
     */
    public static Placeholders of(Map<String, String> values, String prefix, String suffix) {
        requireSigns("prefix", prefix, PREFIX);
        requireSigns("suffix", suffix, SUFFIX);
        Map<String, String> copy = Map.copyOf(values);
        copy.forEach((name, value) -> {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "a placeholder's name must be a letter and then letters, digits, underscores and dots, was '"
                                + name + "'");
            }
            if (value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("the value of placeholder '" + name + "' must have no NUL");
            }
        });
        return new Placeholders(copy, prefix, suffix);
    }

    private static void requireSigns(String which, String given, Pattern allowed) {
        if (!allowed.matcher(given).matches()) {
            throw new IllegalArgumentException("the " + which
                    + " of placeholders must be 1 to 8 of the signs {}<>%@#:!~^&|=?, a prefix also with $ but at its end,"
                    + " was '" + given + "'");
        }
    }

    /**
     * Returns the statement with the values in it; the same one if it has no placeholders.
     *
     * @throws ScriptException at a placeholder that was not given, or whose value would end what it stands in
     */
    public SqlStatement fill(SqlStatement statement, Dialect dialect) throws ScriptException {
        String written = statement.written();
        if (this == NONE || !written.contains(prefix)) {
            return statement;
        }
        String filled = new Filling(statement, dialect).all();
        if (filled.equals(written)) {
            return statement;
        }
        SqlStatement one = one(filled, statement.takesData(), dialect);
        if (one == null || one.takesData() != statement.takesData()) {
            throw new ScriptException(
                    statement.line(),
                    statement.column(),
                    "with the values of its placeholders this is no longer one statement");
        }
        return new SqlStatement(
                statement.line(),
                statement.column(),
                statement.span(),
                written,
                one.text(),
                one.tokens(),
                statement.takesData());
    }

    private static @Nullable SqlStatement one(String sql, boolean takesData, Dialect dialect) {
        try {
            List<SqlStatement> found = Lexer.split(sql + (takesData ? ";\n\\.\n" : "\n;"), dialect);
            return found.size() == 1 ? found.get(0) : null;
        } catch (ScriptException e) {
            // Its words may be those of a value.
            return null;
        }
    }

    /** Returns the text with the names of placeholders where their values stand. */
    public String redacted(String words) {
        String result = words;
        for (Map.Entry<String, String> each : hidden) {
            if (result.contains(each.getValue())) {
                result = result.replace(each.getValue(), prefix + each.getKey() + suffix);
            }
        }
        return result;
    }

    /** Returns the error, or if its words have a value in them, one like it that has the name there, and no cause. */
    public SQLException redacted(SQLException error) {
        // That the database is busy is seen by the driver's class, and says nothing of the statement.
        if (hidden.isEmpty() || SqlErrors.isSqliteBusy(error)) {
            return error;
        }
        if (!hasValue(error, DEEPEST)) {
            return error;
        }
        SQLException clean = new SQLException(
                redacted(String.valueOf(error.getMessage())), error.getSQLState(), error.getErrorCode());
        clean.setStackTrace(error.getStackTrace());
        return clean;
    }

    private boolean hasValue(@Nullable Throwable error, int depth) {
        if (error == null || depth == 0) {
            return false;
        }
        String words = String.valueOf(error.getMessage());
        return !redacted(words).equals(words)
                || hasValue(error.getCause(), depth - 1)
                || (error instanceof SQLException sql && hasValue(sql.getNextException(), depth - 1))
                || Arrays.stream(error.getSuppressed()).anyMatch(each -> hasValue(each, depth - 1));
    }

    /** One statement that is being filled. */
    private final class Filling {
        private final SqlStatement statement;
        private final String written;
        private final SqlTokens tokens;
        private final boolean postgres;
        private final StringBuilder filled = new StringBuilder();

        Filling(SqlStatement statement, Dialect dialect) {
            this.statement = statement;
            this.written = statement.written();
            this.postgres = dialect == Dialect.POSTGRESQL;
            this.tokens = SqlTokens.of(written, postgres);
        }

        String all() throws ScriptException {
            int at = 0;
            for (int i = 0; i < tokens.size(); i++) {
                int start = tokens.start(i);
                int end = start + tokens.text(i).length();
                if (at <= start) {
                    // White space and comments.
                    filled.append(written, at, start);
                    at = start;
                }
                boolean quoted = tokens.kind(i) == Kind.TEXT || tokens.kind(i) == Kind.NAME;
                at = at == start && quoted ? quoted(start, end) : plain(at, end);
            }
            return filled.append(written, Math.min(at, written.length()), written.length())
                    .toString();
        }

        private int plain(int from, int end) throws ScriptException {
            int at = from;
            while (at < end) {
                if (written.startsWith(prefix, at)) {
                    filled.append(value(at));
                    at = behind(at);
                } else {
                    filled.append(written.charAt(at++));
                }
            }
            return at;
        }

        private int quoted(int start, int end) throws ScriptException {
            int open = start;
            while ("'\"`[$".indexOf(written.charAt(open)) < 0) {
                open++;
            }
            char quote = written.charAt(open);
            String mark = quote == '$'
                    ? written.substring(open, written.indexOf('$', open + 1) + 1)
                    : String.valueOf(quote == '[' ? ']' : quote);
            boolean escapes = postgres && "EeUu".indexOf(written.charAt(start)) >= 0;
            int last = end - mark.length();
            filled.append(written, start, open + mark.length());
            int at = open + mark.length();
            int body = filled.length();
            while (at < last) {
                if (!written.startsWith(prefix, at)) {
                    filled.append(written.charAt(at++));
                    continue;
                }
                String value = value(at);
                boolean ends = quote == '$'
                        ? (filled.substring(body) + value + written.substring(behind(at), end)).indexOf(mark)
                                < filled.length() - body + value.length()
                        : value.replace(quote == '[' ? "\0" : mark + mark, "").contains(mark)
                                || (escapes && value.indexOf('\\') >= 0);
                if (ends) {
                    throw trouble(
                            at,
                            "the value of placeholder '" + name(at) + "' has " + mark
                                    + (escapes ? " or a backslash" : "") + " in it, between which it stands here");
                }
                filled.append(value);
                at = behind(at);
            }
            filled.append(written, at, Math.max(at, end));
            return Math.max(at, end);
        }

        private int behind(int at) {
            return written.indexOf(suffix, at + prefix.length()) + suffix.length();
        }

        private String name(int at) throws ScriptException {
            int from = at + prefix.length();
            int to = written.indexOf(suffix, from);
            if (to < 0 || !NAME.matcher(written).region(from, to).matches()) {
                throw trouble(at, "'" + prefix + "' is not followed by the name of a placeholder and '" + suffix + "'");
            }
            return written.substring(from, to);
        }

        private String value(int at) throws ScriptException {
            String name = name(at);
            String value = values.get(name);
            if (value == null) {
                throw trouble(at, "placeholder '" + name + "' was not given");
            }
            return value;
        }

        private ScriptException trouble(int at, String what) {
            int line = statement.line();
            int column = statement.column() + at;
            for (int i = 0; i < at; i++) {
                char c = written.charAt(i);
                if (c == '\n' || (c == '\r' && written.charAt(i + 1) != '\n')) {
                    line++;
                    column = at - i;
                }
            }
            return new ScriptException(line, column, what);
        }
    }
}

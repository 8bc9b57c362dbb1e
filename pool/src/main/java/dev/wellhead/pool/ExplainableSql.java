package dev.wellhead.pool;

import dev.wellhead.pool.SqlToken.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One statement that may be put behind EXPLAIN. The check is what keeps {@code EXPLAIN} from becoming something else: a
 * script, or a text that begins with ANALYZE.
 */
final class ExplainableSql {
    private static final Set<String> READS = Set.of("select", "with", "values", "table");
    private static final Set<String> WRITES = Set.of("insert", "update", "delete", "merge", "replace");

    private final String sql;
    private final List<SqlToken> tokens;
    private final boolean prepared;
    private final Parameters.@Nullable Snapshot parameters;

    private ExplainableSql(
            String sql, List<SqlToken> tokens, boolean prepared, Parameters.@Nullable Snapshot parameters) {
        this.sql = sql;
        this.tokens = tokens;
        this.prepared = prepared;
        this.parameters = parameters;
    }

    /**
     * Takes one statement.
     *
     * @param prepared whether question marks are places for parameters
     * @throws IllegalArgumentException if it is none that can be explained
     */
    static ExplainableSql of(String sql, SqlDialect dialect, boolean prepared) {
        List<SqlToken> tokens = SqlToken.of(sql, dialect);
        while (!tokens.isEmpty() && tokens.get(tokens.size() - 1).is(";")) {
            tokens.remove(tokens.size() - 1);
        }
        if (tokens.stream().anyMatch(token -> token.is(";"))) {
            throw refused("several statements in one text", "explain them one by one");
        }
        String first = firstWord(tokens);
        if (!READS.contains(first) && !WRITES.contains(first)) {
            throw refused(
                    first.isEmpty() ? "a text without a statement" : "a statement that begins with " + shown(first),
                    "SELECT, WITH, VALUES, TABLE, INSERT, UPDATE, DELETE and MERGE can be explained");
        }
        // Without what follows the last token: a comment left open there would swallow whatever comes after it.
        String bare = sql.substring(0, tokens.get(tokens.size() - 1).end());
        return new ExplainableSql(bare, tokens, prepared, null);
    }

    /**
     * Returns the statement with these parameters.
     *
     * @throws IllegalArgumentException if it has more or fewer places for them
     */
    ExplainableSql with(Parameters.Snapshot known) {
        if (known.count() != placeholders()) {
            throw refused(
                    "a query with " + placeholders() + " places for parameters and " + known.count() + " parameters",
                    "pass as many as it has, or none");
        }
        return new ExplainableSql(sql, tokens, prepared, known);
    }

    private static IllegalArgumentException refused(String what, String remedy) {
        return new IllegalArgumentException("query plans: cannot explain " + what + "; " + remedy);
    }

    private static String shown(String word) {
        return SqlText.shown(word.length() > 20 ? word.substring(0, 20) : word).toUpperCase(Locale.ROOT);
    }

    private static String firstWord(List<SqlToken> tokens) {
        for (SqlToken token : tokens) {
            if (!token.is("(")) {
                return token.kind() == Kind.WORD ? token.text().toLowerCase(Locale.ROOT) : token.text();
            }
        }
        return "";
    }

    /**
     * Checks that running it changes nothing, as far as the text tells; the database has the last word.
     *
     * @throws IllegalArgumentException if it may change something, or its parameters are missing
     */
    void requireReading() {
        String remedy = "analyze runs the query; use explain, which does not";
        if (!READS.contains(firstWord(tokens))) {
            throw new IllegalArgumentException("query plans: cannot analyze a statement that begins with "
                    + shown(firstWord(tokens)) + ", only SELECT, WITH, VALUES and TABLE; " + remedy);
        }
        for (int i = 0; i < tokens.size(); i++) {
            SqlToken token = tokens.get(i);
            if (token.is("into")) {
                throw new IllegalArgumentException("query plans: cannot analyze SELECT INTO; " + remedy);
            }
            if (token.is("for") && isLocking(i + 1)) {
                throw new IllegalArgumentException("query plans: cannot analyze a query that locks rows (FOR "
                        + tokens.get(i + 1).text().toUpperCase(Locale.ROOT) + "); " + remedy);
            }
            boolean opens =
                    i > 0 && (tokens.get(i - 1).is("(") || tokens.get(i - 1).is(")"));
            if (opens
                    && token.kind() == Kind.WORD
                    && WRITES.contains(token.text().toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("query plans: cannot analyze a query that writes ("
                        + token.text().toUpperCase(Locale.ROOT) + "); " + remedy);
            }
        }
        if (placeholders() > 0 && !isBound()) {
            throw new IllegalArgumentException("query plans: cannot analyze a query without its " + placeholders()
                    + " parameters; pass them, or build the pool with captureParameters()");
        }
    }

    private boolean isLocking(int at) {
        return at < tokens.size()
                && (tokens.get(at).is("update")
                        || tokens.get(at).is("share")
                        || tokens.get(at).is("no")
                        || tokens.get(at).is("key"));
    }

    /** Returns the statement without anything behind it. */
    String sql() {
        return sql;
    }

    List<SqlToken> tokens() {
        return tokens;
    }

    boolean isPrepared() {
        return prepared;
    }

    /** Returns how many question marks want a value. */
    int placeholders() {
        if (!prepared) {
            return 0;
        }
        return (int) tokens.stream().filter(ExplainableSql::isPlace).count();
    }

    private static boolean isPlace(SqlToken token) {
        return token.kind() == Kind.PLACEHOLDER && token.text().equals("?");
    }

    /** Returns whether all parameters are known. */
    boolean isBound() {
        return parameters != null && parameters.values() != null;
    }

    Parameters.@Nullable Snapshot parameters() {
        return parameters;
    }

    /** Returns the statement as PostgreSQL itself writes one with places for parameters: {@code $1}, {@code $2}. */
    String numbered() {
        StringBuilder numbered = new StringBuilder(sql.length() + 16);
        int copied = 0;
        int number = 0;
        for (SqlToken token : tokens) {
            boolean place = isPlace(token);
            if (place || token.text().equals("??")) {
                number += place ? 1 : 0;
                numbered.append(sql, copied, token.start()).append(place ? "$" + number : "?");
                copied = token.end();
            }
        }
        return numbered.append(sql, copied, sql.length()).toString();
    }
}

package dev.wellhead.opentelemetry;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What an SQL statement does, in few words that do not depend on its values: {@code SELECT users orders}. Good enough for
 * names of spans; what it does not understand it leaves out.
 */
final class QuerySummary {
    private static final int MOST_TARGETS = 5;
    private static final int LONGEST = 255;

    private static final Set<String> OPERATIONS = Set.of(
            "SELECT",
            "INSERT",
            "UPDATE",
            "DELETE",
            "MERGE",
            "WITH",
            "VALUES",
            "TABLE",
            "CALL",
            "DO",
            "COPY",
            "TRUNCATE",
            "CREATE",
            "ALTER",
            "DROP",
            "COMMENT",
            "GRANT",
            "REVOKE",
            "REFRESH",
            "REINDEX",
            "CLUSTER",
            "VACUUM",
            "ANALYZE",
            "EXPLAIN",
            "LOCK",
            "SET",
            "RESET",
            "SHOW",
            "PRAGMA",
            "BEGIN",
            "COMMIT",
            "ROLLBACK",
            "SAVEPOINT",
            "RELEASE",
            "LISTEN",
            "NOTIFY",
            "REPLACE",
            "ATTACH",
            "DETACH");
    private static final Set<String> BEFORE_TARGETS = Set.of("FROM", "JOIN", "INTO", "UPDATE", "TABLE");
    // May stand between one of those and the name; or begin what is no name.
    private static final Set<String> PASSED_OVER = Set.of("ONLY", "IF", "NOT", "EXISTS");
    private static final Set<String> NO_TARGET =
            Set.of("SELECT", "VALUES", "LATERAL", "UNNEST", "SET", "OF", "NOWAIT", "SKIP");

    private final String operation;
    private final List<String> targets;

    private QuerySummary(String operation, List<String> targets) {
        this.operation = operation;
        this.targets = targets;
    }

    static QuerySummary of(String sql) {
        List<String> words = words(sql);
        while (!words.isEmpty() && words.get(0).equals("(")) {
            words.remove(0);
        }
        String first = words.isEmpty() ? "" : words.get(0).toUpperCase(Locale.ROOT);
        if (!OPERATIONS.contains(first)) {
            return new QuerySummary("", List.of());
        }
        Set<String> targets = new LinkedHashSet<>();
        for (int i = 0; i + 1 < words.size() && targets.size() < MOST_TARGETS; i++) {
            if (BEFORE_TARGETS.contains(words.get(i).toUpperCase(Locale.ROOT))) {
                int at = i + 1;
                while (at < words.size() && PASSED_OVER.contains(words.get(at).toUpperCase(Locale.ROOT))) {
                    at++;
                }
                if (at < words.size() && isName(words.get(at)) && !(at + 1 < words.size() && isCall(words, at))) {
                    targets.add(words.get(at));
                }
            }
        }
        return new QuerySummary(first, List.copyOf(targets));
    }

    // A function in FROM is no table; but INTO t (a, b) and CREATE TABLE t (...) name one.
    private static boolean isCall(List<String> words, int at) {
        return words.get(at + 1).equals("(") && words.get(at - 1).equalsIgnoreCase("FROM");
    }

    private static boolean isName(String word) {
        char first = word.charAt(0);
        return (Character.isLetter(first) || first == '_' || first == '"')
                && !NO_TARGET.contains(word.toUpperCase(Locale.ROOT));
    }

    /** Returns the operation in capitals; empty if it is not known. */
    String operation() {
        return operation;
    }

    /** Returns the tables in their order, not more than five. */
    List<String> targets() {
        return targets;
    }

    /** Returns operation and tables; empty if the operation is not known. */
    String text() {
        StringBuilder text = new StringBuilder(operation);
        for (String target : targets) {
            if (text.length() + 1 + target.length() > LONGEST) {
                break;
            }
            text.append(' ').append(target);
        }
        return text.toString();
    }

    /** Returns names, possibly qualified and quoted, and opening parentheses; no literals, no comments. */
    private static List<String> words(String sql) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (sql.startsWith("--", at)) {
                at = end(sql, sql.indexOf('\n', at), 1);
            } else if (sql.startsWith("/*", at)) {
                at = end(sql, sql.indexOf("*/", at + 2), 2);
            } else if (c == '\'') {
                at = end(sql, sql.indexOf('\'', at + 1), 1);
            } else if (c == '(') {
                words.add("(");
                at++;
            } else if (isPart(c) || c == '"') {
                int from = at;
                at = endOfName(sql, at);
                words.add(sql.substring(from, at));
            } else {
                at++;
            }
        }
        return words;
    }

    private static int end(String sql, int found, int length) {
        return found < 0 ? sql.length() : found + length;
    }

    private static int endOfName(String sql, int from) {
        int at = from;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == '"') {
                at = end(sql, sql.indexOf('"', at + 1), 1);
            } else if (isPart(c) || c == '.') {
                at++;
            } else {
                break;
            }
        }
        return at;
    }

    private static boolean isPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }
}

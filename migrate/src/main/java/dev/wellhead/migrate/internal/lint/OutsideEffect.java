package dev.wellhead.migrate.internal.lint;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.internal.SqlTokens.Kind;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells statements that reach beyond the database that they run in: roles, other databases, files. They must not run in a
 * trial, whose database stands on the same server as the real one. What a function does that was made elsewhere cannot be
 * seen here.
 */
public final class OutsideEffect {
    private static final Set<String> SHARED = Set.of("ROLE", "USER", "GROUP", "DATABASE", "TABLESPACE", "SUBSCRIPTION");
    private static final Set<String> FUNCTIONS = Set.of(
            "DBLINK",
            "DBLINK_EXEC",
            "DBLINK_CONNECT",
            "PG_TERMINATE_BACKEND",
            "PG_CANCEL_BACKEND",
            "PG_RELOAD_CONF",
            "PG_SWITCH_WAL",
            "LO_EXPORT",
            "PG_FILE_WRITE",
            "PG_CREATE_LOGICAL_REPLICATION_SLOT",
            "PG_CREATE_PHYSICAL_REPLICATION_SLOT",
            "PG_DROP_REPLICATION_SLOT",
            "PG_PROMOTE");
    private static final Pattern IN_A_BODY = Pattern.compile(
            "\\b(?:create|alter|drop)\\s+(?:role|user(?!\\s+mapping)|group|database|tablespace|subscription|system)\\b"
                    + "|\\bon\\s+(?:database|tablespace|parameter)\\b"
                    + "|\\b(?:dblink|dblink_exec|pg_terminate_backend|pg_cancel_backend|pg_reload_conf)\\s*\\("
                    + "|\\b(?:reassign|drop)\\s+owned\\b",
            Pattern.CASE_INSENSITIVE);

    private OutsideEffect() {}

    /** Returns what of the statement reaches out, null if nothing does. */
    public static @Nullable String of(String sql, Dialect dialect) {
        List<Token> tokens = TokenReader.read(sql, 1, dialect);
        if (tokens.isEmpty()) {
            return null;
        }
        return dialect == Dialect.POSTGRESQL ? postgres(tokens) : sqlite(tokens);
    }

    private static @Nullable String sqlite(List<Token> tokens) {
        String first = tokens.get(0).text();
        boolean out = first.equals("ATTACH") || (first.equals("VACUUM") && has(tokens, "INTO"));
        return out ? first : null;
    }

    private static @Nullable String postgres(List<Token> tokens) {
        String first = tokens.get(0).text();
        String second = tokens.size() > 1 ? tokens.get(1).text() : "";
        switch (first) {
            case "CREATE", "ALTER", "DROP" -> {
                boolean mapping = tokens.size() > 2 && tokens.get(2).is("MAPPING");
                if ((SHARED.contains(second) && !mapping) || second.equals("SYSTEM") || second.equals("OWNED")) {
                    return first + " " + second;
                }
            }
            case "GRANT", "REVOKE" -> {
                if (!has(tokens, "ON")) {
                    return first + " of a role";
                }
                for (String shared : List.of("DATABASE", "TABLESPACE", "PARAMETER")) {
                    if (follows(tokens, "ON", shared)) {
                        return first + " ON " + shared;
                    }
                }
            }
            case "COMMENT", "SECURITY" -> {
                for (String shared : SHARED) {
                    if (follows(tokens, "ON", shared)) {
                        return first + " ON " + shared;
                    }
                }
            }
            case "REASSIGN" -> {
                return "REASSIGN OWNED";
            }
            case "COPY" -> {
                if (copiesFile(tokens)) {
                    return "COPY of a file or program";
                }
            }
            case "DO" -> {
                for (Token token : tokens) {
                    if (token.kind() == Kind.TEXT
                            && IN_A_BODY.matcher(token.text()).find()) {
                        return "DO with such a command in it";
                    }
                }
            }
            default -> {}
        }
        return call(tokens);
    }

    private static @Nullable String call(List<Token> tokens) {
        for (int i = 0; i + 1 < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.kind() == Kind.WORD
                    && FUNCTIONS.contains(token.text())
                    && tokens.get(i + 1).is("(")) {
                return token.text() + "()";
            }
        }
        return null;
    }

    private static boolean copiesFile(List<Token> tokens) {
        for (int i = 0; i + 1 < tokens.size(); i++) {
            Token next = tokens.get(i + 1);
            if ((tokens.get(i).is("FROM") || tokens.get(i).is("TO"))
                    && (next.kind() == Kind.TEXT || next.is("PROGRAM"))) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(List<Token> tokens, String word) {
        return tokens.stream().anyMatch(token -> token.is(word));
    }

    private static boolean follows(List<Token> tokens, String word, String next) {
        for (int i = 0; i + 1 < tokens.size(); i++) {
            if (tokens.get(i).is(word) && tokens.get(i + 1).is(next)) {
                return true;
            }
        }
        return false;
    }
}

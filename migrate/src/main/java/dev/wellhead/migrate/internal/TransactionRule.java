package dev.wellhead.migrate.internal;

import dev.wellhead.jdbc.internal.Dialect;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells which statements cannot be part of a migration's transaction, before anything runs: those that the database
 * refuses inside one, those that would end it, and on SQLite those that change the connection and not the database. What
 * slips through here (a procedure that commits) the database refuses, and the migration is rolled back.
 */
public final class TransactionRule {
    // What these read or write is the database, or they last until the commit; every other pragma is a setting of the
    // connection, or does nothing inside a transaction.
    private static final Set<String> PRAGMAS_OF_THE_DATABASE = Set.of(
            "APPLICATION_ID",
            "DEFER_FOREIGN_KEYS",
            "FOREIGN_KEY_CHECK",
            "FOREIGN_KEY_LIST",
            "INDEX_INFO",
            "INDEX_LIST",
            "INTEGRITY_CHECK",
            "OPTIMIZE",
            "QUICK_CHECK",
            "TABLE_INFO",
            "TABLE_LIST",
            "TABLE_XINFO",
            "USER_VERSION");

    private TransactionRule() {}

    /** Returns why the statement cannot be part of a transaction, null if it can. */
    public static @Nullable String objection(SqlStatement statement, Dialect dialect) {
        String control = transactionControl(statement);
        if (control != null) {
            return control;
        }
        return dialect == Dialect.POSTGRESQL ? postgres(statement) : sqlite(statement);
    }

    private static @Nullable String transactionControl(SqlStatement statement) {
        String first = statement.token(0);
        boolean controls = switch (first) {
            case "BEGIN", "START", "COMMIT", "END", "ABORT" -> true;
            // ROLLBACK TO a savepoint stays inside.
            case "ROLLBACK" ->
                !statement.token(1).equals("TO") && !statement.token(2).equals("TO");
            case "PREPARE" -> statement.token(1).equals("TRANSACTION");
            default -> false;
        };
        return controls ? first + " begins or ends a transaction, and the migration is one already" : null;
    }

    private static @Nullable String postgres(SqlStatement statement) {
        String what = switch (statement.token(0)) {
            case "VACUUM" -> "VACUUM";
            case "CREATE", "DROP" -> created(statement);
            case "ALTER" -> altered(statement);
            case "REINDEX" -> reindexed(statement);
            case "CLUSTER" -> clusters(statement) ? "CLUSTER of all tables" : null;
            case "DISCARD" -> statement.token(1).equals("ALL") ? "DISCARD ALL" : null;
            default -> null;
        };
        return what == null ? null : what + " cannot run inside a transaction";
    }

    private static @Nullable String created(SqlStatement statement) {
        String verb = statement.token(0);
        String kind = statement.token(1);
        if (kind.equals("DATABASE") || kind.equals("TABLESPACE")) {
            return verb + " " + kind;
        }
        boolean concurrently = statement.startsWith(verb, "INDEX", "CONCURRENTLY")
                || statement.startsWith(verb, "UNIQUE", "INDEX", "CONCURRENTLY");
        return concurrently ? verb + " INDEX CONCURRENTLY" : null;
    }

    private static @Nullable String altered(SqlStatement statement) {
        if (statement.token(1).equals("SYSTEM")) {
            return "ALTER SYSTEM";
        }
        List<String> tokens = statement.tokens();
        if (statement.token(1).equals("DATABASE") && tokens.contains("TABLESPACE")) {
            return "ALTER DATABASE ... SET TABLESPACE";
        }
        int detach = tokens.indexOf("DETACH");
        boolean concurrently = statement.token(1).equals("TABLE")
                && detach > 0
                && statement.token(detach + 1).equals("PARTITION")
                && tokens.lastIndexOf("CONCURRENTLY") > detach;
        return concurrently ? "DETACH PARTITION ... CONCURRENTLY" : null;
    }

    private static @Nullable String reindexed(SqlStatement statement) {
        List<String> tokens = statement.tokens();
        if (tokens.contains("CONCURRENTLY")) {
            return "REINDEX ... CONCURRENTLY";
        }
        int options = statement.token(1).equals("(") ? tokens.indexOf(")") : 0;
        String kind = statement.token(options + 1);
        return kind.equals("DATABASE") || kind.equals("SYSTEM") || kind.equals("SCHEMA") ? "REINDEX " + kind : null;
    }

    private static boolean clusters(SqlStatement statement) {
        int size = statement.tokens().size();
        return size == 1 || (size == 2 && statement.token(1).equals("VERBOSE"));
    }

    private static @Nullable String sqlite(SqlStatement statement) {
        return switch (statement.token(0)) {
            case "VACUUM" -> "VACUUM cannot run inside a transaction";
            case "ATTACH", "DETACH" -> statement.token(0) + " changes the connection, not the database";
            case "PRAGMA" -> pragma(statement);
            default -> null;
        };
    }

    private static @Nullable String pragma(SqlStatement statement) {
        String name = statement.token(2).equals(".") ? statement.token(3) : statement.token(1);
        return PRAGMAS_OF_THE_DATABASE.contains(name)
                ? null
                : "PRAGMA " + name.toLowerCase(Locale.ROOT)
                        + " changes the connection, or does nothing inside a transaction";
    }
}

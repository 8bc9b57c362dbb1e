package dev.wellhead.migrate.internal;

import dev.wellhead.jdbc.internal.Dialect;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells how a statement stands to transactions. What slips through here (a procedure that commits, a statement of a newer
 * PostgreSQL) the database refuses inside a transaction, which the run notices and mends.
 */
public final class TransactionRule {
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
    // These do something to the file, and nothing, or an error, in a transaction.
    private static final Set<String> PRAGMAS_OF_THE_FILE =
            Set.of("AUTO_VACUUM", "INCREMENTAL_VACUUM", "JOURNAL_MODE", "PAGE_SIZE", "ENCODING", "WAL_CHECKPOINT");

    private TransactionRule() {}

    /** How a statement stands to transactions. */
    public enum Role {
        /** Runs inside a transaction. */
        TRANSACTIONAL,
        /** Runs inside a transaction too, and changes the session beyond it: what comes later needs it again. */
        SESSION,
        /** Runs outside a transaction, and changes the connection only; doing it again does no harm. */
        CONNECTION,
        /** Runs alone, outside any transaction. */
        ALONE,
        /** The script's own begin of a transaction. */
        BEGIN,
        /** The script's own commit. */
        COMMIT,
        /** The script's own rollback. */
        ROLLBACK,
        /** Cannot be part of a migration. */
        REFUSED
    }

    /** Returns the role of a statement. */
    public static Role role(SqlStatement statement, Dialect dialect) {
        Role control = transactionControl(statement);
        if (control != null) {
            return control;
        }
        if (dialect == Dialect.SQLITE) {
            return sqlite(statement);
        }
        if (statement.startsWith("DISCARD", "ALL")) {
            return Role.REFUSED;
        }
        if (objection(statement, dialect) != null) {
            return Role.ALONE;
        }
        return changesSession(statement) ? Role.SESSION : Role.TRANSACTIONAL;
    }

    /** Returns why the statement cannot be part of a transaction, null if it can. */
    public static @Nullable String objection(SqlStatement statement, Dialect dialect) {
        if (transactionControl(statement) != null) {
            return statement.token(0) + " begins or ends a transaction";
        }
        return dialect == Dialect.POSTGRESQL ? postgres(statement) : sqliteObjection(statement);
    }

    private static @Nullable Role transactionControl(SqlStatement statement) {
        return switch (statement.token(0)) {
            case "BEGIN", "START" -> Role.BEGIN;
            case "COMMIT", "END" -> statement.token(1).equals("PREPARED") ? Role.REFUSED : Role.COMMIT;
            case "ABORT" -> Role.ROLLBACK;
            // ROLLBACK TO a savepoint stays inside.
            case "ROLLBACK" ->
                statement.token(1).equals("TO") || statement.token(2).equals("TO")
                        ? null
                        : statement.token(1).equals("PREPARED") ? Role.REFUSED : Role.ROLLBACK;
            case "PREPARE" -> statement.token(1).equals("TRANSACTION") ? Role.REFUSED : null;
            default -> null;
        };
    }

    private static boolean changesSession(SqlStatement statement) {
        return switch (statement.token(0)) {
            case "SET" -> !Set.of("LOCAL", "CONSTRAINTS", "TRANSACTION").contains(statement.token(1));
            case "RESET" -> true;
            case "SELECT" ->
                statement.token(1).equals("SET_CONFIG")
                        || statement.startsWith("SELECT", "PG_CATALOG", ".", "SET_CONFIG");
            default -> false;
        };
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

    private static Role sqlite(SqlStatement statement) {
        return switch (statement.token(0)) {
            case "VACUUM" -> Role.ALONE;
            case "ATTACH", "DETACH" -> Role.CONNECTION;
            case "PRAGMA" -> {
                String name = pragmaName(statement);
                yield PRAGMAS_OF_THE_DATABASE.contains(name)
                        ? Role.TRANSACTIONAL
                        : PRAGMAS_OF_THE_FILE.contains(name) ? Role.ALONE : Role.CONNECTION;
            }
            default -> Role.TRANSACTIONAL;
        };
    }

    private static @Nullable String sqliteObjection(SqlStatement statement) {
        return switch (statement.token(0)) {
            case "VACUUM" -> "VACUUM cannot run inside a transaction";
            case "ATTACH", "DETACH" -> statement.token(0) + " changes the connection, not the database";
            case "PRAGMA" -> {
                String name = pragmaName(statement);
                yield PRAGMAS_OF_THE_DATABASE.contains(name)
                        ? null
                        : "PRAGMA " + name.toLowerCase(Locale.ROOT)
                                + " changes the connection, or does nothing inside a transaction";
            }
            default -> null;
        };
    }

    /** Returns the name of SQLite's pragma in capitals; a quoted one, which nobody writes, as its quote. */
    public static String pragmaName(SqlStatement statement) {
        return statement.token(2).equals(".") ? statement.token(3) : statement.token(1);
    }
}

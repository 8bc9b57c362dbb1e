package dev.wellhead.pool;

import dev.wellhead.pool.SqlScanner.Token;
import java.util.Locale;
import java.util.Set;

/**
 * Reads off a script, statement by statement, what it may leave behind on the session. Rather sees too much than too
 * little: what is seen in vain costs a reset. What it cannot see is what functions, procedures and dynamic SQL do inside.
 * Not thread-safe.
 */
final class StatementEffects {
    private enum Word {
        NONE,
        ALTER,
        ATTACH,
        BEGIN,
        CONSTRAINTS,
        CREATE,
        DECLARE,
        DETACH,
        DISCARD,
        DO,
        GLOBAL,
        HOLD,
        INSERT,
        INTO,
        LISTEN,
        LOAD,
        LOCAL,
        LOCK,
        MERGE,
        OR,
        PRAGMA,
        PREPARE,
        REPLACE,
        RESET,
        SAVEPOINT,
        SESSION,
        SET,
        START,
        TEMP,
        TEMPORARY,
        TRANSACTION,
        TRUE,
        USE,
        WITH;

        private static final Word[] ALL = values();

        private final String text = name().toLowerCase(Locale.ROOT);

        static Word at(SqlScanner scanner) {
            for (Word word : ALL) {
                if (word != NONE && scanner.is(word.text)) {
                    return word;
                }
            }
            return NONE;
        }
    }

    private static final String SET_CONFIG = "set_config";
    private static final Set<String> CALLS = Set.of(
            SET_CONFIG,
            "set_limit",
            "setseed",
            "pg_advisory_lock",
            "pg_advisory_lock_shared",
            "pg_try_advisory_lock",
            "pg_try_advisory_lock_shared",
            "pg_replication_origin_session_setup",
            "dblink_connect",
            "dblink_connect_u",
            "load_extension",
            "get_lock");
    private static final int SHORTEST_CALL = "setseed".length();

    // In the body of DO any of these words counts wherever it stands, since that is the text of another language.
    private static final Set<String> SUSPICIOUS =
            Set.of("set", "reset", "discard", "listen", "load", "prepare", "hold", "temp", "temporary", "pg_temp");

    /** These take an argument and either only read, or change the file and not the session. */
    private static final Set<String> HARMLESS_PRAGMAS = Set.of(
            "application_id",
            "foreign_key_check",
            "foreign_key_list",
            "incremental_vacuum",
            "index_info",
            "index_list",
            "index_xinfo",
            "integrity_check",
            "optimize",
            "quick_check",
            "table_info",
            "table_list",
            "table_xinfo",
            "user_version",
            "wal_checkpoint");

    private final String sql;
    private final SqlDialect dialect;
    private final SqlScanner scanner;
    private int effects;

    // Of the statement that is being read.
    private int position;
    private Word verb = Word.NONE;
    private boolean pragmaRead;
    private boolean temporaryNext;
    private int depth;

    // The token before this one.
    private Token lastToken = Token.SEMICOLON;
    private Word last = Word.NONE;
    private int lastStart;
    private int lastEnd;

    // The call of set_config that is being read; its depth is zero if there is none.
    private int configDepth;
    private int configArgument;
    private int configTokens;
    private boolean configLocal;

    private StatementEffects(String sql, SqlDialect dialect) {
        this.sql = sql;
        this.dialect = dialect;
        this.scanner = new SqlScanner(sql, dialect);
    }

    /** Returns SQL_TRANSACTION and SQL_SESSION of {@link SessionState} as far as they apply. */
    static int of(String sql, SqlDialect dialect) {
        return new StatementEffects(sql, dialect).read();
    }

    private int read() {
        for (Token token = scanner.next(); token != Token.END; token = scanner.next()) {
            if (token == Token.SEMICOLON) {
                endStatement();
            } else {
                see(token, token == Token.WORD ? Word.at(scanner) : Word.NONE);
            }
        }
        endStatement();
        if (scanner.isInDoubt()) {
            effects |= SessionState.SQL_TRANSACTION | SessionState.SQL_SESSION;
        }
        return effects;
    }

    private void endStatement() {
        // A call that is not closed is not one known to be harmless.
        changesSession(configDepth > 0);
        configDepth = 0;
        position = 0;
        verb = Word.NONE;
        pragmaRead = false;
        temporaryNext = false;
        depth = 0;
        lastToken = Token.SEMICOLON;
        last = Word.NONE;
    }

    private void changesSession(boolean seen) {
        effects |= seen ? SessionState.SQL_SESSION : 0;
    }

    private void see(Token token, Word word) {
        if (position == 0) {
            verb = word;
            seeVerb();
        } else {
            seeRest(token, word);
        }
        seeTemporary(token, word);
        seeCall(token, word);
        position++;
        lastToken = token;
        last = word;
        lastStart = scanner.start();
        lastEnd = scanner.end();
    }

    private void seeVerb() {
        switch (verb) {
            case BEGIN, START, SAVEPOINT -> effects |= SessionState.SQL_TRANSACTION;
            case RESET, DISCARD, LISTEN, LOAD, ATTACH, DETACH -> changesSession(true);
            case USE, LOCK -> changesSession(dialect == SqlDialect.OTHER);
            default -> {}
        }
    }

    private void seeRest(Token token, Word word) {
        switch (verb) {
            case SET -> changesSession(position == 1 && !isForTransaction(word));
            // PREPARE TRANSACTION 'id' is another statement than PREPARE transaction AS ...
            case PREPARE ->
                changesSession(
                        position == 1
                                ? word != Word.TRANSACTION
                                : position == 2 && last == Word.TRANSACTION && token != Token.LITERAL);
            case DECLARE -> changesSession(last == Word.WITH && word == Word.HOLD);
            case ALTER -> changesSession(dialect == SqlDialect.OTHER && position == 1 && word == Word.SESSION);
            case PRAGMA -> seePragma(token);
            case DO -> changesSession(token == Token.LITERAL && isSuspicious(scanner.content()));
            default -> {}
        }
    }

    private boolean isForTransaction(Word word) {
        // To MySQL SET LOCAL is SET SESSION.
        return dialect != SqlDialect.OTHER
                && (word == Word.LOCAL || word == Word.TRANSACTION || word == Word.CONSTRAINTS);
    }

    private void seePragma(Token token) {
        if (!pragmaRead && (token == Token.EQUALS || token == Token.OPEN)) {
            pragmaRead = true;
            changesSession(lastToken != Token.WORD || !HARMLESS_PRAGMAS.contains(lastWord()));
        }
    }

    /** Sees CREATE ... TEMP and INTO TEMP, and names in the schema of temporary objects. */
    private void seeTemporary(Token token, Word word) {
        boolean temporary = word == Word.TEMP || word == Word.TEMPORARY;
        changesSession(temporaryNext && temporary);
        changesSession(token == Token.DOT && last == Word.TEMP && verb == Word.CREATE && dialect == SqlDialect.SQLITE);
        changesSession(token == Token.WORD && dialect == SqlDialect.POSTGRES && scanner.startsWith("pg_temp"));
        temporaryNext = switch (word) {
            case CREATE -> true;
            // Somebody may have a table of the name temp. SQLite has no SELECT INTO.
            case INTO -> last != Word.INSERT && last != Word.MERGE && dialect != SqlDialect.SQLITE;
            case OR, REPLACE, GLOBAL, LOCAL -> temporaryNext;
            default -> false;
        };
    }

    private void seeCall(Token token, Word word) {
        if (configDepth > 0 && depth == configDepth) {
            seeConfig(token, word);
        }
        if (token == Token.CLOSE) {
            depth--;
        } else if (token == Token.OPEN) {
            depth++;
            if (lastToken == Token.WORD && lastEnd - lastStart >= SHORTEST_CALL) {
                called(lastWord());
            }
        }
    }

    private void called(String function) {
        if (function.equals(SET_CONFIG) && dialect == SqlDialect.POSTGRES && configDepth == 0) {
            configDepth = depth;
            configArgument = 1;
            configTokens = 0;
            configLocal = false;
        } else {
            changesSession(CALLS.contains(function));
        }
    }

    /** Tells set_config(..., true), which ends with the transaction, from all others. */
    private void seeConfig(Token token, Word word) {
        if (token == Token.COMMA) {
            configArgument++;
            configTokens = 0;
        } else if (token == Token.CLOSE) {
            changesSession(configArgument != 3 || configTokens != 1 || !configLocal);
            configDepth = 0;
        } else {
            configTokens++;
            configLocal = word == Word.TRUE;
        }
    }

    private String lastWord() {
        return sql.substring(lastStart, lastEnd).toLowerCase(Locale.ROOT);
    }

    private static boolean isSuspicious(String body) {
        int start = 0;
        for (int i = 0; i <= body.length(); i++) {
            if (i < body.length() && isWordPart(body.charAt(i))) {
                continue;
            }
            String word = body.substring(start, i).toLowerCase(Locale.ROOT);
            if (SUSPICIOUS.contains(word) || CALLS.contains(word)) {
                return true;
            }
            start = i + 1;
        }
        return false;
    }

    private static boolean isWordPart(char c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }
}

package dev.wellhead.migrate.internal;

import static dev.wellhead.jdbc.internal.Dialect.POSTGRESQL;
import static dev.wellhead.jdbc.internal.Dialect.SQLITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.jdbc.internal.Dialect;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LexerTest {
    // Each is one statement of PostgreSQL, with semicolons or quotes where they end nothing.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 'a;b''c;'",
                "select 'back\\', 1",
                "select E'it\\'s; \\\\', U&'\\0041;'",
                "select E'a'\n  -- and; on\n  '\\';', 2",
                "select \"semi;colon\", U&\"\\0041;\"",
                "select $$a;b$$, $tag$ $$ ; $other$ $tag$",
                "select $1, $2",
                "select a$b$c from t$x$",
                "select 1 /* a; /* nested; */ still; */ + 1",
                "select 1 -- a;b'c\n + 1",
                "create rule r as on insert to t do (select 1; select 2)",
                "create function f() returns int begin atomic select case when true then 1 else 2 end; select 1; end",
                "create or replace procedure p() begin atomic select 1 as end, t.end from t; end",
                "create function begin() returns int language sql return 1",
                "select '{\"a\": 1}'::jsonb ? 'a' and data @> '{}'",
                "select données from \u00e9t\u00e9$a$",
            })
    void postgresStatementIsOne(String sql) throws ScriptException {
        List<SqlStatement> statements = Lexer.split("-- gap;\n" + sql + " ;\n;select 2", POSTGRESQL);

        assertThat(statements).extracting(SqlStatement::text).containsExactly(sql, "select 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 'a;b''c\\'",
                "select [a;b], `c;d`, \"e;f\"",
                "select 1 /* a /* not nested */ + 1",
                "create trigger t after insert on a begin update b set c = case when 1 then 2 end; select 1; end",
                "create temp trigger if not exists t after insert on a begin insert into b values (';'); END",
                "create table t (a text) -- no ; here",
                "select $a$ from t",
            })
    void sqliteStatementIsOne(String sql) throws ScriptException {
        List<SqlStatement> statements = Lexer.split(sql + "\n;\n/* ; */ select 2;", SQLITE);

        String text = sql.replace(" -- no ; here", "");
        assertThat(statements).extracting(SqlStatement::text).containsExactly(text, "select 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \r\n\t", "-- only\n/* comments */", ";;;", "\uFEFF", "\uFEFF-- mark\n"})
    void scriptsOfCommentsHaveNoStatement(String script) throws ScriptException {
        assertThat(Lexer.split(script, POSTGRESQL)).isEmpty();
        assertThat(Lexer.split(script, SQLITE)).isEmpty();
    }

    @Test
    void linesAreCountedForEveryKindOfLineEnd() throws ScriptException {
        List<SqlStatement> statements = Lexer.split("\uFEFFone;\r\ntwo;\rthree;\n'\n\r\n';\nfive", POSTGRESQL);

        assertThat(statements).extracting(SqlStatement::line).containsExactly(1, 2, 3, 4, 7);
    }

    @Test
    void statementInsideParenthesesOfSqliteEndsAtItsSemicolon() throws ScriptException {
        assertThat(Lexer.split("select (1; select 2)", SQLITE)).hasSize(2);
    }

    @Test
    void copyTakesItsDataWithIt() throws ScriptException {
        String script = "copy t (a) from stdin;\n1;'\n\\.x\n\\N\n\\.\nselect 1;";

        List<SqlStatement> statements = Lexer.split(script, POSTGRESQL);

        assertThat(statements).extracting(SqlStatement::text).containsExactly("copy t (a) from stdin", "select 1");
        assertThat(statements.get(0).data().of(script)).isEqualTo("1;'\n\\.x\n\\N\n");
        assertThat(statements.get(1).line()).isEqualTo(6);
    }

    @Test
    void copyWithoutRowsOrWithCarriageReturnsTakesItsData() throws ScriptException {
        String empty = "COPY t FROM STDIN;\n\\.\n";
        String windows = "COPY t FROM STDIN WITH (FORMAT csv);\r\na,b\r\n\\.\r\n";

        assertThat(Lexer.split(empty, POSTGRESQL).get(0).data().of(empty)).isEmpty();
        assertThat(Lexer.split(windows, POSTGRESQL).get(0).data().of(windows)).isEqualTo("a,b\r\n");
    }

    @Test
    void copyFromElsewhereTakesNoData() throws ScriptException {
        List<SqlStatement> statements =
                Lexer.split("copy t from '/f'; copy (select * from stdin) to stdout; copy t to stdout", POSTGRESQL);

        assertThat(statements).hasSize(3).allMatch(statement -> statement.data() == null);
    }

    @Test
    void whatDoesNotEndIsRefusedByTheLineOfItsBegin() {
        refuses(POSTGRESQL, "\nselect 'a", 2, "quote '");
        refuses(POSTGRESQL, "select E'a\\'", 1, "quote '");
        refuses(POSTGRESQL, "\n\nselect \"a", 3, "quote \"");
        refuses(POSTGRESQL, "select\n$tag$ a $tg$", 2, "dollar quote $tag$");
        refuses(POSTGRESQL, "/* a /* b */", 1, "comment");
        refuses(POSTGRESQL, "select (\n(1)", 1, "parenthesis");
        refuses(POSTGRESQL, "create function f() returns int begin atomic select 1;", 1, "BEGIN ATOMIC");
        refuses(POSTGRESQL, "copy t from stdin;\n1\n", 1, "data of COPY");
        refuses(POSTGRESQL, "copy t from stdin; select 1;", 1, "lines below");
        refuses(POSTGRESQL, "copy t from stdin", 1, "without a semicolon");
        refuses(SQLITE, "select [a", 1, "quote [");
        refuses(SQLITE, "select 'a", 1, "quote '");
        refuses(SQLITE, "\ncreate trigger t after insert on a begin select 1;", 2, "body of the trigger");
    }

    @Test
    void sqliteTakesAnOpenCommentForOneThatEndsWithTheScript() throws ScriptException {
        assertThat(Lexer.split("select 1; /* open", SQLITE)).hasSize(1);
    }

    @Test
    void shellCommandsAreRefusedByNameAndLine() {
        refuses(POSTGRESQL, "select 1;\n\\connect other", 2, "'\\connect' is a command of psql");
        refuses(POSTGRESQL, "select 1 \\gset", 1, "\\gset");
        refuses(POSTGRESQL, "\\.", 1, "\\.");
        refuses(SQLITE, "select 1;\n.read other.sql", 2, "'.read' is a command of sqlite3");
    }

    @Test
    void whatSqlTextCannotHoldOrHidesIsRefused() {
        refuses(POSTGRESQL, "select 1;\nselect '\0'", 2, "NUL");
        refuses(SQLITE, "select 1; -- \0 hidden", 1, "NUL");
        refuses(SQLITE, "-- comment\rdrop table t;", 1, "carriage return");
    }

    private static void refuses(Dialect dialect, String script, int line, String words) {
        assertThatThrownBy(() -> Lexer.split(script, dialect))
                .isInstanceOfSatisfying(
                        ScriptException.class,
                        refusal -> assertThat(refusal.line()).isEqualTo(line))
                .hasMessageContaining(words);
    }
}

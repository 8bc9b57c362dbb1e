package dev.wellhead.migrate.internal;

import static dev.wellhead.jdbc.internal.Dialect.POSTGRESQL;
import static dev.wellhead.jdbc.internal.Dialect.SQLITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.jdbc.internal.Dialect;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    void copyTakesItsDataWithIt() throws Exception {
        Lexer lexer = postgres("copy t (a) from stdin;\n1;'\n\\.x\n\\N\n\\.\nselect 1;");

        assertThat(lexer.next().text()).isEqualTo("copy t (a) from stdin");
        assertThat(read(lexer.data())).isEqualTo("1;'\n\\.x\n\\N\n");
        SqlStatement behind = lexer.next();
        assertThat(behind.text()).isEqualTo("select 1");
        assertThat(behind.line()).isEqualTo(6);
        assertThat(lexer.next()).isNull();
    }

    @Test
    void dataThatNobodyReadsArePassedOver() throws ScriptException {
        List<SqlStatement> statements = Lexer.split("copy t from stdin;\n1;'\n\\.\nselect 1;", POSTGRESQL);

        assertThat(statements).extracting(SqlStatement::text).containsExactly("copy t from stdin", "select 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "COPY t FROM STDIN;#\\.# | ''",
                "COPY t FROM STDIN; -- comment#1#\\.# | 1#",
                "COPY t FROM STDIN;#1#\\. | 1#",
                "COPY t FROM STDIN;#1# | 1#",
                "COPY t FROM STDIN;#1 | 1",
                "COPY t FROM STDIN; | ''",
            })
    void dataEndWithTheirMarkOrTheScript(String script, String data) throws Exception {
        Lexer lexer = postgres(script.replace('#', '\n'));
        lexer.next();

        assertThat(read(lexer.data())).isEqualTo(data.replace('#', '\n'));
        assertThat(lexer.next()).isNull();
    }

    @Test
    void dataWithCarriageReturnsKeepThem() throws Exception {
        Lexer lexer = postgres("COPY t FROM STDIN WITH (FORMAT csv);\r\na,b\r\n\\.\r\nselect 1");
        lexer.next();

        assertThat(read(lexer.data())).isEqualTo("a,b\r\n");
        assertThat(lexer.next().text()).isEqualTo("select 1");
    }

    private static Lexer postgres(String script) {
        return new Lexer(new StringReader(script), POSTGRESQL);
    }

    static String read(Reader data) throws IOException {
        StringWriter text = new StringWriter();
        data.transferTo(text);
        return text.toString();
    }

    @Test
    void statementsOfAnyLengthPassThroughTheBuffer() throws ScriptException {
        for (int length : new int[] {8190, 8191, 8192, 8193, 40_000, 300_000}) {
            String filler = "x".repeat(length);
            String script =
                    "select 1;\n/* " + filler + " */ select '" + filler + "';\nselect 2; -- " + filler + "\nselect 3";

            List<SqlStatement> statements = Lexer.split(script, POSTGRESQL);

            assertThat(statements)
                    .extracting(SqlStatement::text)
                    .containsExactly("select 1", "select '" + filler + "'", "select 2", "select 3");
            assertThat(statements).extracting(SqlStatement::line).containsExactly(1, 2, 3, 4);
            assertThat(statements).allMatch(each -> each.span().of(script).equals(each.text()));
        }
    }

    @Test
    void copyFromElsewhereTakesNoData() throws ScriptException {
        List<SqlStatement> statements =
                Lexer.split("copy t from '/f'; copy (select * from stdin) to stdout; copy t to stdout", POSTGRESQL);

        assertThat(statements).hasSize(3).allMatch(statement -> !statement.takesData());
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

package dev.wellhead.migrate.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.wellhead.jdbc.internal.Dialect;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LexerPropertyTest {
    /** Statements as they were put together, and the script of them with gaps between. */
    record Written(Dialect dialect, List<String> statements, String script) {}

    @Property(tries = 1000)
    void generatedScriptComesApartWhereItWasPutTogether(@ForAll("scripts") Written written) throws ScriptException {
        List<SqlStatement> found = Lexer.split(written.script, written.dialect);

        assertThat(found).extracting(SqlStatement::text).containsExactlyElementsOf(written.statements);
    }

    @Property(tries = 1000)
    void linesAreThoseOfTheScript(@ForAll("scripts") Written written) throws ScriptException {
        for (SqlStatement statement : Lexer.split(written.script, written.dialect)) {
            String before = written.script.substring(0, statement.span().start());

            assertThat(statement.line()).isEqualTo(before.split("\r\n|\r|\n", -1).length);
        }
    }

    @Property(tries = 1000)
    void scriptsOneAfterTheOtherAreSplitLikeEachAlone(
            @ForAll("scripts") Written first, @ForAll("scripts") Written second) throws ScriptException {
        String both = first.script + "\n;\n" + second.script.replace("\uFEFF", "");

        List<SqlStatement> found;
        try {
            found = Lexer.split(both, first.dialect);
        } catch (ScriptException e) {
            // The second may be no script of the first one's dialect.
            assertThat(first.dialect).isNotEqualTo(second.dialect);
            return;
        }

        if (first.dialect == second.dialect) {
            List<String> expected = new ArrayList<>(first.statements);
            expected.addAll(second.statements);
            assertThat(found).extracting(SqlStatement::text).containsExactlyElementsOf(expected);
        }
    }

    @Property(tries = 3000)
    void anyTextIsSplitInOrderOrRefused(@ForAll("soup") String script, @ForAll Dialect dialect) {
        List<SqlStatement> found;
        try {
            found = Lexer.split(script, dialect);
        } catch (ScriptException refusal) {
            assertThat(refusal.line()).isPositive();
            assertThat(refusal.getMessage()).isNotEmpty();
            return;
        }

        int behind = 0;
        StringBuilder rebuilt = new StringBuilder();
        for (SqlStatement statement : found) {
            assertThat(statement.span().start()).isGreaterThanOrEqualTo(behind);
            rebuilt.append(script, behind, statement.span().start()).append(statement.text());
            behind = statement.span().end();
        }
        assertThat(rebuilt.append(script, behind, script.length()).toString()).isEqualTo(script);
    }

    @Property(tries = 1000)
    void gapsHoldNothingThatCouldRun(@ForAll("soup") String script, @ForAll Dialect dialect) throws IOException {
        Lexer lexer = new Lexer(new StringReader(script), dialect);
        try {
            int behind = 0;
            for (SqlStatement each = lexer.next(); each != null; each = lexer.next()) {
                assertThat(isGap(script.substring(behind, each.span().start()), dialect))
                        .isTrue();
                behind = each.span().end();
                if (each.takesData()) {
                    String data = LexerTest.read(lexer.data());
                    assertThat(script.indexOf(data, behind)).isPositive();
                    behind = lexer.position();
                }
            }
            assertThat(isGap(script.substring(behind), dialect)).isTrue();
        } catch (ScriptException refusal) {
            assertThat(refusal.line()).isPositive();
        } catch (IOException refusal) {
            // Data may hold what no SQL text can.
            assertThat(refusal).hasCauseInstanceOf(ScriptException.class);
        }
    }

    @Property(tries = 1000)
    void tokensOfAStatementAreItsText(@ForAll("soup") String script, @ForAll Dialect dialect) {
        List<SqlStatement> found;
        try {
            found = Lexer.split(script, dialect);
        } catch (ScriptException refusal) {
            return;
        }

        for (SqlStatement statement : found) {
            SqlTokens tokens = SqlTokens.of(statement.text(), dialect == Dialect.POSTGRESQL);
            int behind = 0;
            for (int i = 0; i < tokens.size(); i++) {
                assertThat(tokens.start(i)).isGreaterThanOrEqualTo(behind);
                assertThat(isGap(statement.text().substring(behind, tokens.start(i)), dialect))
                        .isTrue();
                behind = tokens.start(i) + tokens.text(i).length();
            }
        }
    }

    /** Takes comments away by another method than the lexer's: one at a time, innermost first. */
    private static boolean isGap(String gap, Dialect dialect) {
        String rest = gap.replace("\uFEFF", "");
        boolean postgres = dialect == Dialect.POSTGRESQL;
        while (true) {
            rest = rest.replaceFirst("^[\\s\\x0b;]+", "");
            if (rest.startsWith("--")) {
                rest = rest.replaceFirst(postgres ? "^--[^\\n\\r]*" : "^--[^\\n]*", "");
            } else if (rest.startsWith("/*") && postgres) {
                String less = rest.replaceFirst("(?s)/\\*(?:(?!/\\*|\\*/).)*\\*/", " ");
                if (less.equals(rest)) {
                    return false;
                }
                rest = less;
            } else if (rest.startsWith("/*")) {
                int close = rest.indexOf("*/", 2);
                rest = close < 0 ? "" : rest.substring(close + 2);
            } else {
                return rest.isEmpty();
            }
        }
    }

    // What took time with the square of the length would not be through within the day.
    @Example
    void workGrowsWithTheLengthOnly() {
        for (String pattern : List.of(
                "select 'a''b', \"c\" /* d /* e */ */ -- f\n from t where x = $tag$ $ta g$ $tag$;\n",
                "select E'a'\n\n\n, $aaaaaaaaaaaa, $1;\n",
                "-- comment\n",
                "copy t from stdin;\n1\t2\n3\t4\n\\.\n",
                "create function f() returns int begin atomic select case when a then 1 end; end;\n",
                "$a",
                "E'x'   ",
                "(",
                ";")) {
            for (Dialect dialect : Dialect.values()) {
                String script = pattern.repeat((4 << 20) / pattern.length());

                assertTimeout(Duration.ofSeconds(60), () -> {
                    try {
                        Lexer.split(script, dialect);
                    } catch (ScriptException e) {
                        // Refusing takes work as well.
                    }
                });
            }
        }
    }

    @Provide
    Arbitrary<String> soup() {
        return Arbitraries.oneOf(
                        Arbitraries.of(
                                "'", "\"", "`", "[", "]", "$", "$$", "$a$", "$1", "E'", "U&'", "--", "/*", "*/", "\n",
                                "\r", "\r\n", ";", "(", ")", " ", "\\", "\\.", "\n\\.\n", "\u00e9", "\uFEFF", "\0",
                                "\u000b"),
                        Arbitraries.of(
                                "create ",
                                "function ",
                                "begin ",
                                "atomic ",
                                "case ",
                                "end",
                                "as ",
                                "trigger ",
                                "temp ",
                                "copy t from stdin",
                                "select ",
                                "x",
                                ".",
                                "1",
                                "stdin ",
                                "or replace "),
                        Arbitraries.strings().ofMaxLength(4))
                .list()
                .ofMaxSize(30)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<Written> scripts() {
        return Arbitraries.of(Dialect.values()).flatMap(dialect -> {
            Arbitrary<List<String>> statements = statement(dialect).list().ofMaxSize(6);
            Arbitrary<List<String>> gaps = gap(dialect).list().ofSize(7);
            Arbitrary<String> mark = Arbitraries.of("", "\uFEFF");
            return Combinators.combine(statements, gaps, mark)
                    .as((texts, between, start) -> written(dialect, texts, between, start));
        });
    }

    private static Written written(Dialect dialect, List<String> texts, List<String> gaps, String start) {
        StringBuilder script = new StringBuilder(start).append(gaps.get(0));
        for (int i = 0; i < texts.size(); i++) {
            script.append(texts.get(i)).append(';').append(gaps.get(i + 1));
        }
        return new Written(dialect, texts, script.toString());
    }

    private static Arbitrary<String> gap(Dialect dialect) {
        Arbitrary<String> nested = Arbitraries.of(
                dialect == Dialect.POSTGRESQL ? "/* a; /* 'b; */ $$ */" : "/* a; /* 'b; $$ */", "/**/", "/* -- */");
        Arbitrary<String> piece = Arbitraries.oneOf(
                Arbitraries.of(" ", "\n", "\r\n", "\t", ";", "-- it's; a \"comment\n", "-- windows\r\n"), nested);
        return piece.list().ofMaxSize(4).map(parts -> String.join("", parts));
    }

    private static Arbitrary<String> statement(Dialect dialect) {
        Arbitrary<String> atom = dialect == Dialect.POSTGRESQL ? postgresAtom() : sqliteAtom();
        Arbitrary<String> plain =
                atom.list().ofMinSize(1).ofMaxSize(6).map(atoms -> "select " + String.join(" + ", atoms) + " x");
        Arbitrary<String> body = plain.list().ofMinSize(1).ofMaxSize(3).map(parts -> String.join("; ", parts));
        return dialect == Dialect.POSTGRESQL
                ? Arbitraries.oneOf(
                        plain,
                        body.map(parts -> "create rule r as on insert to t do also (" + parts + ")"),
                        body.map(parts ->
                                "create or replace function f(a int) returns int begin atomic\n" + parts + "; end"))
                : Arbitraries.oneOf(
                        plain,
                        body.map(parts -> "create trigger t after insert on a begin " + parts + "; end"),
                        body.map(parts -> "CREATE TEMP TRIGGER t AFTER UPDATE ON a BEGIN " + parts + ";\n END"));
    }

    private static Arbitrary<String> postgresAtom() {
        return Arbitraries.of(
                "a",
                "été",
                "a$b$c",
                "'x;''y'",
                "'\\'",
                "E'\\';'",
                "E'a'\n 'b\\''",
                "U&'\\0041;'",
                "B'01'",
                "\"q;\"\"q\"",
                "$$;'$$",
                "$t$ $$;$x$ $t$",
                "$1",
                "/* ; /* ' */ */",
                "-- ; '\n",
                "(a, (b; c))",
                "case when a then b else c end",
                "1.5e10",
                "->> '{;}'",
                "?|",
                "\r\n");
    }

    private static Arbitrary<String> sqliteAtom() {
        return Arbitraries.of(
                "a",
                "été",
                "'x;''y'",
                "'\\'",
                "\"q;\"\"q\"",
                "`b;``b`",
                "[c;d]",
                "x'00'",
                "$a",
                "/* ; /* ' */",
                "-- ; '\n",
                "(a, b)",
                "case when a then b else c end",
                "case a when 1 then ';' end",
                "raise(abort, 'no; way')",
                "\r\n");
    }
}

package dev.wellhead.pool;

import static dev.wellhead.pool.SqlDialect.OTHER;
import static dev.wellhead.pool.SqlDialect.POSTGRES;
import static dev.wellhead.pool.SqlDialect.SQLITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.wellhead.pool.SqlScanner.Token;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlScannerTest {
    private static List<String> tokens(String sql, SqlDialect dialect) {
        SqlScanner scanner = new SqlScanner(sql, dialect);
        List<String> tokens = new ArrayList<>();
        for (Token token = scanner.next(); token != Token.END; token = scanner.next()) {
            tokens.add(sql.substring(scanner.start(), scanner.end()));
        }
        return tokens;
    }

    @Test
    void commentsAndBlanksAreLeftOut() {
        assertThat(tokens(" select\t/* a */1 -- b\n,x.\"y\";", POSTGRES))
                .containsExactly("select", "1", ",", "x", ".", "\"y\"", ";");
    }

    @Test
    void blockCommentsNestOnPostgresOnly() {
        String sql = "a /* /* */ b /* */ */ c";

        assertThat(tokens(sql, POSTGRES)).containsExactly("a", "c");
        assertThat(tokens(sql, SQLITE)).containsExactly("a", "b", "*", "/", "c");
    }

    @Test
    void dollarQuotesEndWithTheirOwnTag() {
        assertThat(tokens("$a$ $$ $b$ $a$ x$y$z $$'$$ $1", POSTGRES))
                .containsExactly("$a$ $$ $b$ $a$", "x$y$z", "$$'$$", "$", "1");
        assertThat(tokens("$a$ x", SQLITE)).containsExactly("$a$", "x");
    }

    @Test
    void backslashEscapesInEscapeStringsOnly() {
        assertThat(tokens("'\\' E'\\'' e'\\\\' xe'\\'", POSTGRES))
                .containsExactly("'\\'", "E'\\''", "e'\\\\'", "xe", "'\\'");
        assertThat(tokens("E'\\'", SQLITE)).containsExactly("E", "'\\'");
    }

    @Test
    void escapeStringGoesOnAfterALineBreak() {
        assertThat(tokens("E'a'\n'\\'b' E'a' '\\'", POSTGRES)).containsExactly("E'a'\n'\\'b'", "E'a'", "'\\'");
    }

    @Test
    void sqliteAlsoQuotesNamesInBackticksAndBrackets() {
        assertThat(tokens("`a``'` [b'] [c]] d", SQLITE)).containsExactly("`a``'`", "[b']", "[c]", "]", "d");
        assertThat(tokens("a[1] ` b", POSTGRES)).containsExactly("a", "[", "1", "]", "`", "b");
    }

    @Test
    void contentIsWhatStandsBetweenTheQuotes() {
        for (String sql : List.of("'it''s'", "E'it''s'", "$$it''s$$", "$q$it''s$q$", "'it''s", "$$it''s")) {
            SqlScanner scanner = new SqlScanner(sql, POSTGRES);

            assertThat(scanner.next()).isEqualTo(Token.LITERAL);
            assertThat(scanner.content()).isEqualTo("it''s");
        }
    }

    @Test
    void whatIsNotClosedReachesToTheEnd() {
        for (String open : List.of("'", "\"", "$$", "$x$", "/*", "/* /* */", "--", "E'", "E'\\", "'''")) {
            assertThat(tokens(open, POSTGRES)).hasSizeLessThanOrEqualTo(1);
            assertThat(tokens(open + " x ; y", POSTGRES)).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void doubtIsForDatabasesThatAreNotKnown() {
        for (String sql : List.of("'a\\'", "\"a\\\"", "# a", "/*! a */")) {
            SqlScanner known = new SqlScanner(sql, SQLITE);
            SqlScanner unknown = new SqlScanner(sql, OTHER);
            while (known.next() != Token.END | unknown.next() != Token.END) {}

            assertThat(known.isInDoubt()).isFalse();
            assertThat(unknown.isInDoubt()).isTrue();
        }
    }

    // --- against an independent reading of PostgreSQL's rules, made of regular expressions

    private static final String BODY = "(?:\\\\.|''|[^'\\\\])*+(?:\\\\?$|'|$)";
    private static final String BREAK = "(?:[ ]|--[^\\n\\r]*+)*+[\\n\\r](?:[ \\n\\r]|--[^\\n\\r]*+)*+";
    private static final Pattern MODEL = Pattern.compile(
            "(?<blank>[ \\n\\r]+|--[^\\n\\r]*+)"
                    + "|(?<comment>/\\*)"
                    + "|(?<escape>[eE]'" + BODY + "(?:" + BREAK + "'" + BODY + ")*+)"
                    + "|(?<word>[a-zA-Z_\\x80-\\uffff][\\w$\\x80-\\uffff]*+)"
                    + "|(?<plain>'(?:[^']|'')*+(?:'|$))"
                    + "|(?<name>\"(?:[^\"]|\"\")*+(?:\"|$))"
                    + "|(?<dollar>(\\$(?:[a-zA-Z_\\x80-\\uffff][\\w\\x80-\\uffff]*+)?\\$)(?:(?!\\8).)*+(?:\\8|$))"
                    + "|(?<single>.)",
            Pattern.DOTALL);
    private static final Pattern COMMENT_BRACKET = Pattern.compile("/\\*|\\*/");

    private static List<String> model(String sql) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = MODEL.matcher(sql);
        int at = 0;
        while (at < sql.length() && matcher.find(at)) {
            assertThat(matcher.start()).isEqualTo(at);
            if (matcher.group("comment") != null) {
                at = commentEnd(sql, at);
                continue;
            }
            if (matcher.group("blank") == null) {
                tokens.add(matcher.group());
            }
            at = matcher.end();
        }
        return tokens;
    }

    private static int commentEnd(String sql, int at) {
        Matcher brackets = COMMENT_BRACKET.matcher(sql);
        int depth = 0;
        for (int from = at; brackets.find(from); from = brackets.end()) {
            depth += brackets.group().equals("/*") ? 1 : -1;
            if (depth == 0) {
                return brackets.end();
            }
        }
        return sql.length();
    }

    @Provide
    Arbitrary<String> soup() {
        return Arbitraries.of(
                        "'", "''", "\"", "`", "$$", "$a$", "$", "-", "--", "/", "/*", "*/", "*", "\\", ";", "(", " ",
                        "\n", "\r", "é", "1", "a", "E", "E'", "e'", "begin", "set")
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
    void tokensAreThoseOfAnIndependentReading(@ForAll("soup") String sql) {
        assertThat(tokens(sql, POSTGRES)).isEqualTo(model(sql));
    }

    @Property
    void anyTextIsReadToItsEnd(@ForAll String sql) {
        for (SqlDialect dialect : SqlDialect.values()) {
            assertThatCode(() -> StatementEffects.of(sql, dialect)).doesNotThrowAnyException();
        }
    }

    // --- a megabyte of what could make it look at the same text over and over

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$a",
                "$a$",
                "$$",
                "/*",
                "/**/",
                "*/",
                "'",
                "''",
                "E'",
                "E'\n",
                "E''\n",
                "E''\n ",
                "\\",
                "\"",
                "-",
                "--\n",
                "(",
                "set_config(",
                "set_config(1,2,true),",
                "select 1;",
                "do '';",
                "do 'a b';",
                "[",
                "`",
                "é"
            })
    void aMegabyteOfAnythingIsReadInOnePass(String part) {
        String sql = part.repeat(1_000_000 / part.length());

        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (SqlDialect dialect : SqlDialect.values()) {
                StatementEffects.of(sql, dialect);
                SqlToken.of(sql, dialect);
                SqlScanner.isScript(sql, dialect);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(SqlDialect.class)
    void whatStandsAtTheEndOfAMegabyteIsSeen(SqlDialect dialect) {
        String dump = "insert into t values (1, 'it''s; begin', \"x\"); -- begin\n".repeat(20_000);

        assertThat(StatementEffects.of(dump, dialect)).isZero();
        assertThat(StatementEffects.of(dump + "begin", dialect)).isEqualTo(SessionState.SQL_TRANSACTION);
    }
}

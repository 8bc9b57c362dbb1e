package dev.wellhead.pool;

import static dev.wellhead.pool.SqlDialect.POSTGRES;
import static dev.wellhead.pool.SqlDialect.SQLITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.pool.SqlToken.Kind;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class SqlTokenTest {
    private static List<String> texts(String sql, Kind kind) {
        return SqlToken.of(sql, POSTGRES).stream()
                .filter(token -> token.kind() == kind)
                .map(SqlToken::text)
                .toList();
    }

    @Property
    void anyTextIsSplitWithoutOverlapAndOnlyBlanksAndCommentsAreLost(
            @ForAll
                    @Chars({'\'', '"', '$', 'e', 'E', '\\', '/', '*', '-', '\n', ' ', ';', '?', ':', '1', '(', '`', '['
                    })
                    @CharRange(from = 'a', to = 'c')
                    @StringLength(max = 30)
                    String sql) {
        for (SqlDialect dialect : SqlDialect.values()) {
            int end = 0;
            for (SqlToken token : SqlToken.of(sql, dialect)) {
                requireBlankOrComment(sql.substring(end, token.start()));
                assertThat(token.end()).isGreaterThan(token.start()).isLessThanOrEqualTo(sql.length());
                assertThat(token.text()).isEqualTo(sql.substring(token.start(), token.end()));
                end = token.end();
            }
            requireBlankOrComment(sql.substring(end));
        }
    }

    private static void requireBlankOrComment(String lost) {
        assertThat(lost.strip())
                .satisfiesAnyOf(
                        text -> assertThat(text).isEmpty(),
                        text -> assertThat(text).startsWith("--"),
                        text -> assertThat(text).startsWith("/*"));
    }

    @Test
    void literalsAreToldFromNamesAndComments() {
        String sql = "select \"it's\", 'a''b', E'a\\'b', $$x'$$, $t$ $$ $t$ -- it's\n from /* 'c' /* nested */ */ t";

        assertThat(texts(sql, Kind.TEXT)).containsExactly("'a''b'", "E'a\\'b'", "$$x'$$", "$t$ $$ $t$");
        assertThat(texts(sql, Kind.QUOTED)).containsExactly("\"it's\"");
        assertThat(texts(sql, Kind.WORD)).containsExactly("select", "from", "t");
    }

    @Test
    void placesForParametersAreToldFromOperatorsAndCasts() {
        String sql = "select a::text, b ?? 'k' from t where c = ? and d = $2 and e = :name and f = ?3 and g<>-1";

        assertThat(texts(sql, Kind.PLACEHOLDER)).containsExactly("?", "$2", ":name", "?3");
        assertThat(texts(sql, Kind.SYMBOL)).contains("::", "??", "<>-");
        assertThat(texts(sql, Kind.NUMBER)).containsExactly("1");
        assertThat(SqlToken.of("$name", SQLITE)).extracting(SqlToken::kind).containsExactly(Kind.PLACEHOLDER);
    }

    @Test
    void anOperatorEndsWhereACommentBegins() {
        assertThat(texts("a <-- b\n< c >/* d */= e", Kind.SYMBOL)).containsExactly("<", "<", ">", "=");
    }

    @Test
    void whatIsUnfinishedReachesToTheEnd() {
        assertThat(texts("select 'abc", Kind.TEXT)).containsExactly("'abc");
        assertThat(texts("select E'abc\\", Kind.TEXT)).containsExactly("E'abc\\");
        assertThat(texts("select $x$abc", Kind.TEXT)).containsExactly("$x$abc");
        assertThat(texts("select \"abc", Kind.QUOTED)).containsExactly("\"abc");
        assertThat(texts("select /* abc", Kind.WORD)).containsExactly("select");
    }

    @Test
    void quotedNamesLoseTheirQuotes() {
        assertThat(SqlToken.of("\"a\"\"b\"", POSTGRES).get(0).name()).isEqualTo("a\"b");
        assertThat(SqlToken.of("`a`", SQLITE).get(0).name()).isEqualTo("a");
        assertThat(SqlToken.of("[a b]", SQLITE).get(0).name()).isEqualTo("a b");
        assertThat(SqlToken.of("\"", POSTGRES).get(0).name()).isEmpty();
    }
}

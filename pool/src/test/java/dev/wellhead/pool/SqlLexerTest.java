package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.pool.SqlLexer.Kind;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class SqlLexerTest {
    private static List<String> texts(String sql, Kind kind) {
        return SqlLexer.all(sql).stream()
                .filter(token -> token.kind() == kind)
                .map(SqlLexer.Token::text)
                .toList();
    }

    @Property
    void anyTextIsSplitWithoutLossOrOverlap(
            @ForAll
                    @Chars({'\'', '"', '$', 'e', 'E', '\\', '/', '*', '-', '\n', ' ', ';', '?', ':', '1', '(', '`'})
                    @CharRange(from = 'a', to = 'c')
                    @StringLength(max = 30)
                    String sql) {
        int end = 0;
        for (SqlLexer.Token token : SqlLexer.all(sql)) {
            assertThat(sql.substring(end, token.start())).isBlank();
            assertThat(token.end()).isGreaterThan(token.start()).isLessThanOrEqualTo(sql.length());
            assertThat(token.text()).isEqualTo(sql.substring(token.start(), token.end()));
            end = token.end();
        }
        assertThat(sql.substring(end)).isBlank();
    }

    @Test
    void literalsAreToldFromNamesAndComments() {
        String sql = "select \"it's\", 'a''b', E'a\\'b', $$x'$$, $t$ $$ $t$ -- it's\n from /* 'c' /* nested */ */ t";

        assertThat(texts(sql, Kind.TEXT)).containsExactly("'a''b'", "'a\\'b'", "$$x'$$", "$t$ $$ $t$");
        assertThat(texts(sql, Kind.QUOTED)).containsExactly("\"it's\"");
        assertThat(texts(sql, Kind.COMMENT)).containsExactly("-- it's\n", "/* 'c' /* nested */ */");
    }

    @Test
    void placesForParametersAreToldFromOperatorsAndCasts() {
        String sql = "select a::text, b ?? 'k' from t where c = ? and d = $2 and e = :name and f = ?3 and g<>-1";

        assertThat(texts(sql, Kind.PLACEHOLDER)).containsExactly("?", "$2", ":name", "?3");
        assertThat(texts(sql, Kind.SYMBOL)).contains("::", "??", "<>-");
    }

    @Test
    void whatIsUnfinishedReachesToTheEnd() {
        assertThat(texts("select 'abc", Kind.TEXT)).containsExactly("'abc");
        assertThat(texts("select E'abc\\", Kind.TEXT)).containsExactly("'abc\\");
        assertThat(texts("select $x$abc", Kind.TEXT)).containsExactly("$x$abc");
        assertThat(texts("select /* abc", Kind.COMMENT)).containsExactly("/* abc");
        assertThat(texts("select \"abc", Kind.QUOTED)).containsExactly("\"abc");
    }

    @Test
    void quotedNamesLoseTheirQuotes() {
        assertThat(SqlLexer.all("\"a\"\"b\"").get(0).name()).isEqualTo("a\"b");
        assertThat(SqlLexer.all("`a`").get(0).name()).isEqualTo("a");
        assertThat(SqlLexer.all("\"").get(0).name()).isEmpty();
    }
}

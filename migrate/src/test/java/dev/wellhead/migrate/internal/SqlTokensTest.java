package dev.wellhead.migrate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.migrate.internal.SqlTokens.Kind;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SqlTokensTest {
    private static List<String> kinds(SqlTokens tokens) {
        return IntStream.range(0, tokens.size())
                .mapToObj(i -> tokens.kind(i) + " " + tokens.text(i))
                .toList();
    }

    @Test
    void literalsWithAPrefixAreOneTokenOnPostgres() {
        SqlTokens tokens = SqlTokens.of("select e'a\\'b', U&'c''d', x'ff', $q$e$q$, $1, eq 'f'", true);

        assertThat(kinds(tokens))
                .containsExactly(
                        "WORD select",
                        "TEXT e'a\\'b'",
                        "SIGN ,",
                        "TEXT U&'c''d'",
                        "SIGN ,",
                        "TEXT x'ff'",
                        "SIGN ,",
                        "TEXT $q$e$q$",
                        "SIGN ,",
                        "SIGN $",
                        "NUMBER 1",
                        "SIGN ,",
                        "WORD eq",
                        "TEXT 'f'");
        assertThat(tokens.inside(1)).isEqualTo("a\\'b");
        assertThat(tokens.inside(3)).isEqualTo("c'd");
        assertThat(tokens.inside(7)).isEqualTo("e");
    }

    @Test
    void quotedNamesAreReadAsTheDatabaseStoresThem() {
        assertThat(SqlTokens.of("\"A\"\"b\" . C", true).name(0)).isEqualTo(new SqlTokens.Name("A\"b", "c", 3));
        assertThat(SqlTokens.of("u&\"A\"", true).name(0).name()).isEqualTo("A");
        assertThat(SqlTokens.of("[a;b].`C``d`", false).name(0)).isEqualTo(new SqlTokens.Name("a;b", "C`d", 3));
    }

    @Test
    void commentsAndSpaceAreNoTokens() {
        assertThat(kinds(SqlTokens.of("a -- b\n/* c /* d */ e */ f", true))).containsExactly("WORD a", "WORD f");
        assertThat(kinds(SqlTokens.of("a /* c /* d */ e", false))).containsExactly("WORD a", "WORD e");
    }

    @Test
    void emptyTextsHaveNothingInside() {
        SqlTokens tokens = SqlTokens.of("'' $$$$ \"\"", true);

        assertThat(List.of(tokens.inside(0), tokens.inside(1), tokens.inside(2)))
                .containsExactly("", "", "");
        assertThat(tokens.kind(2)).isEqualTo(Kind.NAME);
    }

    @Test
    void dollarQuoteRightBehindANumberIsOneText() {
        SqlTokens tokens = SqlTokens.of("begin 3$$a;b$$ c", true);

        assertThat(tokens.size()).isEqualTo(4);
        assertThat(tokens.text(2)).isEqualTo("$$a;b$$");
    }
}

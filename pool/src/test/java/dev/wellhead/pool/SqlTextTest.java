package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class SqlTextTest {
    @Property
    void whatStandsInALiteralIsNeverShown(
            @ForAll @AlphaChars @StringLength(min = 12, max = 40) String secret, @ForAll String around) {
        String plain = around.replace("'", "").replace("$", "");

        assertThat(SqlText.shown(plain + " '" + secret + "''s' " + plain)).doesNotContain(secret);
        assertThat(SqlText.shown(plain + " $$" + secret + "$$ " + plain)).doesNotContain(secret);
        assertThat(SqlText.shown(plain + " $tag$ x $$ " + secret + " $tag$")).doesNotContain(secret);
        assertThat(SqlText.shown(plain + " '" + secret)).doesNotContain(secret);
    }

    @Test
    void whatAnyDatabaseTakesForALiteralIsNotShown() {
        assertThat(SqlText.shown("select [it's] from t where a = 'canary'")).doesNotContain("canary");
        assertThat(SqlText.shown("select \"it's\", E'\\'canary' from t")).doesNotContain("canary");
        assertThat(SqlText.shown("select 1 -- 'canary\r, 'canary' from t")).doesNotContain("canary");
        assertThat(SqlText.shown("/* /* */ 'canary' */ select 'canary'")).doesNotContain("canary");
        assertThat(SqlText.shown("select 'it\\'s canary'", SqlDialect.OTHER)).doesNotContain("canary");
        assertThat(SqlText.shown("select 1 # it's canary", SqlDialect.OTHER)).doesNotContain("canary");
        assertThat(SqlText.shown("select data #> '{a}' from t where b = 1"))
                .startsWith("select data #> '")
                .endsWith("' from t where b = 1");
    }

    @Test
    void longSqlIsCutAndStaysOnOneLine() {
        assertThat(SqlText.shown("select 1\nfrom " + "t".repeat(10_000)))
                .startsWith("select 1\\nfrom t")
                .endsWith("...")
                .hasSizeLessThan(600);
    }
}

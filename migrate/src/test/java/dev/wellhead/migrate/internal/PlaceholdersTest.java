package dev.wellhead.migrate.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.jdbc.internal.Dialect;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceholdersTest {
    private static final Placeholders PLACEHOLDERS =
            Placeholders.of(Map.of("a", "value", "quote", "it's", "tag", "x$f$y", "empty", "", "two", "''"), "${", "}");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "select ${a}, t_${a}_u                 | select value, t_value_u",
                "select $${a}$$                        | select $${a}$$",
                "select $$ ${a} $$                     | select $$ value $$",
                "select $f$${a}$f$                     | select $f$value$f$",
                "select $$${tag}$$                     | select $$x$f$y$$",
                "select 'a${two}', \"${quote}\"        | select 'a''', \"it's\"",
                "select ${a} -- ${b}@, /* ${b} */ ${a} | select value -- ${b}@, /* ${b} */ value",
                "select E'\\'${a}', $1                 | select E'\\'value', $1",
                "select 1${empty}                      | select 1",
            })
    void fillsWhatIsNoComment(String written, String filled) throws ScriptException {
        String lines = written.replace('@', '\n');

        SqlStatement statement = fill(lines);

        assertThat(statement.text()).isEqualTo(filled.replace('@', '\n'));
        assertThat(statement.written()).isEqualTo(lines);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select '${quote}'",
                "select $f$ ${tag} $f$",
                "select '${a'",
                "select ${}",
                "select ${a b}",
                "select ${A}",
                "select ${empty}${b}"
            })
    void refusesWhatCannotBeFilled(String written) {
        assertThatThrownBy(() -> fill(written)).isInstanceOf(ScriptException.class);
    }

    @Test
    void valueMayNotBeginOrEndADollarQuoteWithWhatStandsBesideIt() {
        Placeholders half = Placeholders.of(Map.of("half", "a$"), "${", "}");

        assertThatThrownBy(() -> half.fill(
                        Lexer.split("select $$ ${half}$ $$", Dialect.POSTGRESQL).get(0), Dialect.POSTGRESQL))
                .isInstanceOf(ScriptException.class);
    }

    @Test
    void tokensAreThoseOfTheFilledStatement() throws ScriptException {
        Placeholders how = Placeholders.of(Map.of("how", "concurrently"), "${", "}");

        SqlStatement filled = how.fill(
                Lexer.split("create index ${how} i on t (x)", Dialect.POSTGRESQL)
                        .get(0),
                Dialect.POSTGRESQL);

        assertThat(filled.startsWith("CREATE", "INDEX", "CONCURRENTLY")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "$", "{$", "$$", "'", "--", "/*", "a{", "[", " {", "{ ", "\"{", ";{", "\\{", "123456789"})
    void refusesPrefixesThatCouldBeSql(String prefix) {
        assertThatThrownBy(() -> Placeholders.of(Map.of(), prefix, "}")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Placeholders.of(Map.of(), "{", prefix)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1a", "a-b", "a b", "a}"})
    void refusesNamesThatCannotStandInAScript(String name) {
        assertThatThrownBy(() -> Placeholders.of(Map.of(name, "x"), "{", "}"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void errorWithAValueInItIsReplacedAndKeepsItsState() {
        SQLException raw = new SQLException("no table value", "42P01", 7);
        raw.initCause(new IllegalStateException("value"));

        SQLException clean = PLACEHOLDERS.redacted(raw);

        assertThat((Throwable) clean).hasMessage("no table ${a}").hasNoCause();
        assertThat(clean.getSQLState()).isEqualTo("42P01");
        assertThat(clean.getErrorCode()).isEqualTo(7);
        SQLException suppressing = new SQLException("harmless");
        suppressing.addSuppressed(new SQLException("also value"));
        assertThat(PLACEHOLDERS.redacted(suppressing).getSuppressed()).isEmpty();
        SQLException harmless = new SQLException("no such table");
        assertThat((Throwable) PLACEHOLDERS.redacted(harmless)).isSameAs(harmless);
    }

    private static SqlStatement fill(String written) throws ScriptException {
        SqlStatement statement = Lexer.split(written, Dialect.POSTGRESQL).get(0);
        return PLACEHOLDERS.fill(statement, Dialect.POSTGRESQL);
    }
}

package dev.wellhead.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuerySummaryTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "select 1                                                  | SELECT",
                "select * from users where id = 5                          | SELECT users",
                "SELECT u.* FROM app.users u JOIN orders o ON true         | SELECT app.users orders",
                "select * from \"Odd Name\"                                | SELECT \"Odd Name\"",
                "select 'from secrets' from users                          | SELECT users",
                "select 'it''s from x' from users                          | SELECT users",
                "select * from (select * from inner_table) t               | SELECT inner_table",
                "select * from generate_series(1, 2)                       | SELECT",
                "insert into users (id, name) values (1, 'x')              | INSERT users",
                "insert into a select * from b                             | INSERT a b",
                "insert into a values (1) on conflict do update set x = 1  | INSERT a",
                "update users set name = 'x'                               | UPDATE users",
                "delete from only users                                    | DELETE users",
                "with x as (select 1) select * from x                      | WITH x",
                "create table if not exists users (id int)                 | CREATE users",
                "alter table users add column x int                        | ALTER users",
                "select * from users for update skip locked                | SELECT users",
                "/* from a */ select 1 -- from b                           | SELECT",
                "(select * from users)                                     | SELECT users",
                "vacuum                                                    | VACUUM",
            })
    void tellsOperationAndTables(String sql, String summary) {
        assertThat(QuerySummary.of(sql).text()).isEqualTo(summary);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"nonsense from users", "42", "*", "''"})
    void whatItDoesNotKnowHasNoName(String sql) {
        assertThat(QuerySummary.of(sql).text()).isEmpty();
    }

    @Property
    void neverFailsAndStaysShort(@ForAll String sql) {
        assertThat(QuerySummary.of(sql).text()).hasSizeLessThanOrEqualTo(255);
        assertThat(QuerySummary.of("select * from " + sql).text()).hasSizeLessThanOrEqualTo(255);
        assertThat(QuerySummary.of("select * from " + sql).operation()).isEqualTo("SELECT");
    }

    @Property
    void valuesDoNotMatter(@ForAll int number, @ForAll("harmless") String text) {
        assertThat(QuerySummary.of("select * from users where id = " + number + " and name = '" + text + "'")
                        .text())
                .isEqualTo("SELECT users");
    }

    @Provide
    Arbitrary<String> harmless() {
        return Arbitraries.strings().excludeChars('\'');
    }
}

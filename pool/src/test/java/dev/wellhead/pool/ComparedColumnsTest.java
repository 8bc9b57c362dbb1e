package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComparedColumnsTest {
    private static Optional<List<ComparedColumns.Column>> of(String condition) {
        return ComparedColumns.of(SqlToken.of(condition, SqlDialect.POSTGRES));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "(e.kind = 'x'::text) | kind",
                "((e.kind = 'x'::text) AND (e.at > '2020-01-01 00:00:00'::timestamp without time zone)) | kind,at",
                "((e.at > $1) AND (e.kind = $2)) | kind,at",
                "((e.a >= 1) AND (e.b < 2)) | a",
                "((e.a >= 1) AND (e.a < 2)) | a",
                "((e.a = 1) AND (e.a < 2)) | a",
                "(e.kind = ANY ('{1,2,3}'::integer[])) | kind",
                "((e.kind)::text = 'x'::text) | kind",
                "((e.\"Odd \"\"name\")::text = ANY ('{a,b}'::text[])) | Odd \"name",
                "(e.price = '-5'::numeric(10,2)) | price",
                "(e.state = 'new'::app.\"State\") | state",
                "(e.active = true) | active",
                "kind = ? and at >= :since | kind,at",
            })
    void comparisonsWithValuesGiveTheColumnsEqualityFirst(String condition, String columns) {
        assertThat(of(condition).map(ComparedColumns::inIndexOrder)).hasValue(List.of(columns.split(",")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "(lower(e.name) = 'x'::text)",
                "(e.a = e.b)",
                "(e.a = lower('X'::text))",
                "(e.a = 1) OR (e.b = 2)",
                "((e.a = 1) AND ((e.b = 2) OR (e.c = 3)))",
                "(e.name ~~ 'x%'::text)",
                "(e.a <> 1)",
                "(NOT (e.a = 1))",
                "(e.a IS NULL)",
                "(e.a > ANY ('{1,2}'::integer[]))",
                "((e.a + 1) = 2)",
                "(e.a = (SubPlan 1))",
                "(e.a = (e.b)::text)",
                "((e.a ->> 'k'::text) = 'v'::text)",
                "a between 1 and 2",
                "a =",
                "= 1",
                "((a = 1)",
                "a = 1)"
            })
    void otherConditionsGiveNone(String condition) {
        assertThat(of(condition)).isEmpty();
    }

    @Test
    void theCastAndTheTableOfAColumnAreTold() {
        ComparedColumns.Column column =
                of("((e.id)::text = '1'::text)").orElseThrow().get(0);

        assertThat(column).isEqualTo(new ComparedColumns.Column("e", "id", "text", true));
    }
}

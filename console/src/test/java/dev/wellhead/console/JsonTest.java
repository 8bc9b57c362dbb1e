package dev.wellhead.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.core.Redaction;
import dev.wellhead.testkit.StrictJson;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
    @Property
    void everyTextComesBackWithItsControlCharactersAsEscapes(@ForAll String text) {
        String json = Json.write(text);

        assertThat(StrictJson.read(json)).isEqualTo(Redaction.printable(text));
        assertThat(json.chars()).allMatch(c -> !Character.isISOControl(c) && c != '<' && c != '>' && c != '&');
    }

    @Property
    void everyNumberIsReadAsItselfToThreeDigitsBehindThePoint(@ForAll double number) {
        Object read = StrictJson.read(Json.write(number));

        if (Double.isFinite(number)) {
            assertThat(((Number) read).doubleValue()).isCloseTo(number, org.assertj.core.data.Offset.offset(0.0005));
        } else {
            assertThat(read).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, 0",
        "1.5, 1.5",
        "0.00049, 0.0",
        "1234567890123, 1234567890123",
        "0.1234567, 0.123",
        "1e300, 1.0E300"
    })
    void numbersAreShort(double number, String json) {
        assertThat(Json.write(number)).isEqualTo(json);
    }

    @Test
    void structuresAreWritten() {
        Object value = Json.object(
                "a",
                1,
                "b",
                List.of("x", true),
                "c",
                null,
                "d",
                new double[] {1, Double.NaN, 0.5},
                "e",
                Arrays.asList(2L, null));

        assertThat(Json.write(value))
                .isEqualTo("{\"a\":1,\"b\":[\"x\",true],\"c\":null,\"d\":[1,null,0.5],\"e\":[2,null]}");
    }

    @Test
    void marksOfDirectionAndSeparatorsOfLinesAreEscapes() {
        assertThat(StrictJson.read(Json.write("a\u202eb\u2028c\u0000d\u0085e\ud800f")))
                .isEqualTo("a\\u202eb\\u2028c\\u0000d\\u0085e\\ud800f");
    }
}

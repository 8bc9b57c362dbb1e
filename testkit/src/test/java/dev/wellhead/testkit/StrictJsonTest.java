package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
    @Test
    void wholeNumbersAreLongsAndOthersDoubles() {
        assertThat(StrictJson.array(StrictJson.read("[1, -9000000000, 0.5, 1e3, \"\\u00e4\\n\", true, null]")))
                .containsExactly(1L, -9_000_000_000L, 0.5, 1000.0, "\u00e4\n", true, null);
        assertThat(StrictJson.readObject("{\"a\":{\"b\":[]}}").get("a"))
                .extracting(StrictJson::object)
                .isEqualTo(java.util.Map.of("b", List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1} 2",
                "[1,]",
                "[1 2]",
                "{'a':1}",
                "{a:1}",
                "01",
                "+1",
                ".5",
                "1.",
                "NaN",
                "Infinity",
                "\"a\nb\"",
                "\"\\x41\"",
                "\"\\u12\"",
                "// note\n1",
                "nul",
                "[1"
            })
    void whatIsNoJsonIsRefused(String json) {
        assertThatThrownBy(() -> StrictJson.read(json)).isInstanceOf(AssertionError.class);
    }
}

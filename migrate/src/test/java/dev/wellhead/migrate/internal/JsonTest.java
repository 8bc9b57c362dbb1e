package dev.wellhead.migrate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void everyKindOfValueIsWritten() {
        assertThat(Json.write(Json.object(
                        "a",
                        1,
                        "b",
                        2L,
                        "c",
                        true,
                        "d",
                        null,
                        "e",
                        List.of("x", List.of()),
                        "f",
                        Duration.ofMillis(5))))
                .isEqualTo("{\"a\":1,\"b\":2,\"c\":true,\"d\":null,\"e\":[\"x\",[]],\"f\":\"PT0.005S\"}");
    }

    @Test
    void whatCannotStandInATextIsEscaped() {
        assertThat(Json.write("\"\\\n\r\t\u0000\u2028\uD83D\uDE00\uD83D é"))
                .isEqualTo("\"\\\"\\\\\\n\\r\\t\\u0000\\u2028\uD83D\uDE00\\ud83d é\"");
    }
}

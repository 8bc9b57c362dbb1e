package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class JsonLoggerTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2030-01-02T12:00:00.123456Z"), ZoneOffset.UTC);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final JsonLogger logger = logger("dev.wellhead.test");

    private JsonLogger logger(String name) {
        return new JsonLogger(name, new PrintStream(bytes, true, StandardCharsets.UTF_8), NOON);
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void lineHoldsTimeLevelMessageFieldsAndTheRequest() {
        try (RequestId.Scope ignored = RequestId.enter("r-1")) {
            logger.atInfo().addKeyValue("status", 200).log("took {} ms", 7);
        }

        assertThat(text().stripTrailing())
                .isEqualTo("{\"time\":\"2030-01-02T12:00:00.123Z\",\"level\":\"INFO\",\"logger\":\"dev.wellhead.test\","
                        + "\"thread\":\"" + Thread.currentThread().getName() + "\",\"message\":\"took 7 ms\","
                        + "\"requestId\":\"r-1\",\"status\":200}");
    }

    @Test
    void exceptionIsTypeAndMessageAndItsStackWithTheCauses() throws IOException {
        logger.error("failed", new IllegalStateException("outer", new IOException("inner")));

        JsonNode line = new ObjectMapper().readTree(text());
        assertThat(line.path("error").asText()).isEqualTo("java.lang.IllegalStateException: outer");
        assertThat(line.path("stack").asText())
                .contains("\tat " + JsonLoggerTest.class.getName())
                .contains("caused by java.io.IOException: inner");
        assertThat(line.has("requestId")).isFalse();
    }

    @Test
    void othersAreHeardFromWarningsOn() {
        JsonLogger other = logger("io.lettuce.core");

        other.info("about myself");
        logger.debug("detail");
        other.warn("trouble");

        assertThat(text().lines()).hasSize(1).allMatch(line -> line.contains("trouble"));
    }

    @Property
    void anyTextStaysOneLineAndComesBackAsItWas(@ForAll String message) throws IOException {
        // What UTF-8 cannot hold, such as half a surrogate pair, is lost by any encoder.
        String expected = new String(message.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        bytes.reset();

        logger.info("{}", expected);

        assertThat(text().stripTrailing().chars()).doesNotContain((int) '\n', (int) '\r');
        assertThat(new ObjectMapper().readTree(text()).path("message").asText()).isEqualTo(expected);
    }
}

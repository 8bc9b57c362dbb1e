package dev.wellhead.examples.prediction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON in and out. Thread-safe. */
final class Json {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    private Json() {}

    static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("no JSON for " + value.getClass(), e);
        }
    }

    static byte[] bytes(Object value) {
        return text(value).getBytes(StandardCharsets.UTF_8);
    }

    static <T> T read(byte[] json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (IOException e) {
            throw new UncheckedIOException("no JSON of " + type, e);
        }
    }

    /**
     * Reads what a client sent.
     *
     * @throws BadRequestException if it is no JSON object
     */
    static Map<String, @Nullable Object> object(byte[] json) {
        try {
            Map<String, @Nullable Object> object = MAPPER.readValue(json, OBJECT);
            if (object != null) {
                return object;
            }
        } catch (IOException e) {
            throw new BadRequestException("the body is no JSON object: " + Messages.firstLine(e), e);
        }
        throw new BadRequestException("the body is no JSON object but null");
    }
}

package dev.wellhead.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads what our code has written as JSON into maps, lists, texts, {@code Long}s, {@code Double}s, truth values and null, and
 * refuses whatever RFC 8259 does not allow, names that come twice and anything behind the value. It takes Jackson, which a
 * module that uses this has in its tests.
 */
public final class StrictJson {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .build();

    private StrictJson() {}

    /**
     * Returns the value.
     *
     * @throws AssertionError if it is no JSON
     */
    public static @Nullable Object read(String json) {
        try {
            return JSON.readValue(json, Object.class);
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + e.getOriginalMessage() + " in " + json, e);
        }
    }

    /**
     * Returns the object.
     *
     * @throws AssertionError if it is no JSON
     * @throws ClassCastException if it is another value
     * @throws NullPointerException if it is null
     */
    public static Map<String, Object> readObject(String json) {
        return object(read(json));
    }

    /**
     * Returns a value that was read as the object that it is.
     *
     * @throws ClassCastException if it is another value
     * @throws NullPointerException if it is null
     */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> object(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value, "no object");
    }

    /**
     * Returns a value that was read as the array that it is.
     *
     * @throws ClassCastException if it is another value
     * @throws NullPointerException if it is null
     */
    @SuppressWarnings("unchecked")
    public static List<Object> array(@Nullable Object value) {
        return (List<Object>) Objects.requireNonNull(value, "no array");
    }
}

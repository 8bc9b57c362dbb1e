package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Objects;

/**
 * Turns values into bytes for Redis, and back. Thread-safe. What it throws never reaches a caller of the cache: a value
 * that cannot be written is not stored, one that cannot be read is loaded anew. When the form of the bytes changes, change
 * {@link Cache.Builder#schemaVersion} with it.
 */
public interface Codec<V> {
    /** Returns the bytes of a value, which is never null. */
    byte[] encode(V value);

    /** Returns the value of these bytes, never null. The array is the codec's to keep. */
    V decode(byte[] bytes);

    /** Writes a value. */
    @FunctionalInterface
    interface Encoder<V> {
        /** Returns the bytes of a value, which is never null. */
        byte[] encode(V value) throws Exception;
    }

    /** Reads a value. */
    @FunctionalInterface
    interface Decoder<V> {
        /** Returns the value of these bytes, never null. */
        V decode(byte[] bytes) throws Exception;
    }

    /** Returns the codec for text, as UTF-8. */
    static Codec<String> string() {
        return of(text -> text.getBytes(UTF_8), bytes -> new String(bytes, UTF_8));
    }

    /** Returns the codec for bytes as they are. Nobody may change an array that was given to the cache or came from it. */
    static Codec<byte[]> bytes() {
        return of(bytes -> bytes, bytes -> bytes);
    }

    /**
     * Returns the codec that writes JSON with Jackson 2, which the application must bring along: records, beans,
     * collections of them; fields that are not known are passed over, and no type names stand in the text. For a mapper of
     * the application's own, of whatever version: {@code Codec.of(mapper::writeValueAsBytes, bytes ->
     * mapper.readValue(bytes, User.class))}.
     *
     * @throws IllegalStateException if Jackson 2 is not there
     */
    static <V> Codec<V> json(Class<V> type) {
        Objects.requireNonNull(type, "type");
        try {
            return JacksonCodec.of(type);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "Codec.json needs jackson-databind 2, which is not on the class path or module path; add it, or use"
                            + " Codec.of",
                    e);
        }
    }

    /** Returns a codec made of two functions, which may throw anything. */
    static <V> Codec<V> of(Encoder<? super V> encode, Decoder<? extends V> decode) {
        Objects.requireNonNull(encode, "encode");
        Objects.requireNonNull(decode, "decode");
        return new Codec<>() {
            @Override
            public byte[] encode(V value) {
                try {
                    return encode.encode(value);
                } catch (Exception e) {
                    throw Flights.unchanged(e);
                }
            }

            @Override
            public V decode(byte[] bytes) {
                try {
                    return decode.decode(bytes);
                } catch (Exception e) {
                    throw Flights.unchanged(e);
                }
            }
        };
    }
}

package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Objects;
import java.util.function.Function;

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

    /** Returns the codec for text, as UTF-8. */
    static Codec<String> string() {
        return of(text -> text.getBytes(UTF_8), bytes -> new String(bytes, UTF_8));
    }

    /** Returns the codec for bytes as they are. Nobody may change an array that was given to the cache or came from it. */
    static Codec<byte[]> bytes() {
        return of(Function.identity(), Function.identity());
    }

    /** Returns a codec made of two functions. */
    static <V> Codec<V> of(Function<? super V, byte[]> encode, Function<byte[], ? extends V> decode) {
        Objects.requireNonNull(encode, "encode");
        Objects.requireNonNull(decode, "decode");
        return new Codec<>() {
            @Override
            public byte[] encode(V value) {
                return encode.apply(value);
            }

            @Override
            public V decode(byte[] bytes) {
                return decode.apply(bytes);
            }
        };
    }
}

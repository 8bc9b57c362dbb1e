package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Objects;
import java.util.function.Function;

/**
 * Turns keys into bytes. The bytes are the key's identity, in Redis as in the near tier: two keys with the same bytes are
 * one key, whatever their {@code equals} says. Thread-safe and pure.
 */
@FunctionalInterface
public interface KeyCodec<K> {
    /** Returns the bytes of a key: always the same for the same key, in every process that shares the cache. */
    byte[] encode(K key);

    /** Returns the codec that writes UTF-8. */
    static KeyCodec<String> ofString() {
        return key -> key.getBytes(UTF_8);
    }

    /** Returns the codec that writes decimal digits. */
    static KeyCodec<Long> ofLong() {
        return key -> Long.toString(key).getBytes(UTF_8);
    }

    /** Returns the codec that writes, as UTF-8, the text that the function makes of a key. */
    static <K> KeyCodec<K> of(Function<? super K, String> text) {
        Objects.requireNonNull(text, "text");
        return key -> text.apply(key).getBytes(UTF_8);
    }
}

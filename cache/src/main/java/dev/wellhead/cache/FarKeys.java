package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Names in Redis: {@code wh:cache1:<what>:{<cache>:<schema>:<generation>:<key>}}, where 1 is the version of the protocol.
 * Value, lease and fence of a key differ only before the braces, so they share a slot of a cluster; leases and fences have
 * prefixes of their own, so that whoever watches values does not hear of them.
 */
record FarKeys(String cache, int schema) {
    private static final String PROTOCOL = "wh:cache1:";

    List<byte[]> all(String generation, EncodedKey key) {
        return List.of(value(generation, key), lease(generation, key), fence(generation, key));
    }

    byte[] value(String generation, EncodedKey key) {
        return named("v", generation, key);
    }

    byte[] lease(String generation, EncodedKey key) {
        return named("l", generation, key);
    }

    byte[] fence(String generation, EncodedKey key) {
        return named("f", generation, key);
    }

    byte[] generation() {
        return shared("g");
    }

    /** The generation, the tags' clock, and the tags that were invalidated: in one slot. */
    List<byte[]> generationAndTags() {
        return List.of(generation(), shared("c"), shared("t"));
    }

    String channel() {
        return new String(shared("m"), UTF_8);
    }

    private byte[] shared(String what) {
        return (PROTOCOL + what + ":{" + cache + ":" + schema + "}").getBytes(UTF_8);
    }

    private byte[] named(String what, String generation, EncodedKey key) {
        byte[] before = (PROTOCOL + what + ":{" + cache + ":" + schema + ":" + generation + ":").getBytes(UTF_8);
        return ByteBuffer.allocate(before.length + key.bytes().length + 1)
                .put(before)
                .put(key.bytes())
                .put((byte) '}')
                .array();
    }
}

package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Names in Redis: {@code wh:cache1:<what>:{<cache>:<schema>:<generation>:<key>}}, where 1 is the version of the protocol.
 * Value and lease of a key differ only before the braces, so they share a slot of a cluster; leases have a prefix of their
 * own, so that whoever watches values does not hear of them.
 */
record FarKeys(String cache, int schema) {
    private static final String PROTOCOL = "wh:cache1:";

    List<byte[]> valueAndLease(String generation, EncodedKey key) {
        return List.of(value(generation, key), lease(generation, key));
    }

    byte[] value(String generation, EncodedKey key) {
        return named("v", generation, key);
    }

    byte[] lease(String generation, EncodedKey key) {
        return named("l", generation, key);
    }

    byte[] generation() {
        return (PROTOCOL + "g:{" + cache + ":" + schema + "}").getBytes(UTF_8);
    }

    String channel() {
        return PROTOCOL + "m:{" + cache + ":" + schema + "}";
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

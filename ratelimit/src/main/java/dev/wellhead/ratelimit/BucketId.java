package dev.wellhead.ratelimit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names one bucket: {@code <limit>:<fingerprint>:{<key>}}, or {@code <limit>:<fingerprint>:{<tag>}<key>}. What stands in
 * braces is what Redis Cluster chooses the slot by, so all limits of one key live in one slot. Keys come from outside: one
 * that is empty, long, or holds anything but plain printable characters is replaced by {@code #} and 128 bits of its
 * SHA-256, so that no caller chooses the size of a key or what it does to a terminal.
 */
final class BucketId {
    private static final int LONGEST_PLAIN_KEY = 64;

    private BucketId() {}

    static String of(Limit limit, String key) {
        return limit.id() + ":" + tag(key);
    }

    /** Returns the bucket of a key that lies in the slot of a tag. */
    static String of(Limit limit, String tag, String key) {
        return limit.id() + ":" + tagged(tag, key);
    }

    /** Returns the tag in braces and the key behind it, or what stands for them. */
    static String tagged(String tag, String key) {
        return tag(tag) + (isPlain(key) ? key : hashed(key));
    }

    /** Returns the key, or what stands for it where it is long, or could be taken for what stands for another. */
    static String brief(String key) {
        boolean brief = key.length() <= LONGEST_PLAIN_KEY && (key.isEmpty() || key.charAt(0) != '#');
        return brief ? key : hashed(key);
    }

    /** Returns the key in braces, or what stands for it. */
    static String tag(String key) {
        return "{" + (isPlain(key) ? key : hashed(key)) + "}";
    }

    /** Returns eight digits that differ, but for one chance in four billion, where states mean different things. */
    static String fingerprint(String arithmetic) {
        return HexFormat.of().formatHex(sha256(arithmetic.getBytes(StandardCharsets.UTF_8)), 0, 4);
    }

    // Braces would end the slot tag early, and a hash is told from a key by its first character.
    private static boolean isPlain(String key) {
        if (key.isEmpty() || key.length() > LONGEST_PLAIN_KEY || key.charAt(0) == '#') {
            return false;
        }
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '{' || c == '}') {
                return false;
            }
        }
        return true;
    }

    // The characters as they are: an encoder would make all lone surrogates equal.
    private static String hashed(String key) {
        ByteBuffer characters = ByteBuffer.allocate(2 * key.length());
        characters.asCharBuffer().put(key);
        return "#" + HexFormat.of().formatHex(sha256(characters.array()), 0, 16);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }
}

package dev.wellhead.backup.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, as every file of a backup is sealed with. */
public final class Digests {
    private Digests() {}

    /** Returns a new digest. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }

    /** Returns the hash of these bytes in hexadecimal. */
    public static String hex(byte[] content) {
        return HexFormat.of().formatHex(sha256().digest(content));
    }

    /** Returns the hash of this text's UTF-8 form in hexadecimal. */
    public static String hex(String content) {
        return hex(content.getBytes(StandardCharsets.UTF_8));
    }
}

package dev.wellhead.migrate.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The sum by which a changed script is noticed. Algorithms have numbers that are stored beside each sum; one that has
 * been published never changes, or every user's history would seem tampered with after an upgrade.
 *
 * <p>Algorithm 1: SHA-256 in lower-case hexadecimal over the UTF-8 form of the text without a leading byte order mark,
 * each CR LF and each lone CR written as LF. Everything else counts, line ends included: two lines that are joined, so
 * that one becomes part of the other's comment, are another script.
 */
public final class Checksum {
    /** The algorithm of sums made now. */
    public static final int ALGORITHM = 1;

    private Checksum() {}

    /** Returns whether sums of this algorithm can be checked. */
    public static boolean knows(int algorithm) {
        return algorithm == ALGORITHM;
    }

    /** Returns the sum by {@link #ALGORITHM}. */
    public static String of(String script) {
        String text = withoutMark(script).replace("\r\n", "\n").replace('\r', '\n');
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }

    private static String withoutMark(String script) {
        return script.startsWith("\uFEFF") ? script.substring(1) : script;
    }
}

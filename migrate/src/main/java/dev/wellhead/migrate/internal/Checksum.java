package dev.wellhead.migrate.internal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
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

    // Only copied.
    private static final MessageDigest UNUSED = lookedUp();

    private Checksum() {}

    /** Returns whether sums of this algorithm can be checked. */
    public static boolean knows(int algorithm) {
        return algorithm == ALGORITHM;
    }

    /** Returns the sum by {@link #ALGORITHM}. */
    public static String of(String script) {
        String text = withoutMark(script).replace("\r\n", "\n").replace('\r', '\n');
        return hex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Sums up a script of UTF-8 while it passes through, with the same result. For one thread. */
    public static final class Meter extends FilterInputStream {
        private static final int CHUNK = 8192;
        private static final int MARK_LENGTH = 3;

        private final MessageDigest digest = sha256();
        private final byte[] normal = new byte[CHUNK];
        private final byte[] head = new byte[MARK_LENGTH];
        private int headLength;
        private boolean behindCarriageReturn;

        /** Starts at the beginning of a script. */
        public Meter(InputStream script) {
            super(script);
        }

        /** Reads what is left, and returns the sum of the whole script. To be called once. */
        public String total() throws IOException {
            byte[] rest = new byte[CHUNK];
            while (read(rest, 0, rest.length) >= 0) {
                // Only to be summed up.
            }
            digest(head, 0, headLength == MARK_LENGTH ? 0 : headLength);
            return hex(digest.digest());
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, Math.min(length, CHUNK));
            int from = offset;
            int to = offset + Math.max(read, 0);
            while (headLength < MARK_LENGTH && from < to) {
                head[headLength++] = target[from++];
                if (headLength == MARK_LENGTH && !isMark(head)) {
                    digest(head, 0, MARK_LENGTH);
                }
            }
            digest(target, from, to);
            return read;
        }

        // The mark is told by its bytes, and CR and LF are never part of a longer character.
        private static boolean isMark(byte[] bytes) {
            return bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF;
        }

        private void digest(byte[] bytes, int from, int to) {
            int length = 0;
            for (int i = from; i < to; i++) {
                boolean secondHalf = bytes[i] == '\n' && behindCarriageReturn;
                behindCarriageReturn = bytes[i] == '\r';
                if (!secondHalf) {
                    normal[length++] = behindCarriageReturn ? (byte) '\n' : bytes[i];
                }
            }
            digest.update(normal, 0, length);
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        @Override
        public long skip(long count) throws IOException {
            throw new IOException("a script is summed up from end to end");
        }
    }

    /** Returns a fresh SHA-256. */
    public static MessageDigest sha256() {
        try {
            // Not looked up among the JVM's providers for each of thousands of files.
            return (MessageDigest) UNUSED.clone();
        } catch (CloneNotSupportedException e) {
            return lookedUp();
        }
    }

    private static MessageDigest lookedUp() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }

    /** Returns a sum as it is stored. */
    public static String hex(byte[] sum) {
        return HexFormat.of().formatHex(sum);
    }

    private static String withoutMark(String script) {
        return script.startsWith("\uFEFF") ? script.substring(1) : script;
    }
}

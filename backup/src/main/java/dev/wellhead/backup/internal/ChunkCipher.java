package dev.wellhead.backup.internal;

import dev.wellhead.core.Redaction;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts files chunk by chunk, so that each byte is known to be genuine before it is used, in bounded memory.
 *
 * <p>A file is {@code WHE1}, the length of the key's name in one byte, the name, 32 random bytes of salt, and chunks. Each
 * chunk is one byte, 1 for the last and 0 for others, the length of what follows in 4 bytes, and up to 1 MiB encrypted with
 * AES-256-GCM. The file's own key is made of the named key by HKDF (RFC 5869, with SHA-256) from the salt, the backup's id and
 * the file's name; the nonce is the number of the chunk, and the first byte is authenticated with it. So no two chunks share
 * key and nonce, and chunks that were changed, left out, added, or moved from elsewhere do not open.
 */
final class ChunkCipher {
    private static final byte[] MAGIC = "WHE1".getBytes(StandardCharsets.US_ASCII);
    private static final String TRANSFORMATION = "AES/GCM/NoPadding";
    private static final String MAC = "HmacSHA256";
    private static final int CHUNK = 1 << 20;
    private static final int TAG_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int SALT_BYTES = 32;
    private static final byte MORE = 0;
    private static final byte LAST = 1;

    private ChunkCipher() {}

    /** Returns a stream that encrypts; closing it ends the file, without that it is none. */
    static OutputStream encrypting(Keys keys, String id, String file, OutputStream to) throws IOException {
        String name = keys.active();
        byte[] key = keys.key(name);
        if (key == null) {
            throw new AssertionError("the active key is not in the ring");
        }
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        byte[] named = name.getBytes(StandardCharsets.US_ASCII);
        to.write(MAGIC);
        to.write(named.length);
        to.write(named);
        to.write(salt);
        return new Encrypting(fileKey(key, salt, id, file), to);
    }

    /**
     * Returns a stream that decrypts.
     *
     * @throws DamagedException if it is no such file
     * @throws MissingKeyException if its key is not in the ring
     */
    static InputStream decrypting(Keys keys, String id, String file, InputStream from) throws IOException {
        DataInputStream in = new DataInputStream(from);
        try {
            if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
                throw new DamagedException(file + " is not encrypted, as all that is read with a key ring must be");
            }
            String name = new String(readFully(in, in.readUnsignedByte()), StandardCharsets.US_ASCII);
            byte[] key = keys.key(name);
            if (key == null) {
                throw new MissingKeyException(file + " of backup " + id + " is encrypted with key '"
                        + Redaction.printable(name) + "', which is not in the key ring; add it");
            }
            byte[] salt = readFully(in, SALT_BYTES);
            return new Decrypting(fileKey(key, salt, id, file), file, in);
        } catch (EOFException e) {
            throw cut(file, e);
        }
    }

    private static byte[] readFully(DataInputStream in, int length) throws IOException {
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    private static DamagedException cut(String file, EOFException cause) {
        return new DamagedException(file + " was cut short", cause);
    }

    private static SecretKeySpec fileKey(byte[] key, byte[] salt, String id, String file) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(salt, MAC));
            byte[] extracted = mac.doFinal(key);
            mac.init(new SecretKeySpec(extracted, MAC));
            mac.update(("wellhead-backup\0" + id + "\0" + file).getBytes(StandardCharsets.UTF_8));
            // One block of the expansion is as long as the key.
            mac.update((byte) 1);
            return new SecretKeySpec(mac.doFinal(), "AES");
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JVM has HMAC-SHA256", e);
        }
    }

    private static Cipher cipher(int mode, SecretKeySpec key, long chunk, byte flag) throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(NONCE_BYTES)
                .putLong(NONCE_BYTES - Long.BYTES, chunk)
                .array();
        Cipher cipher = Cipher.getInstance(TRANSFORMATION);
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        cipher.updateAAD(new byte[] {flag});
        return cipher;
    }

    private static final class Encrypting extends PieceStream {
        private final SecretKeySpec key;
        private final OutputStream to;
        private long chunks;
        private boolean closed;

        Encrypting(SecretKeySpec key, OutputStream to) {
            super(CHUNK);
            this.key = key;
            this.to = to;
        }

        @Override
        int full(byte[] bytes, int count) throws IOException {
            seal(bytes, count, MORE);
            return CHUNK;
        }

        private void seal(byte[] bytes, int count, byte flag) throws IOException {
            try {
                byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, chunks++, flag).doFinal(bytes, 0, count);
                to.write(ByteBuffer.allocate(1 + Integer.BYTES)
                        .put(flag)
                        .putInt(sealed.length)
                        .array());
                to.write(sealed);
            } catch (GeneralSecurityException e) {
                throw new IOException("cannot encrypt: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            try (to) {
                seal(piece(), length(), LAST);
            }
        }
    }

    private static final class Decrypting extends InputStream {
        private final SecretKeySpec key;
        private final String file;
        private final DataInputStream from;
        private byte[] plain = new byte[0];
        private int at;
        private long chunks;
        private boolean last;

        Decrypting(SecretKeySpec key, String file, DataInputStream from) {
            this.key = key;
            this.file = file;
            this.from = from;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (at == plain.length) {
                if (last) {
                    return -1;
                }
                next();
            }
            int count = Math.min(length, plain.length - at);
            System.arraycopy(plain, at, bytes, offset, count);
            at += count;
            return count;
        }

        private void next() throws IOException {
            try {
                byte flag = from.readByte();
                int length = from.readInt();
                if (length < TAG_BYTES || length > CHUNK + TAG_BYTES || flag < MORE || flag > LAST) {
                    throw changed(null);
                }
                byte[] sealed = readFully(from, length);
                plain = cipher(Cipher.DECRYPT_MODE, key, chunks++, flag).doFinal(sealed);
                at = 0;
                last = flag == LAST;
                if (last && from.read() >= 0) {
                    throw changed(null);
                }
            } catch (EOFException e) {
                throw cut(file, e);
            } catch (AEADBadTagException e) {
                throw changed(e);
            } catch (GeneralSecurityException e) {
                throw new IOException(file + " cannot be decrypted: " + e.getMessage(), e);
            }
        }

        private DamagedException changed(@Nullable Throwable cause) {
            String what =
                    file + " was changed, or moved here from elsewhere, or its key is another one of the same name";
            return cause == null ? new DamagedException(what) : new DamagedException(what, cause);
        }

        @Override
        public void close() throws IOException {
            from.close();
        }
    }
}

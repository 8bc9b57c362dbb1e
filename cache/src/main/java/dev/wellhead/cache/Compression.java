package dev.wellhead.cache;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Makes bytes smaller: their length, then what DEFLATE makes of them.
 *
 * @param above fewer are left alone
 * @param maximumBytes more are never made of what is read
 */
record Compression(int above, int maximumBytes) {
    private static final int LENGTH = 4;

    /** Returns empty if they are few, or would not become fewer. */
    Optional<byte[]> compress(byte[] bytes) {
        if (bytes.length < above) {
            return Optional.empty();
        }
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            byte[] out = new byte[bytes.length];
            if (out.length <= LENGTH) {
                return Optional.empty();
            }
            ByteBuffer.wrap(out).putInt(bytes.length);
            int length = LENGTH;
            while (!deflater.finished() && length < out.length) {
                length += deflater.deflate(out, length, out.length - length);
            }
            return deflater.finished() ? Optional.of(Arrays.copyOf(out, length)) : Optional.empty();
        } finally {
            deflater.end();
        }
    }

    /** @throws IllegalArgumentException if they are not what {@link #compress} made, or would become too many */
    byte[] expand(byte[] bytes) {
        int length = bytes.length < LENGTH ? -1 : ByteBuffer.wrap(bytes).getInt();
        if (length < 0 || length > maximumBytes) {
            throw new IllegalArgumentException("compressed value says it has " + length + " bytes");
        }
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(bytes, LENGTH, bytes.length - LENGTH);
            byte[] out = new byte[length];
            int filled = inflater.inflate(out);
            if (filled != length || (!inflater.finished() && inflater.inflate(new byte[1]) != 0)) {
                throw new IllegalArgumentException("compressed value is not as long as it says");
            }
            return out;
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("compressed value is damaged", e);
        } finally {
            inflater.end();
        }
    }
}

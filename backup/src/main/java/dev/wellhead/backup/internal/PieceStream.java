package dev.wellhead.backup.internal;

import java.io.IOException;
import java.io.OutputStream;

/** Gathers what is written, and gives it on in large pieces, of which it holds one. For one thread. */
abstract class PieceStream extends OutputStream {
    private byte[] piece;
    private int length;

    /** @param size of the first piece */
    PieceStream(int size) {
        piece = new byte[size];
    }

    /**
     * Takes a full piece.
     *
     * @return how large the next may become
     */
    abstract int full(byte[] bytes, int count) throws IOException;

    /** Returns what was gathered since the last full piece; the first {@link #length()} bytes of it. */
    final byte[] piece() {
        return piece;
    }

    final int length() {
        return length;
    }

    @Override
    public final void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public final void write(byte[] bytes, int offset, int count) throws IOException {
        int at = offset;
        int left = count;
        while (left > 0) {
            if (length == piece.length) {
                int next = full(piece, length);
                piece = next == piece.length ? piece : new byte[next];
                length = 0;
            }
            int taken = Math.min(left, piece.length - length);
            System.arraycopy(bytes, at, piece, length, taken);
            length += taken;
            at += taken;
            left -= taken;
        }
    }
}

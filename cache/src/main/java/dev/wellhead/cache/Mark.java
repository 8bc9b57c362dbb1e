package dev.wellhead.cache;

/**
 * Tells the bytes that stand under a key from those that stood or will stand there: their last four, which are the checksum
 * of a frame that holds the time of its making. Two that are taken for one cost a load too many or a refresh too few.
 */
final class Mark {
    /** Of a value whose bytes are not known, and so of none. */
    static final byte[] NONE = {};

    private static final int LENGTH = 4;

    private Mark() {}

    /** Returns the mark as scripts in Redis make it: a letter, so that it is never empty, and the last bytes. */
    static byte[] of(byte[] bytes) {
        byte[] mark = new byte[1 + Math.min(LENGTH, bytes.length)];
        mark[0] = 'm';
        int length = mark.length - 1;
        System.arraycopy(bytes, bytes.length - length, mark, 1, length);
        return mark;
    }
}

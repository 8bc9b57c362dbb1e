package dev.wellhead.cache;

import java.util.Arrays;

/** A key as its codec wrote it. Comparable, so that maps stay fast when somebody chooses keys of equal hashes. */
final class EncodedKey implements Comparable<EncodedKey> {
    private final byte[] bytes;
    private final int hash;

    EncodedKey(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /** Not a copy: nobody writes to it. */
    byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedKey key && key.hash == hash && Arrays.equals(key.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public int compareTo(EncodedKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }
}

package dev.wellhead.cache;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Remembers roughly which keys were asked for lately, so that a full tier need not make room for what nobody will ask for
 * again. A Bloom filter of one function, emptied after so many keys, as TinyLFU has it (Einziger, Friedman, Manes: ACM
 * Transactions on Storage 13(4), 2017). Thread-safe, never blocks; threads that meet may forget a key.
 */
final class Doorkeeper {
    // So that one key in eight at most is taken for another when it is about to be emptied.
    private static final int BITS_A_KEY = 8;
    private static final long LEAST_KEYS = 8;
    private static final long MOST_KEYS = 1L << 20;

    private final AtomicLongArray words;
    private final int mask;
    private final long keys;
    // Counted by all without a lock: a key that is lost puts the emptying off, no more.
    private long noted;

    /** @param size of the tier: about as many keys are remembered */
    Doorkeeper(long size) {
        keys = Math.max(LEAST_KEYS, Math.min(size, MOST_KEYS));
        int bits = Integer.highestOneBit(Math.toIntExact(2 * keys * BITS_A_KEY - 1));
        mask = bits - 1;
        words = new AtomicLongArray(bits / Long.SIZE);
    }

    /** Notes the key, and returns whether it was noted before. */
    boolean knows(Object key) {
        int bit = ((key.hashCode() * 0x9E3779B9) >>> 7) & mask;
        int index = bit / Long.SIZE;
        long word = words.get(index);
        long noting = word | (1L << bit);
        if (noting == word) {
            return true;
        }
        words.setRelease(index, noting);
        if (++noted >= keys) {
            noted = 0;
            for (int i = 0; i < words.length(); i++) {
                words.setRelease(i, 0);
            }
        }
        return false;
    }
}

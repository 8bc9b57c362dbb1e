package dev.wellhead.pool;

/**
 * A part of the pool for one kind of work: it may hold so many connections at most, and so many are kept free for it.
 */
final class Share {
    final String name;
    final int atMost;
    final int reserved;

    // Guarded by the lock of Books.
    int lent;

    Share(String name, int atMost, int reserved) {
        this.name = name;
        this.atMost = atMost;
        this.reserved = reserved;
    }

    /** Returns how many connections nobody else may take. */
    int unclaimed() {
        return Math.max(0, reserved - lent);
    }
}

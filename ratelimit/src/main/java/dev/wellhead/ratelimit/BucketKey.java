package dev.wellhead.ratelimit;

/**
 * What a bucket is found by in this JVM: as {@link BucketId}, and made without putting a text together. Two are equal
 * if and only if their ids are. Keeps no more of a key than {@link BucketId#brief} leaves. Immutable.
 */
final class BucketKey implements Comparable<BucketKey> {
    private final String limitId;
    private final String key;
    private final int hash;

    private BucketKey(String limitId, String key) {
        this.limitId = limitId;
        this.key = key;
        hash = 31 * limitId.hashCode() + key.hashCode();
    }

    static BucketKey of(Limit limit, String key) {
        return new BucketKey(limit.id(), BucketId.brief(key));
    }

    /** Returns that of a key that lies in the slot of a tag. */
    static BucketKey of(Limit limit, String tag, String key) {
        // No brief key begins so, but for hashes, which have no brace.
        return new BucketKey(limit.id(), "#" + BucketId.tagged(tag, key));
    }

    /** Returns what the bucket's limit is known by: with whom it may share. */
    String limitId() {
        return limitId;
    }

    /** Returns a hash that nobody can foretell who does not know the seed. */
    long hash(long seed) {
        return hash(hash(seed, limitId), key);
    }

    private static long hash(long seed, String text) {
        long hash = seed;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return hash;
    }

    // Keys may be chosen so that many have the same hash; a map that can order them still finds each soon.
    @Override
    public int compareTo(BucketKey other) {
        int byKey = key.compareTo(other.key);
        return byKey != 0 ? byKey : limitId.compareTo(other.limitId);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BucketKey that
                && hash == that.hash
                && key.equals(that.key)
                && limitId.equals(that.limitId);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}

package dev.wellhead.cache;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Puts into the near tier what comes from Redis or goes there, for as long as it may stay. */
final class NearKeeper<V extends @Nullable Object> {
    private final NearTier<EncodedKey, V> near;
    private final CacheCounter counter;
    private final BooleanSupplier hearing;
    private final long nearNanos;
    private final long awayNanos;

    /**
     * @param hearing whether invalidations of other nodes are heard
     * @param nearNanos the longest stay of a value while they are
     * @param awayNanos the longest stay of a value while they are not, or Redis is away
     */
    NearKeeper(
            NearTier<EncodedKey, V> near,
            CacheCounter counter,
            BooleanSupplier hearing,
            long nearNanos,
            long awayNanos) {
        this.near = near;
        this.counter = counter;
        this.hearing = hearing;
        this.nearNanos = nearNanos;
        this.awayNanos = awayNanos;
    }

    /** Returns what to keep of a value that was read from Redis. */
    NearTier.Draft<V> draft(FarValues.Decoded<V> read, long freshNanos, FarReply.Hit hit) {
        long stay = Math.min(longest(), hit.remainingNanos());
        return new NearTier.Draft<>(read.value(), read.meta(), freshNanos, stay, Mark.of(hit.frame()));
    }

    /** Keeps what was loaded, as far as its lease held. */
    void filled(EncodedKey id, V value, Meta meta, byte[] mark, Lease.Fate fate, long stamp) {
        switch (fate) {
            case MINE -> enter(id, draft(value, meta, longest(), mark), stamp);
            case LOST -> counter.fillRejected();
            case UNKNOWN -> {
                counter.away();
                keepBriefly(id, value, meta, stamp);
            }
        }
    }

    void keepBriefly(EncodedKey id, V value, Meta meta, long stamp) {
        enter(id, draft(value, meta, awayNanos, Mark.NONE), stamp);
    }

    /** Keeps what was put, in place of whatever is there. */
    void replace(EncodedKey id, V value, Meta meta, byte[] mark, boolean stored, long stamp) {
        near.replace(id, draft(value, meta, stored ? longest() : awayNanos, mark), stamp);
    }

    private long longest() {
        return hearing.getAsBoolean() ? nearNanos : awayNanos;
    }

    /** Keeps what was read from Redis, if it is worth its place. */
    void offer(EncodedKey id, NearTier.Draft<V> draft, long stamp) {
        if (!near.offer(id, draft, stamp)) {
            counter.nearRefused();
        }
    }

    private void enter(EncodedKey id, NearTier.Draft<V> draft, long stamp) {
        if (!near.putIfUnchanged(id, draft, stamp)) {
            counter.nearRefused();
        }
    }

    private NearTier.Draft<V> draft(V value, Meta meta, long longest, byte[] mark) {
        return new NearTier.Draft<>(value, meta, meta.lifeNanos(), Math.min(longest, meta.keptNanos()), mark);
    }
}

package dev.wellhead.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.wellhead.core.Ticker;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** The values that this process keeps. A value that was read before an invalidation can not enter after it. */
final class NearTier<I, V extends @Nullable Object> {
    /*
     * Each key belongs to one of a fixed number of epochs. An invalidation first moves the key's epoch on, then removes the
     * entry. Whoever brings a value took a stamp of the epoch before the value was read, and the value enters only if the
     * stamp still holds, which is checked inside compute(), so either the check sees the epoch moved, or the entry is there
     * when the removal comes: compute and remove of one key exclude each other.
     *
     * The era stands for all keys. Entries remember theirs, and a reader ignores those of another, which clears the tier
     * at once, however large it is.
     *
     * Both only grow, so a stamp is their sum: it is unchanged only if both are. A key that shares its epoch with an
     * invalidated one may be refused without need; that costs a read from Redis, no more.
     */
    private static final int EPOCHS = 4096;

    record Entry<V extends @Nullable Object>(V value, long deadlineNanos, long era) {}

    private final Ticker ticker;
    private final com.github.benmanes.caffeine.cache.Cache<I, Entry<V>> entries;
    private final AtomicLongArray epochs = new AtomicLongArray(EPOCHS);
    private final AtomicLong era = new AtomicLong();

    NearTier(long maximumSize, Ticker ticker) {
        this.ticker = ticker;
        entries = Caffeine.newBuilder()
                .maximumSize(maximumSize)
                .ticker(ticker::nanos)
                .expireAfter(new UntilDeadline<I, V>())
                .executor(Runnable::run)
                .build();
    }

    /** Keeps the deadline that an entry was born with, so that touching it never lengthens its life. */
    private static final class UntilDeadline<I, V extends @Nullable Object> implements Expiry<I, Entry<V>> {
        @Override
        public long expireAfterCreate(I key, Entry<V> entry, long now) {
            return Math.max(0, entry.deadlineNanos() - now);
        }

        @Override
        public long expireAfterUpdate(I key, Entry<V> entry, long now, long left) {
            return expireAfterCreate(key, entry, now);
        }

        @Override
        public long expireAfterRead(I key, Entry<V> entry, long now, long left) {
            return left;
        }
    }

    @Nullable Entry<V> get(I key) {
        Entry<V> entry = entries.getIfPresent(key);
        return entry == null || entry.era() != era.get() ? null : entry;
    }

    /** To be taken before the value is read from wherever it comes from. */
    long stamp(I key) {
        return epochs.get(epoch(key)) + era.get();
    }

    /** Returns false, and keeps what there is, if anything was invalidated since the stamp was taken. */
    boolean putIfUnchanged(I key, V value, long lifeNanos, long stamp) {
        long deadline = ticker.nanos() + lifeNanos;
        Entry<V> kept = entries.asMap().compute(key, (same, old) -> {
            long now = era.get();
            return epochs.get(epoch(same)) + now == stamp ? new Entry<>(value, deadline, now) : old;
        });
        return kept != null && kept.deadlineNanos() == deadline && kept.value() == value;
    }

    /** Like {@link #drop}, but leaves this value instead of nothing, provided that nobody else wrote since the stamp. */
    void replace(I key, V value, long lifeNanos, long stamp) {
        long deadline = ticker.nanos() + lifeNanos;
        entries.asMap().compute(key, (same, old) -> {
            long now = era.get();
            long before = epochs.getAndIncrement(epoch(same));
            return before + now == stamp ? new Entry<>(value, deadline, now) : null;
        });
    }

    /** Like {@link #drop}, but leaves this value instead of nothing. */
    void set(I key, V value, long lifeNanos) {
        long deadline = ticker.nanos() + lifeNanos;
        entries.asMap().compute(key, (same, old) -> {
            epochs.incrementAndGet(epoch(same));
            return new Entry<>(value, deadline, era.get());
        });
    }

    void drop(I key) {
        epochs.incrementAndGet(epoch(key));
        entries.asMap().remove(key);
    }

    void clear() {
        era.incrementAndGet();
    }

    long size() {
        return entries.estimatedSize();
    }

    private static int epoch(Object key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return (hash >>> 16) & (EPOCHS - 1);
    }
}

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

    /**
     * A value on its way into the tier.
     *
     * @param freshNanos how long it is good from now on; below zero if it is past that
     * @param stayNanos how long it may stay here
     * @param mark the {@link Mark} of its bytes in Redis
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    record Draft<V extends @Nullable Object>(V value, Meta meta, long freshNanos, long stayNanos, byte[] mark) {}

    /**
     * A value in the tier. Times are the ticker's.
     *
     * @param failures how many refreshes in a row have failed
     * @param retryAt until then none is tried again, if any failed
     */
    record Entry<V extends @Nullable Object>(
            Draft<V> draft, long freshUntil, long deadline, long era, int failures, long retryAt) {
        V value() {
            return draft.value();
        }

        Meta meta() {
            return draft.meta();
        }
    }

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
            return Math.max(0, entry.deadline() - now);
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
    @SuppressWarnings("ReferenceEquality") // This very draft, not one that looks like it.
    boolean putIfUnchanged(I key, Draft<V> draft, long stamp) {
        long now = ticker.nanos();
        Entry<V> kept = entries.asMap().compute(key, (same, old) -> {
            long current = era.get();
            return epochs.get(epoch(same)) + current == stamp ? entry(draft, now, current) : old;
        });
        return kept != null && kept.draft() == draft;
    }

    /** Like {@link #drop}, but leaves this value instead of nothing, provided that nobody else wrote since the stamp. */
    void replace(I key, Draft<V> draft, long stamp) {
        long now = ticker.nanos();
        entries.asMap().compute(key, (same, old) -> {
            long current = era.get();
            long before = epochs.getAndIncrement(epoch(same));
            return before + current == stamp ? entry(draft, now, current) : null;
        });
    }

    /** Like {@link #drop}, but leaves this value instead of nothing. */
    void set(I key, Draft<V> draft) {
        long now = ticker.nanos();
        entries.asMap().compute(key, (same, old) -> {
            epochs.incrementAndGet(epoch(same));
            return entry(draft, now, era.get());
        });
    }

    /** Notes on the entry, if it is still there, that a refresh failed and when to try again. */
    @SuppressWarnings("ReferenceEquality") // As above.
    void postpone(I key, Entry<V> entry, long retryAfterNanos) {
        Entry<V> postponed = new Entry<>(
                entry.draft(),
                entry.freshUntil(),
                entry.deadline(),
                entry.era(),
                entry.failures() + 1,
                ticker.nanos() + retryAfterNanos);
        entries.asMap().computeIfPresent(key, (same, old) -> old.draft() == entry.draft() ? postponed : old);
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

    private static <V extends @Nullable Object> Entry<V> entry(Draft<V> draft, long now, long era) {
        return new Entry<>(draft, now + draft.freshNanos(), now + draft.stayNanos(), era, 0, 0);
    }

    private static int epoch(Object key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return (hash >>> 16) & (EPOCHS - 1);
    }
}

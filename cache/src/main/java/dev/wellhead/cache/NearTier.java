package dev.wellhead.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.wellhead.core.Ticker;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;
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
     *
     * Readers check the deadline of what they find, with a reading of the clock that they need anyway: the expiry of the
     * cache beneath would take one of its own for each read. What nobody reads any more is swept out: some entries after
     * some writes, four for each, so that of entries that come and go the dead are a small share, and a sixtieth of the
     * tier with each tick of a cache that has a timer. Not after every write: to find the first entry of a round costs
     * more than to look at it. One thread sweeps at a time, `sweepLock`; who finds it taken lets it be.
     *
     * What Redis holds is cheap to get again, so a full tier takes it in only when it is asked for a second time: keys that
     * come once, as in a scan, cost no room and none of the work of making it.
     */
    private static final int EPOCHS = 4096;
    private static final int WRITES_FOR_A_SWEEP = 32;
    private static final int SWEPT_AFTER_THEM = 4 * WRITES_FOR_A_SWEEP;
    private static final long LEAST_SWEPT = 256;
    private static final long TICKS_IN_A_ROUND = 60;
    // A reading of the clock that another thread took later than ours must not seem to be past it.
    private static final long LONGEST_STAY = Long.MAX_VALUE / 2;

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
    private final long maximumSize;
    private final long sweptAtOnce;
    private final Doorkeeper doorkeeper;

    // Counted by all without a lock: a write that is lost puts a sweep off, no more.
    private int writes;

    private final ReentrantLock sweepLock = new ReentrantLock();
    // Guarded by sweepLock. Where the sweep has come to; exhausted at the start and after each round.
    private Iterator<Map.Entry<I, Entry<V>>> sweep = Collections.emptyIterator();

    NearTier(long maximumSize, Ticker ticker) {
        this.ticker = ticker;
        this.maximumSize = maximumSize;
        doorkeeper = new Doorkeeper(maximumSize);
        sweptAtOnce = Math.max(LEAST_SWEPT, maximumSize / TICKS_IN_A_ROUND);
        entries = Caffeine.newBuilder()
                .maximumSize(maximumSize)
                .executor(Runnable::run)
                .build();
    }

    @Nullable Entry<V> get(I key) {
        return get(key, ticker.nanos());
    }

    /** @param now a reading of the ticker that is not older than the call of the reader */
    @Nullable Entry<V> get(I key, long now) {
        Entry<V> entry = entries.getIfPresent(key);
        if (entry == null || isAlive(entry, now)) {
            return entry;
        }
        remove(key, entry);
        // It had its place, and has it again.
        doorkeeper.knows(key);
        return null;
    }

    private boolean isAlive(Entry<V> entry, long now) {
        return entry.era() == era.get() && now - entry.deadline() < 0;
    }

    @SuppressWarnings("ReferenceEquality") // This very entry: another one may be alive.
    private void remove(I key, Entry<V> dead) {
        entries.asMap().computeIfPresent(key, (same, there) -> there == dead ? null : there);
    }

    /** Removes the dead among a share of the entries, another one with each call. */
    void sweep() {
        sweep(sweptAtOnce);
    }

    private void wrote() {
        if (++writes % WRITES_FOR_A_SWEEP == 0) {
            sweep(SWEPT_AFTER_THEM);
        }
    }

    private void sweep(long count) {
        if (!sweepLock.tryLock()) {
            return;
        }
        try {
            if (!sweep.hasNext()) {
                sweep = entries.asMap().entrySet().iterator();
            }
            long now = ticker.nanos();
            for (long i = 0; i < count && sweep.hasNext(); i++) {
                Map.Entry<I, Entry<V>> next = sweep.next();
                if (!isAlive(next.getValue(), now)) {
                    remove(next.getKey(), next.getValue());
                }
            }
        } finally {
            sweepLock.unlock();
        }
    }

    /** To be taken before the value is read from wherever it comes from. */
    long stamp(I key) {
        return epochs.get(epoch(key)) + era.get();
    }

    /**
     * Keeps what was read from Redis, unless the tier is full and the key new to it.
     *
     * @return false if it must not be kept, as something was invalidated since the stamp was taken
     */
    boolean offer(I key, Draft<V> draft, long stamp) {
        boolean isWelcome = doorkeeper.knows(key)
                || entries.estimatedSize() < maximumSize
                // What is there may be older than what was read.
                || entries.policy().getIfPresentQuietly(key) != null;
        return !isWelcome || putIfUnchanged(key, draft, stamp);
    }

    /** Returns false, and keeps what there is, if anything was invalidated since the stamp was taken. */
    @SuppressWarnings("ReferenceEquality") // This very draft, not one that looks like it.
    boolean putIfUnchanged(I key, Draft<V> draft, long stamp) {
        long now = ticker.nanos();
        Entry<V> kept = entries.asMap().compute(key, (same, old) -> {
            long current = era.get();
            return epochs.get(epoch(same)) + current == stamp ? entry(draft, now, current) : old;
        });
        wrote();
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
        wrote();
    }

    /** Like {@link #drop}, but leaves this value instead of nothing. */
    void set(I key, Draft<V> draft) {
        long now = ticker.nanos();
        entries.asMap().compute(key, (same, old) -> {
            epochs.incrementAndGet(epoch(same));
            return entry(draft, now, era.get());
        });
        wrote();
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
        long fresh = Math.min(draft.freshNanos(), LONGEST_STAY);
        return new Entry<>(draft, now + fresh, now + Math.min(draft.stayNanos(), LONGEST_STAY), era, 0, 0);
    }

    private static int epoch(Object key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return (hash >>> 16) & (EPOCHS - 1);
    }
}

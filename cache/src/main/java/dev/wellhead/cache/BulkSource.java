package dev.wellhead.cache;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What lies behind the near tier, for those who read many keys at once. */
interface BulkSource<I, K, V extends @Nullable Object> {
    /** Says for each key, in their order, whether it can be had by reading alone; keeps near what it finds. */
    List<Answer<V>> read(List<Key<I, K>> keys);

    /** Says for each key, in their order, what to do; keeps near what it finds. The caller leads their flights. */
    List<Answer<V>> ask(List<Unknown<I, K>> keys);

    /** A key, and what it is called in the tiers. */
    record Key<I, K>(I id, K key) {}

    /** A key that could not be had by reading, and the mark of the value that was there but must not be served. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    record Unknown<I, K>(Key<I, K> key, byte[] ignored) {}

    /** What to do about one key. */
    sealed interface Answer<V extends @Nullable Object> {}

    /**
     * Nothing: here it is.
     *
     * @param due the value, if this read has been chosen to refresh it
     */
    record Found<V extends @Nullable Object>(V value, NearTier.@Nullable Draft<V> due) implements Answer<V> {}

    /**
     * Ask, leading the flight of the key.
     *
     * @param ignored the mark of the value that was there but must not be served; empty if there was none
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    record Absent<V extends @Nullable Object>(byte[] ignored) implements Answer<V> {}

    /** Wait: somebody else loads it. */
    record Awaited<V extends @Nullable Object>() implements Answer<V> {}

    /**
     * Load it.
     *
     * @param before what the last load cost; 0 if unknown
     */
    record Wanted<V extends @Nullable Object>(Right<V> right, long before) implements Answer<V> {}

    /** The right to load one key. Ends with {@link #store} or {@link #giveBack}. */
    interface Right<V extends @Nullable Object> {
        /** The load begins. */
        default void begin() {}

        /** The load has ended. */
        default void end() {}

        /** Stores the value where it may be stored; never fails. */
        CompletableFuture<Void> store(Loads.Loaded<V> loaded);

        /** Lets others load. Does not wait. */
        default void giveBack() {}
    }
}

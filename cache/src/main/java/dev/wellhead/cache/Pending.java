package dev.wellhead.cache;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The invalidations that Redis has not heard of yet: one for each key, and beyond a bound one for all keys. */
final class Pending {
    /*
     * Every invalidation gets a number. Sent is what has the number that was read before the sending began: an
     * invalidation that came meanwhile has a greater one and stays.
     *
     *   key -> number   waits to be sent
     *   all = number    there were too many: all keys count as invalidated, none is noted any more
     *   all = 0         not so
     *
     * An invalidation is noted before the call that made it returns, and readers ask here before they believe Redis. While
     * `all` is set, add() gives it a new number each time, so that a new generation that began before does not cover it.
     */
    private static final long NONE = 0;

    private final int bound;
    private final ConcurrentHashMap<EncodedKey, Long> waiting = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong all = new AtomicLong(NONE);

    Pending(int bound) {
        this.bound = bound;
    }

    /** Returns true if this one was the one too many. */
    boolean add(EncodedKey key) {
        waiting.put(key, numbers.incrementAndGet());
        if (all.get() == NONE && waiting.size() <= bound) {
            return false;
        }
        return addAll();
    }

    /** Notes that all keys are invalidated; returns false if that was so already. */
    boolean addAll() {
        long before = all.getAndSet(numbers.incrementAndGet());
        waiting.clear();
        return before == NONE;
    }

    int bound() {
        return bound;
    }

    boolean isEmpty() {
        return all.get() == NONE && waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }

    /** Returns the number for {@link #sent}, if this key waits. */
    OptionalLong number(EncodedKey key) {
        Long number = waiting.get(key);
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }

    void sent(EncodedKey key, long number) {
        waiting.remove(key, number);
    }

    /** Returns the number for {@link #allSent}, if all keys count as invalidated. */
    OptionalLong all() {
        long number = all.get();
        return number == NONE ? OptionalLong.empty() : OptionalLong.of(number);
    }

    void allSent(long number) {
        all.compareAndSet(number, NONE);
    }

    List<Map.Entry<EncodedKey, Long>> some(int atMost) {
        return waiting.entrySet().stream()
                .limit(atMost)
                .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
                .toList();
    }
}

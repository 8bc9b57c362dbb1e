package dev.wellhead.ratelimit;

import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.redis.Redis;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * How trips to Redis go. Thread-safe.
 *
 * @param limiter whose trips they are
 * @param prefix what keys begin with
 * @param clock on which the moment is noted at which a trip leaves
 * @param reception hears how they end
 */
record Route(
        RateLimiter limiter,
        Redis redis,
        String prefix,
        MicroClock clock,
        Reception reception,
        DecisionCounter counter) {
    byte[] key(Charge charge) {
        return key(charge.id());
    }

    /** Returns the key of a bucket that is known by this. */
    byte[] key(String id) {
        return (prefix + id).getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns what can be asked in one trip each: on a cluster by slot, in the order of the slots; else all of it. */
    <T> List<List<T>> bySlot(List<T> items, Function<T, Charge> charge) {
        if (items.size() == 1 || !redis.isCluster()) {
            return List.of(items);
        }
        SortedMap<Integer, List<T>> slots = new TreeMap<>();
        for (T item : items) {
            slots.computeIfAbsent(SlotHash.getSlot(key(charge.apply(item))), slot -> new ArrayList<>())
                    .add(item);
        }
        return List.copyOf(slots.values());
    }

    /**
     * Waits for a decision for the budget at most; then the failure policy makes it. An interrupt ends the wait and leaves
     * the flag set.
     */
    Decision await(Promise promise, Ask ask, boolean take) {
        try {
            return promise.get(redis.budget().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return giveUp(promise, ask, take, noAnswer());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return giveUp(promise, ask, take, "interrupted while waiting for the answer");
        } catch (ExecutionException e) {
            throw new AssertionError("callers are told decisions only", e);
        }
    }

    /** Returns what ends with the budget, by the failure policy if nothing else has decided. */
    CompletableFuture<Decision> bounded(Promise promise, Ask ask) {
        return promise.copy()
                .orTimeout(redis.budget().toNanos(), TimeUnit.NANOSECONDS)
                .handle((decision, timeout) -> decision != null ? decision : giveUp(promise, ask, true, noAnswer()));
    }

    private Decision giveUp(Promise promise, Ask ask, boolean take, String why) {
        promise.decide(() -> reception.fallBack(ask, take, why));
        // If the answer was quicker, it counts.
        return promise.join();
    }

    private String noAnswer() {
        return "no answer within the budget of " + redis.budget().toMillis() + " ms";
    }
}

package dev.wellhead.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who waits in this process for a load of another one. A waiter registers, asks Redis once more, and only then waits: what
 * is freed between the two questions is seen by the second, what is freed later by the registration.
 */
final class Arrivals {
    private final ConcurrentHashMap<EncodedKey, CompletableFuture<Void>> expected = new ConcurrentHashMap<>();

    CompletableFuture<Void> expect(EncodedKey key) {
        return expected.computeIfAbsent(key, absent -> new CompletableFuture<>());
    }

    /** Wakes all who wait for the key. A waiter that gives up calls it as well: who is woken for nothing asks again. */
    void arrived(EncodedKey key) {
        CompletableFuture<Void> waiters = expected.remove(key);
        if (waiters != null) {
            waiters.complete(null);
        }
    }

    void allArrived() {
        expected.keySet().forEach(this::arrived);
    }
}

package dev.wellhead.ratelimit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A decision that several may be about to make: Redis' answer, and whoever gives up waiting for it. The first to claim it
 * does, so that no failure policy is charged for one that was made. Thread-safe.
 */
class Promise extends CompletableFuture<Decision> {
    private final AtomicBoolean claimed = new AtomicBoolean();

    /** Returns true to the first, who completes it at once. */
    final boolean claim() {
        return !claimed.get() && claimed.compareAndSet(false, true);
    }

    final boolean isClaimed() {
        return claimed.get();
    }

    /** Makes the decision unless it is claimed. */
    final void decide(Supplier<Decision> decision) {
        if (claim()) {
            complete(decision.get());
        }
    }
}

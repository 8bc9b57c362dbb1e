package dev.wellhead.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** A fence that is released once, whoever asks how often. */
final class RaisedFence implements Cache.Fence {
    private final boolean forAll;
    private final Supplier<InvalidateResult> release;
    private final AtomicBoolean releasing = new AtomicBoolean();
    // Ends with the first release, for those who ask while it is under way: each wait in it is bounded.
    private final CompletableFuture<InvalidateResult> released = new CompletableFuture<>();

    RaisedFence(boolean forAll, Supplier<InvalidateResult> release) {
        this.forAll = forAll;
        this.release = release;
    }

    @Override
    public boolean standsForAll() {
        return forAll;
    }

    @Override
    public InvalidateResult release() {
        if (releasing.compareAndSet(false, true)) {
            try {
                released.complete(release.get());
            } catch (Throwable e) {
                released.completeExceptionally(e);
                throw e;
            }
        }
        return released.join();
    }
}

package dev.wellhead.cache;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Does what {@link FarSource} does, without blocking: each answer of Redis is worked on by a thread of the cache. */
final class AsyncFarSource<K, V extends @Nullable Object> implements AsyncReads.Source<EncodedKey, K, V> {
    private static final long HOLDER_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final CacheParts<EncodedKey, K, V> parts;
    private final FarTier far;
    private final FarSource<K, V> source;
    private final Arrivals arrivals;
    private final NearKeeper<V> keeper;

    AsyncFarSource(
            CacheParts<EncodedKey, K, V> parts,
            FarTier far,
            FarSource<K, V> source,
            Arrivals arrivals,
            NearKeeper<V> keeper) {
        this.parts = parts;
        this.far = far;
        this.source = source;
        this.arrivals = arrivals;
        this.keeper = keeper;
    }

    /** One fetch under way: what does not change from step to step. */
    private record Fetch<K, V extends @Nullable Object>(
            EncodedKey id,
            K key,
            Function<? super K, ? extends CompletionStage<? extends V>> loader,
            Attempt<V> attempt) {}

    @Override
    public boolean isBare() {
        return false;
    }

    @Override
    public CompletionStage<V> fetchAsync(
            EncodedKey id,
            K key,
            Function<? super K, ? extends CompletionStage<? extends V>> loader,
            Attempt<V> attempt) {
        return step(new Fetch<>(id, key, loader, attempt), Mark.NONE, null);
    }

    /** @param arrival what the fetch waits for if the lease is still another's; null to register first */
    private CompletionStage<V> step(Fetch<K, V> fetch, byte[] ignored, @Nullable CompletableFuture<Void> arrival) {
        if (parts.flights().isClosed()) {
            return CompletableFuture.failedFuture(CacheException.closed(parts.name()));
        }
        long stamp = parts.near().stamp(fetch.id());
        return far.getOrLeaseAsync(fetch.id(), ignored, !parts.options().leases())
                .thenComposeAsync(
                        reply -> next(fetch, ignored, arrival, reply, stamp),
                        parts.workers().brief());
    }

    private CompletionStage<V> next(
            Fetch<K, V> fetch, byte[] ignored, @Nullable CompletableFuture<Void> arrival, FarReply reply, long stamp) {
        if (reply instanceof FarReply.Busy busy && parts.options().leases()) {
            return arrival == null
                    ? step(fetch, ignored, arrivals.expect(fetch.id()))
                    : awaited(fetch, arrival, busy)
                            .thenComposeAsync(
                                    woken -> step(fetch, ignored, null),
                                    parts.workers().brief());
        }
        if (arrival != null) {
            arrivals.arrived(fetch.id());
        }
        if (reply instanceof FarReply.Hit hit) {
            Optional<ReadThrough.Box<V>> served = source.take(fetch.id(), hit, stamp, fetch.attempt());
            return served.isPresent()
                    ? CompletableFuture.completedFuture(served.get().value())
                    : step(fetch, Mark.of(hit.frame()), null);
        }
        if (reply instanceof FarReply.Leased leased) {
            parts.counter().farMiss();
            return loadLeased(fetch, leased.lease(), stamp, 0);
        }
        return loadUnleased(fetch, reply, stamp);
    }

    private CompletionStage<?> awaited(Fetch<K, V> fetch, CompletableFuture<Void> arrival, FarReply.Busy busy) {
        parts.counter().fleetWait();
        // The holder may die, or its message be lost: then Redis knows.
        Future<?> alarm =
                parts.workers().later(() -> arrivals.arrived(fetch.id()), busy.remainingNanos() + HOLDER_GRACE_NANOS);
        return arrival.thenRun(() -> {
            alarm.cancel(false);
            arrivals.arrived(fetch.id());
        });
    }

    private CompletionStage<V> loadLeased(Fetch<K, V> fetch, Lease lease, long stamp, long before) {
        lease.keepAlive(parts.workers().timer(), null);
        return AsyncReads.load(parts, fetch.id(), fetch.key(), fetch.loader(), before)
                .whenComplete((loaded, error) -> {
                    lease.rest();
                    if (error != null || loaded.meta() == null) {
                        lease.abandon();
                    }
                })
                .thenCompose(loaded -> {
                    Meta meta = loaded.meta();
                    return meta == null
                            ? CompletableFuture.completedFuture(loaded.value())
                            : source.stored(lease, fetch.id(), loaded.value(), meta, stamp)
                                    .thenApply(ended -> loaded.value());
                });
    }

    private CompletionStage<V> loadUnleased(Fetch<K, V> fetch, FarReply reply, long stamp) {
        source.missed(reply);
        return AsyncReads.load(parts, fetch.id(), fetch.key(), fetch.loader(), 0)
                .thenApply(loaded -> {
                    Meta meta = loaded.meta();
                    if (meta != null && !(reply instanceof FarReply.Fenced)) {
                        keeper.keepBriefly(fetch.id(), loaded.value(), meta, stamp);
                    }
                    return loaded.value();
                });
    }

    @Override
    public CompletionStage<Optional<ReadThrough.Box<V>>> refreshAsync(
            EncodedKey id,
            K key,
            Function<? super K, ? extends CompletionStage<? extends V>> loader,
            NearTier.Draft<V> old,
            boolean stale) {
        Fetch<K, V> fetch = new Fetch<>(id, key, loader, new Attempt<>());
        long stamp = parts.near().stamp(id);
        return far.getOrLeaseAsync(id, old.mark(), true)
                .thenComposeAsync(
                        reply -> refreshed(fetch, old, reply, stale, stamp),
                        parts.workers().brief());
    }

    private CompletionStage<Optional<ReadThrough.Box<V>>> refreshed(
            Fetch<K, V> fetch, NearTier.Draft<V> old, FarReply reply, boolean stale, long stamp) {
        if (reply instanceof FarReply.Hit hit) {
            return CompletableFuture.completedFuture(source.take(fetch.id(), hit, stamp, fetch.attempt()));
        }
        CompletionStage<V> loaded;
        if (reply instanceof FarReply.Leased leased) {
            loaded = loadLeased(fetch, leased.lease(), stamp, old.meta().costNanos());
        } else if (reply instanceof FarReply.Away && stale) {
            loaded = loadUnleased(fetch, reply, stamp);
        } else {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return loaded.thenApply(value -> Optional.of(new ReadThrough.Box<>(value)));
    }
}

package dev.wellhead.cache;

import dev.wellhead.cache.Judge.Verdict;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Behind the near tier lies Redis, and behind that one loader in the whole fleet. */
final class FarSource<K, V extends @Nullable Object> implements ReadThrough.Source<EncodedKey, K, V> {
    /*
     * What a reader does: value in Redis; somebody's lease for the key in the fleet; the loader. A value in Redis that must
     * not be served (unreadable, its tag invalidated, past its life) counts as absent: its mark is sent along, so that the
     * lease is granted although it is there, unless a younger one has taken its place.
     *
     * All state lives in the parts; no lock is held here.
     */
    private static final long HOLDER_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final CacheParts<EncodedKey, K, V> parts;
    private final FarTier far;
    private final FarValues<V> values;
    private final Arrivals arrivals;
    private final NearKeeper<V> keeper;

    FarSource(
            CacheParts<EncodedKey, K, V> parts,
            FarTier far,
            FarValues<V> values,
            Arrivals arrivals,
            NearKeeper<V> keeper) {
        this.parts = parts;
        this.far = far;
        this.values = values;
        this.arrivals = arrivals;
        this.keeper = keeper;
    }

    @Override
    public boolean isBare() {
        return false;
    }

    @Override
    public <E extends Exception> V fetch(EncodedKey id, K key, CacheLoader<K, V, E> loader, Attempt<V> attempt)
            throws E {
        byte[] ignored = Mark.NONE;
        CompletableFuture<Void> arrival = null;
        try {
            while (true) {
                long stamp = parts.near().stamp(id);
                FarReply reply = far.getOrLease(id, ignored, !parts.options().leases());
                if (reply instanceof FarReply.Hit hit) {
                    Optional<ReadThrough.Box<V>> served = take(id, hit, stamp, attempt);
                    if (served.isPresent()) {
                        return served.get().value();
                    }
                    ignored = Mark.of(hit.frame());
                } else if (reply instanceof FarReply.Leased leased) {
                    parts.counter().farMiss();
                    return loadLeased(id, key, loader, leased.lease(), stamp, cost(id));
                } else if (reply instanceof FarReply.Busy busy
                        && parts.options().leases()) {
                    if (arrival == null) {
                        arrival = arrivals.expect(id);
                    } else {
                        awaitHolder(arrival, busy);
                        arrivals.arrived(id);
                        arrival = null;
                    }
                } else {
                    return loadUnleased(id, key, loader, reply, stamp);
                }
                ensureOpen();
            }
        } finally {
            if (arrival != null) {
                arrivals.arrived(id);
            }
        }
    }

    @Override
    public <E extends Exception> Optional<ReadThrough.Box<V>> refresh(
            EncodedKey id, K key, CacheLoader<K, V, E> loader, NearTier.Draft<V> old, boolean stale) throws E {
        long stamp = parts.near().stamp(id);
        FarReply reply = far.getOrLease(id, old.mark(), true);
        if (reply instanceof FarReply.Hit hit) {
            return take(id, hit, stamp, new Attempt<>());
        } else if (reply instanceof FarReply.Leased leased) {
            long before = old.meta().costNanos();
            return Optional.of(new ReadThrough.Box<>(loadLeased(id, key, loader, leased.lease(), stamp, before)));
        } else if (reply instanceof FarReply.Away && stale) {
            return Optional.of(new ReadThrough.Box<>(loadUnleased(id, key, loader, reply, stamp)));
        }
        return Optional.empty();
    }

    /** Takes what Redis has, and keeps it near; empty if it must not be served. */
    Optional<ReadThrough.Box<V>> take(EncodedKey id, FarReply.Hit hit, long stamp, Attempt<V> attempt) {
        Optional<FarValues.Decoded<V>> read = values.read(hit);
        if (read.isEmpty()) {
            return Optional.empty();
        }
        Meta meta = read.get().meta();
        long fresh = hit.remainingNanos() == Long.MAX_VALUE ? Long.MAX_VALUE : hit.remainingNanos() - meta.graceNanos();
        Verdict verdict = parts.judge().of(fresh, meta);
        NearTier.Draft<V> draft = keeper.draft(read.get(), fresh, hit);
        if (verdict != Verdict.GONE) {
            keeper.offer(id, draft, stamp);
        }
        if (!verdict.isServed()) {
            return Optional.empty();
        }
        parts.counter().farHit();
        if (verdict == Verdict.REVALIDATE) {
            parts.counter().staleServed(CacheCounter.Stale.REVALIDATE);
        }
        if (verdict.isRefreshed()) {
            attempt.refreshIsDue(draft);
        }
        return Optional.of(new ReadThrough.Box<>(read.get().value()));
    }

    private <E extends Exception> V loadLeased(
            EncodedKey id, K key, CacheLoader<K, V, E> loader, Lease lease, long stamp, long before) throws E {
        Loads.Loaded<V> loaded;
        lease.keepAlive(parts.workers().timer(), Thread.currentThread());
        try {
            loaded = parts.load(id, key, loader, before);
        } catch (Throwable e) {
            lease.abandon();
            throw e;
        } finally {
            lease.rest();
        }
        Meta meta = loaded.meta();
        if (meta == null) {
            lease.abandon();
            return loaded.value();
        }
        Optional<byte[]> frame = values.write(loaded.value(), meta, far.nowMicros(lease));
        Lease.Fate fate = frame.isPresent() ? lease.fill(frame.get(), meta.keptNanos()) : lease.release();
        keeper.filled(id, loaded.value(), meta, frame.map(Mark::of).orElse(Mark.NONE), fate, stamp);
        return loaded.value();
    }

    /** Loads where Redis cannot say that nobody else does, or forbids to store. */
    private <E extends Exception> V loadUnleased(
            EncodedKey id, K key, CacheLoader<K, V, E> loader, FarReply reply, long stamp) throws E {
        missed(reply);
        Loads.Loaded<V> loaded = parts.load(id, key, loader, cost(id));
        Meta meta = loaded.meta();
        if (meta != null && !(reply instanceof FarReply.Fenced)) {
            keeper.keepBriefly(id, loaded.value(), meta, stamp);
        }
        return loaded.value();
    }

    /** Counts a load that follows on this reply. */
    void missed(FarReply reply) {
        if (reply instanceof FarReply.Away) {
            parts.counter().away();
        } else {
            parts.counter().farMiss();
        }
    }

    /** Returns what the last load cost, if there is a value that says so. */
    long cost(EncodedKey id) {
        NearTier.Entry<V> entry = parts.near().get(id);
        return entry == null ? 0 : entry.meta().costNanos();
    }

    private void awaitHolder(CompletableFuture<Void> arrival, FarReply.Busy busy) {
        parts.counter().fleetWait();
        Flights.Flight holder = busy.holder();
        if (holder != null) {
            parts.flights().waitFor(holder);
        }
        try {
            arrival.get(busy.remainingNanos() + HOLDER_GRACE_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // The holder died, or its message was lost: Redis knows.
            return;
        } catch (InterruptedException e) {
            throw CacheException.interrupted(parts.name(), e);
        } catch (ExecutionException e) {
            throw new AssertionError("nobody fails an arrival", e);
        } finally {
            if (holder != null) {
                parts.flights().landed();
            }
        }
    }

    private void ensureOpen() {
        if (parts.flights().isClosed()) {
            throw CacheException.closed(parts.name());
        }
    }

    /** Stores a value without waiting, and keeps it near once Redis has answered. */
    CompletionStage<@Nullable Void> stored(Lease lease, EncodedKey id, V value, Meta meta, long stamp) {
        Optional<byte[]> frame = values.write(value, meta, far.nowMicros(lease));
        return lease.end(frame.orElse(null), meta.keptNanos())
                .thenAccept(fate ->
                        keeper.filled(id, value, meta, frame.map(Mark::of).orElse(Mark.NONE), fate, stamp));
    }
}

package dev.wellhead.cache;

import dev.wellhead.cache.Judge.Verdict;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Does what {@link ReadThrough} does, with loaders that return at once and bring their value later. The two share flights,
 * so that callers of either kind wait for each other's loads.
 */
final class AsyncReads<I, K, V extends @Nullable Object> {
    /*
     * Steps that follow an answer of Redis, of a loader or of another flight run on the cache's brief threads, never on the
     * thread that brought the answer: that belongs to the client or to the host. Nothing here blocks.
     */
    private final CacheParts<I, K, V> parts;
    private final ReadThrough<I, K, V> reads;
    private final Source<I, K, V> source;

    /** What lies behind the near tier. */
    interface Source<I, K, V extends @Nullable Object> {
        /** Returns whether there is nothing behind the near tier but loaders. */
        boolean isBare();

        /** Brings the value, and keeps it near if it may be kept. */
        CompletionStage<V> fetchAsync(
                I id, K key, Function<? super K, ? extends CompletionStage<? extends V>> loader, Attempt<V> attempt);

        /** Brings a younger value than this one; empty if somebody else is about to, or it is not worth it now. */
        CompletionStage<Optional<ReadThrough.Box<V>>> refreshAsync(
                I id,
                K key,
                Function<? super K, ? extends CompletionStage<? extends V>> loader,
                NearTier.Draft<V> old,
                boolean stale);
    }

    AsyncReads(CacheParts<I, K, V> parts, ReadThrough<I, K, V> reads, Source<I, K, V> source) {
        this.parts = parts;
        this.reads = reads;
        this.source = source;
    }

    CompletableFuture<V> get(I id, K key, Function<? super K, ? extends CompletionStage<? extends V>> loader) {
        long now = parts.options().ticker().nanos();
        NearTier.Entry<V> entry = parts.near().get(id, now);
        Verdict verdict = parts.judge().of(entry, now);
        if (entry != null && verdict.isServed()) {
            parts.counter().nearHit();
            return CompletableFuture.completedFuture(serve(id, key, loader, entry, verdict));
        }
        parts.counter().nearMiss();
        CompletableFuture<V> result = new CompletableFuture<>();
        limit(id, result);
        attempt(id, key, loader, result);
        return result;
    }

    /** Runs a loader within the bulkhead. */
    static <I, K, V extends @Nullable Object> CompletionStage<Loads.Loaded<V>> load(
            CacheParts<I, K, V> parts,
            I id,
            K key,
            Function<? super K, ? extends CompletionStage<? extends V>> loader,
            long before) {
        Optional<Throwable> resting = parts.failures().of(id);
        if (resting.isPresent()) {
            parts.counter().loadSpared();
            return CompletableFuture.failedFuture(new CompletionException(resting.get()));
        }
        long stamp = parts.near().stamp(id);
        return parts.bulkhead()
                .enter()
                .thenComposeAsync(
                        place -> {
                            Loads.Start start = parts.loads().start();
                            return started(key, loader)
                                    .handleAsync(
                                            (value, error) -> {
                                                parts.bulkhead().leave();
                                                parts.loads().ended(start, error == null);
                                                if (error != null) {
                                                    parts.failed(id, unwrapped(error), stamp);
                                                    throw new CompletionException(unwrapped(error));
                                                }
                                                parts.failures().forget(id);
                                                return parts.loads().loaded(key, value, start, before);
                                            },
                                            parts.workers().brief());
                        },
                        parts.workers().brief());
    }

    private static <K, V extends @Nullable Object> CompletionStage<V> started(
            K key, Function<? super K, ? extends CompletionStage<? extends V>> loader) {
        try {
            return Objects.requireNonNull(loader.apply(key), "the loader returned no stage")
                    .thenApply(value -> value);
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private V serve(
            I id,
            K key,
            Function<? super K, ? extends CompletionStage<? extends V>> loader,
            NearTier.Entry<V> entry,
            Verdict verdict) {
        if (verdict.isRefreshed()) {
            startRefresh(id, key, loader, entry.draft(), verdict == Verdict.REVALIDATE);
        }
        return reads.serve(entry, verdict);
    }

    private void startRefresh(
            I id,
            K key,
            Function<? super K, ? extends CompletionStage<? extends V>> loader,
            NearTier.Draft<V> old,
            boolean stale) {
        if (!parts.refresher().startAsync(id, () -> refresh(id, key, loader, old, stale)) && !stale) {
            parts.counter().refreshSkipped();
        }
    }

    private void limit(I id, CompletableFuture<V> result) {
        Timeouts limits = parts.timeouts();
        if (limits.softNanos() != Long.MAX_VALUE) {
            limit(result, limits.softNanos(), () -> {
                if (reads.hasFallback(id)) {
                    giveUp(id, result);
                }
            });
        }
        if (limits.hardNanos() != Long.MAX_VALUE) {
            limit(result, limits.hardNanos(), () -> giveUp(id, result));
        }
    }

    private void limit(CompletableFuture<V> result, long nanos, Runnable alarm) {
        Future<?> timer = parts.workers().later(alarm, nanos);
        result.whenComplete((value, error) -> timer.cancel(false));
    }

    private void giveUp(I id, CompletableFuture<V> result) {
        if (!result.isDone()) {
            try {
                result.complete(reads.late(id).value());
            } catch (CacheException e) {
                result.completeExceptionally(e);
            }
        }
    }

    private void attempt(
            I id,
            K key,
            Function<? super K, ? extends CompletionStage<? extends V>> loader,
            CompletableFuture<V> result) {
        if (parts.flights().isClosed()) {
            result.completeExceptionally(CacheException.closed(parts.name()));
            return;
        }
        Flights.Flight mine = parts.flights().tryLead(id, null);
        Flights.Flight flight = mine == null ? parts.flights().current(id) : mine;
        if (flight == null) {
            // It landed between the two looks.
            attempt(id, key, loader, result);
            return;
        }
        if (mine == null) {
            parts.counter().processWait();
        }
        flight.landing()
                .whenCompleteAsync(
                        (landing, never) -> {
                            if (!settle(landing, result)) {
                                attempt(id, key, loader, result);
                            }
                        },
                        parts.workers().brief())
                // Nobody runs it any more.
                .whenComplete((landing, rejected) -> {
                    if (rejected != null) {
                        result.completeExceptionally(CacheException.closed(parts.name()));
                    }
                });
        if (mine != null) {
            onward(() -> lead(id, key, loader, mine), result);
        }
    }

    /** Goes on with the next step in a thread of the cache. */
    private void onward(Runnable step, CompletableFuture<V> result) {
        try {
            parts.workers().brief().execute(step);
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(CacheException.closed(parts.name()));
        }
    }

    // A flight carries what a loader for the same key of the same cache brought: a V, and null only if V may be null.
    @SuppressWarnings({"unchecked", "NullAway"})
    private boolean settle(Flights.Landing landing, CompletableFuture<V> result) {
        if (landing instanceof Flights.Arrived arrived) {
            result.complete((V) arrived.value());
        } else if (landing instanceof Flights.Crashed crashed) {
            result.completeExceptionally(crashed.error());
        } else {
            return result.isDone();
        }
        return true;
    }

    private void lead(
            I id, K key, Function<? super K, ? extends CompletionStage<? extends V>> loader, Flights.Flight flight) {
        long now = parts.options().ticker().nanos();
        NearTier.Entry<V> entry = parts.near().get(id, now);
        Verdict verdict = parts.judge().of(entry, now);
        if (entry != null && verdict.isServed()) {
            parts.flights().land(id, flight, new Flights.Arrived(reads.serve(entry, verdict)));
            return;
        }
        Attempt<V> attempt = new Attempt<>();
        try {
            source.fetchAsync(id, key, noticed(loader, flight), attempt).whenComplete((value, error) -> {
                parts.flights()
                        .land(id, flight, error == null ? new Flights.Arrived(value) : failed(id, unwrapped(error)));
                NearTier.Draft<V> due = attempt.due();
                if (due != null) {
                    startRefresh(id, key, loader, due, due.freshNanos() <= 0);
                }
            });
        } catch (Throwable e) {
            parts.flights().land(id, flight, new Flights.Crashed(e));
        }
    }

    private Flights.Landing failed(I id, Throwable error) {
        Optional<ReadThrough.Box<V>> instead = reads.insteadOf(id, error);
        return instead.isPresent() ? new Flights.Arrived(instead.get().value()) : new Flights.Crashed(error);
    }

    /** Lets a loader that asks for its own key before it returns be told. */
    private static <K, V extends @Nullable Object> Function<K, CompletionStage<? extends V>> noticed(
            Function<? super K, ? extends CompletionStage<? extends V>> loader, Flights.Flight flight) {
        return key -> {
            flight.ledBy(Thread.currentThread());
            try {
                return loader.apply(key);
            } finally {
                flight.ledBy(null);
            }
        };
    }

    private CompletionStage<?> refresh(
            I id,
            K key,
            Function<? super K, ? extends CompletionStage<? extends V>> loader,
            NearTier.Draft<V> old,
            boolean stale) {
        Flights.Flight flight = source.isBare() ? parts.flights().tryLead(id, null) : null;
        if (flight == null && source.isBare()) {
            parts.counter().refreshYielded();
            return CompletableFuture.completedFuture(null);
        }
        CompletionStage<Optional<ReadThrough.Box<V>>> refreshed;
        try {
            refreshed = source.refreshAsync(id, key, flight == null ? loader : noticed(loader, flight), old, stale);
        } catch (Throwable e) {
            refreshed = CompletableFuture.failedFuture(e);
        }
        return refreshed.whenComplete((value, error) -> {
            Flights.Landing landing = new Flights.Deserted();
            if (error != null) {
                reads.refreshFailed(id, unwrapped(error));
            } else if (value.isPresent()) {
                landing = new Flights.Arrived(value.get().value());
                parts.counter().refreshed();
            } else {
                parts.counter().refreshYielded();
            }
            if (flight != null) {
                parts.flights().land(id, flight, landing);
            }
        });
    }

    static Throwable unwrapped(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? cause : error;
    }
}

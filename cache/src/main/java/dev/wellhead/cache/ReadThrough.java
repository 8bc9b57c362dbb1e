package dev.wellhead.cache;

import dev.wellhead.cache.Judge.Verdict;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What every cache does to answer a read: the near tier, then one flight for each key, and refreshes in the background. */
final class ReadThrough<I, K, V extends @Nullable Object> {
    /*
     * No state but that of its parts.
     *
     *   served at once     a good value; or one past its life, while it is loaded anew in the background
     *   fetched            by the first caller, in its thread, while the others join its flight; in a thread of the cache
     *                      if callers have a limit to their patience, which then ends their wait and not the load
     *   served after all   a value past its life, if fetching it failed or took too long
     *
     * A refresh leads a flight as well where the near tier is all there is, so that whoever finds the value gone meanwhile
     * joins it. Where there is Redis it must not: a reader whose near value has expired finds a good one there, and should
     * not wait; if that is gone too, it waits for the lease.
     */
    private final CacheParts<I, K, V> parts;
    private final Source<I, K, V> source;

    /** What lies behind the near tier. */
    interface Source<I, K, V extends @Nullable Object> {
        /** Returns whether there is nothing behind the near tier but loaders. */
        boolean isBare();

        /** Returns the value, and keeps it near if it may be kept. */
        <E extends Exception> V fetch(I id, K key, CacheLoader<K, V, E> loader, Attempt<V> attempt) throws E;

        /** Returns a younger value than this one; empty if somebody else is about to bring it, or it is not worth it now. */
        <E extends Exception> Optional<Box<V>> refresh(
                I id, K key, CacheLoader<K, V, E> loader, NearTier.Draft<V> old, boolean stale) throws E;
    }

    /** A value, which may be null. */
    record Box<V extends @Nullable Object>(V value) {}

    ReadThrough(CacheParts<I, K, V> parts, Source<I, K, V> source) {
        this.parts = parts;
        this.source = source;
    }

    <E extends Exception> V get(I id, K key, CacheLoader<K, V, E> loader) throws E {
        long now = parts.options().ticker().nanos();
        NearTier.Entry<V> entry = parts.near().get(id, now);
        Verdict verdict = parts.judge().of(entry, now);
        if (entry != null && verdict.isServed()) {
            parts.counter().nearHit();
            return serve(id, key, loader, entry, verdict);
        }
        parts.counter().nearMiss();
        Attempt<V> attempt = new Attempt<>();
        V value = parts.timeouts().isBounded() && !parts.bulkhead().isInside()
                ? fetchApart(id, key, loader, attempt)
                : parts.flights().fly(id, parts.counter()::processWait, () -> fetch(id, key, loader, attempt));
        NearTier.Draft<V> due = attempt.due();
        if (due != null) {
            startRefresh(id, key, loader, due, due.freshNanos() <= 0);
        }
        return value;
    }

    /** Returns the near value, without loading anything; empty if there is none that may be served. */
    Optional<Box<V>> peek(I id) {
        long now = parts.options().ticker().nanos();
        NearTier.Entry<V> entry = parts.near().get(id, now);
        Verdict verdict = parts.judge().of(entry, now);
        if (entry == null || !verdict.isServed()) {
            parts.counter().nearMiss();
            return Optional.empty();
        }
        parts.counter().nearHit();
        return Optional.of(new Box<>(serve(entry, verdict)));
    }

    /** Serves a value, and starts its refresh if it is due. */
    <E extends Exception> V serve(I id, K key, CacheLoader<K, V, E> loader, NearTier.Entry<V> entry, Verdict verdict) {
        if (verdict.isRefreshed()) {
            startRefresh(id, key, loader, entry.draft(), verdict == Verdict.REVALIDATE);
        }
        return serve(entry, verdict);
    }

    /** Starts to refresh a value that has just been read. */
    <E extends Exception> void startRefresh(
            I id, K key, CacheLoader<K, V, E> loader, NearTier.Draft<V> old, boolean stale) {
        // While a value past its life is loaded anew, each read of it comes by here: that is no refresh left out.
        if (!parts.refresher().start(id, () -> refresh(id, key, loader, old, stale)) && !stale) {
            parts.counter().refreshSkipped();
        }
    }

    /** Serves a value, and counts it if it is past its life. */
    V serve(NearTier.Entry<V> entry, Verdict verdict) {
        if (verdict == Verdict.REVALIDATE) {
            parts.counter().staleServed(CacheCounter.Stale.REVALIDATE);
        } else if (verdict == Verdict.RESTING) {
            parts.counter().staleServed(CacheCounter.Stale.ERROR);
        }
        return entry.value();
    }

    private <E extends Exception> V fetch(I id, K key, CacheLoader<K, V, E> loader, Attempt<V> attempt) throws E {
        // The flight before this one may have landed since the caller looked.
        long now = parts.options().ticker().nanos();
        NearTier.Entry<V> entry = parts.near().get(id, now);
        Verdict verdict = parts.judge().of(entry, now);
        if (entry != null && verdict.isServed()) {
            return serve(entry, verdict);
        }
        try {
            return source.fetch(id, key, loader, attempt);
        } catch (Exception e) {
            Optional<Box<V>> fallback = insteadOf(id, e);
            if (fallback.isPresent()) {
                return fallback.get().value();
            }
            throw e;
        }
    }

    /** Returns what to serve instead of this failure, if there is anything. */
    Optional<Box<V>> insteadOf(I id, Throwable failure) {
        boolean ours = failure instanceof CacheException;
        boolean interrupted = failure instanceof InterruptedException
                || Thread.currentThread().isInterrupted();
        if (ours || interrupted || !(failure instanceof Exception)) {
            return Optional.empty();
        }
        NearTier.Entry<V> entry = parts.near().get(id);
        if (entry == null || parts.judge().of(entry) != Verdict.FALLBACK) {
            return Optional.empty();
        }
        parts.near().postpone(id, entry, Judge.backoffNanos(entry.failures()));
        parts.counter().staleServed(CacheCounter.Stale.ERROR);
        parts.announcer().servedInsteadOfFailure(failure);
        return Optional.of(new Box<>(entry.value()));
    }

    // A flight carries what the body for the same key of the same cache returned: a V, and null only if V may be null.
    @SuppressWarnings({"unchecked", "NullAway"})
    private <E extends Exception> V fetchApart(I id, K key, CacheLoader<K, V, E> loader, Attempt<V> attempt) throws E {
        Optional<Flights.Arrived> arrived = parts.flights()
                .flyApart(
                        id,
                        parts.counter()::processWait,
                        this::launch,
                        timeouts -> patience(id, timeouts),
                        () -> parts.bulkhead().<V, E>runInside(() -> fetch(id, key, loader, attempt)));
        if (arrived.isPresent()) {
            return (V) arrived.get().value();
        }
        return late(id).value();
    }

    private void launch(Runnable run, Consumer<Throwable> failed) {
        parts.bulkhead().enter().whenComplete((place, closed) -> {
            if (closed != null) {
                failed.accept(closed);
            } else if (!parts.workers().load(() -> leaving(run))) {
                parts.bulkhead().leave();
                failed.accept(CacheException.closed(parts.name()));
            }
        });
    }

    private void leaving(Runnable run) {
        try {
            run.run();
        } finally {
            parts.bulkhead().leave();
        }
    }

    private long patience(I id, int timeouts) {
        Timeouts limits = parts.timeouts();
        boolean twice = limits.softNanos() < limits.hardNanos();
        if (timeouts == 0) {
            return twice ? limits.softNanos() : limits.hardNanos();
        }
        if (timeouts == 1 && twice && !hasFallback(id)) {
            return limits.hardNanos() == Long.MAX_VALUE ? Long.MAX_VALUE : limits.hardNanos() - limits.softNanos();
        }
        return 0;
    }

    /** Returns whether there is a value that may be served if it must be. */
    boolean hasFallback(I id) {
        long now = parts.options().ticker().nanos();
        NearTier.Entry<V> entry = parts.near().get(id, now);
        Verdict verdict = parts.judge().of(entry, now);
        return verdict.isServed() || verdict == Verdict.FALLBACK;
    }

    /** Returns what to serve to a caller that has waited long enough. */
    Box<V> late(I id) {
        NearTier.Entry<V> entry = parts.near().get(id);
        if (entry != null && hasFallback(id)) {
            parts.counter().staleServed(CacheCounter.Stale.TIMEOUT);
            return new Box<>(entry.value());
        }
        parts.counter().timedOut();
        throw CacheException.timeout(parts.name(), parts.timeouts().hardNanos());
    }

    private <E extends Exception> void refresh(
            I id, K key, CacheLoader<K, V, E> loader, NearTier.Draft<V> old, boolean stale) {
        Flights.Flight flight = source.isBare() ? parts.flights().tryLead(id, Thread.currentThread()) : null;
        if (flight == null && source.isBare()) {
            parts.counter().refreshYielded();
            return;
        }
        Flights.Landing landing = new Flights.Deserted();
        try {
            Optional<Box<V>> refreshed = source.refresh(id, key, loader, old, stale);
            if (refreshed.isPresent()) {
                landing = new Flights.Arrived(refreshed.get().value());
                parts.counter().refreshed();
            } else {
                parts.counter().refreshYielded();
            }
        } catch (Throwable e) {
            refreshFailed(id, e);
        } finally {
            if (flight != null) {
                parts.flights().land(id, flight, landing);
            }
        }
    }

    /** The value goes on being served as long as it may; the loader is left alone for a while. */
    void refreshFailed(I id, Throwable failure) {
        NearTier.Entry<V> current = parts.near().get(id);
        if (current != null) {
            parts.near().postpone(id, current, Judge.backoffNanos(current.failures()));
        }
        parts.counter().refreshFailed();
        parts.announcer().refreshFailed(failure);
    }
}

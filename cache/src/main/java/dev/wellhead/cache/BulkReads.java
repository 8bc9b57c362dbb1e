package dev.wellhead.cache;

import dev.wellhead.cache.BulkSource.Absent;
import dev.wellhead.cache.BulkSource.Answer;
import dev.wellhead.cache.BulkSource.Found;
import dev.wellhead.cache.BulkSource.Unknown;
import dev.wellhead.cache.BulkSource.Wanted;
import dev.wellhead.cache.Judge.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads many keys at once: one question to what lies behind the near tier, one load for what is nowhere. */
final class BulkReads<I, K, V extends @Nullable Object> {
    /*
     * First all keys are read at once, of which nobody else need know: two callers that read the same keys do not wait for
     * each other. Of those that are not there, the caller leads a flight for each that nobody fetches, asks for all of them
     * at once, loads what is for it to load, and lands all its flights before it waits for any that others fetch. So nobody
     * holds one key while it waits for another, and two callers with the same keys in different order do not stop each
     * other.
     *
     * Of a key that another thread of this process fetches, the value is taken from that flight. Of those that another
     * process loads, one is waited for; then all the others are asked for again, since whoever loads many of them stores
     * them together. Each round but the last ends with at least one key fewer, or after a flight that brought nothing.
     */
    private final CacheParts<I, K, V> parts;
    private final ReadThrough<I, K, V> reads;
    private final BulkSource<I, K, V> source;

    /** What the loader brought, and when it began. */
    private record Brought<K, V extends @Nullable Object>(Loads.Start start, Map<K, V> values) {}

    /** A key, and the flight that is under way for it. */
    private record Flown<I, K>(BulkSource.Key<I, K> key, Flights.Flight flight) {}

    /** A key whose flight the caller leads, which is for it to load. */
    private record Wish<I, K, V extends @Nullable Object>(Flown<I, K> led, Wanted<V> answer) {
        K key() {
            return led.key().key();
        }
    }

    /** A value to refresh. */
    private record Due<I, K, V extends @Nullable Object>(BulkSource.Key<I, K> key, NearTier.Draft<V> old) {}

    /**
     * What comes of a round.
     *
     * @param found the values; those of earlier rounds as well
     * @param due the values to refresh; those of earlier rounds as well
     * @param flown the keys that other threads of this process fetch
     * @param awaited the keys that other processes load
     */
    private record Results<I, K, V extends @Nullable Object>(
            Map<K, V> found, List<Due<I, K, V>> due, List<Flown<I, K>> flown, List<BulkSource.Key<I, K>> awaited) {}

    BulkReads(CacheParts<I, K, V> parts, ReadThrough<I, K, V> reads, BulkSource<I, K, V> source) {
        this.parts = parts;
        this.reads = reads;
        this.source = source;
    }

    <E extends Exception> Map<K, V> get(
            Collection<? extends K> keys,
            Function<? super K, ? extends I> id,
            CacheLoader<? super Set<K>, ? extends Map<K, V>, E> loader)
            throws E {
        Map<K, V> found = new LinkedHashMap<>(2 * keys.size());
        CacheLoader<K, V, E> single = key -> valueOf(loader.load(Set.of(key)), key);
        Map<I, BulkSource.Key<I, K>> missing = new LinkedHashMap<>(2 * keys.size());
        for (K key : keys) {
            BulkSource.Key<I, K> named = new BulkSource.Key<>(id.apply(key), key);
            if (!missing.containsKey(named.id()) && !found.containsKey(key) && !isNear(named, single, found)) {
                missing.put(named.id(), named);
            }
        }
        List<Due<I, K, V>> due = new ArrayList<>();
        Collection<BulkSource.Key<I, K>> left = missing.values();
        while (!left.isEmpty()) {
            Results<I, K, V> results = new Results<>(found, due, new ArrayList<>(), new ArrayList<>());
            fetch(left, loader, results);
            left = await(results, single);
        }
        for (Due<I, K, V> each : due) {
            NearTier.Draft<V> old = each.old();
            reads.startRefresh(each.key().id(), each.key().key(), single, old, old.freshNanos() <= 0);
        }
        return found;
    }

    /** Waits for what others fetch; returns what is to be asked for once more. */
    private <E extends Exception> List<BulkSource.Key<I, K>> await(
            Results<I, K, V> results, CacheLoader<K, V, E> single) throws E {
        List<BulkSource.Key<I, K>> again = new ArrayList<>();
        for (Flown<I, K> flown : results.flown()) {
            Flights.Landing landing = parts.flights().join(flown.flight(), parts.counter()::processWait);
            if (landing instanceof Flights.Arrived arrived) {
                add(results.found(), flown.key().key(), brought(arrived));
            } else if (landing instanceof Flights.Crashed crashed) {
                throw Flights.unchanged(crashed.error());
            } else {
                again.add(flown.key());
            }
        }
        List<BulkSource.Key<I, K>> awaited = results.awaited();
        if (!awaited.isEmpty()) {
            BulkSource.Key<I, K> first = awaited.get(0);
            add(results.found(), first.key(), reads.get(first.id(), first.key(), single));
            again.addAll(awaited.subList(1, awaited.size()));
        }
        return again;
    }

    // A flight carries what a fetch of the same key of the same cache brought: a V, and null only if V may be null.
    @SuppressWarnings({"unchecked", "NullAway"})
    private V brought(Flights.Arrived arrived) {
        return (V) arrived.value();
    }

    private <E extends Exception> boolean isNear(
            BulkSource.Key<I, K> key, CacheLoader<K, V, E> single, Map<K, V> found) {
        long now = parts.options().ticker().nanos();
        NearTier.Entry<V> entry = parts.near().get(key.id(), now);
        Verdict verdict = parts.judge().of(entry, now);
        if (entry == null || !verdict.isServed()) {
            parts.counter().nearMiss();
            return false;
        }
        parts.counter().nearHit();
        add(found, key.key(), reads.serve(key.id(), key.key(), single, entry, verdict));
        return true;
    }

    private <E extends Exception> void fetch(
            Collection<BulkSource.Key<I, K>> missing,
            CacheLoader<? super Set<K>, ? extends Map<K, V>, E> loader,
            Results<I, K, V> results)
            throws E {
        List<BulkSource.Key<I, K>> keys = List.copyOf(missing);
        List<Answer<V>> read = source.read(keys);
        List<Flown<I, K>> led = new ArrayList<>();
        try {
            List<Wish<I, K, V>> wanted = new ArrayList<>();
            List<Flown<I, K>> asked = new ArrayList<>();
            List<Unknown<I, K>> unknown = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                Answer<V> answer = read.get(i);
                if (answer instanceof Found<V> here) {
                    take(keys.get(i), here, results);
                    continue;
                }
                Flown<I, K> flown = lead(keys.get(i), led, results);
                if (flown != null && answer instanceof Wanted<V> free) {
                    wanted.add(new Wish<>(flown, free));
                } else if (flown != null && answer instanceof Absent<V> absent) {
                    asked.add(flown);
                    unknown.add(new Unknown<>(flown.key(), absent.ignored()));
                }
            }
            if (!asked.isEmpty()) {
                sort(asked, source.ask(unknown), wanted, results);
            }
            if (!wanted.isEmpty()) {
                load(wanted, loader, results.found());
            }
        } catch (Throwable e) {
            boolean interrupted =
                    e instanceof InterruptedException || Thread.currentThread().isInterrupted();
            landAll(led, interrupted ? new Flights.Deserted() : new Flights.Crashed(e));
            throw e;
        }
    }

    /** Starts a flight for the key; null if there is nothing left to do, since somebody else does or did. */
    private @Nullable Flown<I, K> lead(BulkSource.Key<I, K> key, List<Flown<I, K>> led, Results<I, K, V> results) {
        Flights.Flight mine = new Flights.Flight(Thread.currentThread());
        Flights.Flight other = parts.flights().enter(key.id(), mine);
        if (other != null) {
            results.flown().add(new Flown<>(key, other));
            return null;
        }
        Flown<I, K> flown = new Flown<>(key, mine);
        led.add(flown);
        // The flight before may have landed since the caller looked.
        NearTier.Entry<V> entry = parts.near().get(key.id());
        if (entry != null && parts.judge().of(entry).isServed()) {
            land(flown, entry.value(), results.found());
            return null;
        }
        return flown;
    }

    private void take(BulkSource.Key<I, K> key, Found<V> here, Results<I, K, V> results) {
        add(results.found(), key.key(), here.value());
        NearTier.Draft<V> due = here.due();
        if (due != null) {
            results.due().add(new Due<>(key, due));
        }
    }

    /** Lands the flights of all these keys but those to load. */
    private void sort(
            List<Flown<I, K>> asked, List<Answer<V>> answers, List<Wish<I, K, V>> wanted, Results<I, K, V> results) {
        for (int i = 0; i < asked.size(); i++) {
            Flown<I, K> flown = asked.get(i);
            Answer<V> answer = answers.get(i);
            if (answer instanceof Found<V> here) {
                parts.flights().land(flown.key().id(), flown.flight(), new Flights.Arrived(here.value()));
                take(flown.key(), here, results);
            } else if (answer instanceof Wanted<V> absent) {
                wanted.add(new Wish<>(flown, absent));
            } else {
                // Its flight ends here: how our load of other keys ends is nothing to those who want this one.
                parts.flights().land(flown.key().id(), flown.flight(), new Flights.Deserted());
                results.awaited().add(flown.key());
            }
        }
    }

    private <E extends Exception> void load(
            List<Wish<I, K, V>> wanted, CacheLoader<? super Set<K>, ? extends Map<K, V>, E> loader, Map<K, V> found)
            throws E {
        Set<K> keys = wanted.stream().map(Wish::key).collect(Collectors.toUnmodifiableSet());
        List<Loads.Loaded<V>> loaded = new ArrayList<>(wanted.size());
        wanted.forEach(wish -> wish.answer().right().begin());
        try {
            Brought<K, V> brought = parts.bulkhead().<Brought<K, V>, E>run(() -> {
                Loads.Start start = parts.loads().start();
                return new Brought<>(start, parts.loads().measured(start, () -> loader.load(keys)));
            });
            for (Wish<I, K, V> wish : wanted) {
                V value = valueOf(brought.values(), wish.key());
                parts.failures().forget(wish.led().key().id());
                loaded.add(parts.loads()
                        .loaded(
                                wish.key(),
                                value,
                                brought.start(),
                                wish.answer().before()));
            }
        } catch (Exception e) {
            wanted.forEach(wish -> wish.answer().right().giveBack());
            if (!serveInstead(wanted, e, found)) {
                throw e;
            }
            return;
        } catch (Throwable e) {
            wanted.forEach(wish -> wish.answer().right().giveBack());
            throw e;
        } finally {
            wanted.forEach(wish -> wish.answer().right().end());
        }
        store(wanted, loaded);
        for (int i = 0; i < wanted.size(); i++) {
            land(wanted.get(i).led(), loaded.get(i).value(), found);
        }
    }

    /** Serves values past their life if there is one for each key, all or nothing. */
    private boolean serveInstead(List<Wish<I, K, V>> wanted, Exception failure, Map<K, V> found) {
        List<V> instead = new ArrayList<>(wanted.size());
        for (Wish<I, K, V> wish : wanted) {
            Optional<ReadThrough.Box<V>> value =
                    reads.insteadOf(wish.led().key().id(), failure);
            if (value.isEmpty()) {
                return false;
            }
            instead.add(value.get().value());
        }
        for (int i = 0; i < wanted.size(); i++) {
            land(wanted.get(i).led(), instead.get(i), found);
        }
        return true;
    }

    private void store(List<Wish<I, K, V>> wanted, List<Loads.Loaded<V>> loaded) {
        CompletableFuture<?>[] stores = new CompletableFuture<?>[wanted.size()];
        for (int i = 0; i < stores.length; i++) {
            stores[i] = wanted.get(i).answer().right().store(loaded.get(i));
        }
        try {
            CompletableFuture.allOf(stores).get();
        } catch (InterruptedException e) {
            // They are on their way; the caller has its values.
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new AssertionError("storing never fails", e);
        }
    }

    private void land(Flown<I, K> led, V value, Map<K, V> found) {
        parts.flights().land(led.key().id(), led.flight(), new Flights.Arrived(value));
        add(found, led.key().key(), value);
    }

    /** Lands those that have not landed yet: a flight keeps to its first landing. */
    private void landAll(List<Flown<I, K>> led, Flights.Landing landing) {
        led.forEach(flown -> parts.flights().land(flown.key().id(), flown.flight(), landing));
    }

    @SuppressWarnings("NullAway") // What the loader leaves out has no value: null, for a V that may be null or not.
    private static <K, V extends @Nullable Object> V valueOf(Map<K, V> values, K key) {
        return values.get(key);
    }

    private static <K, V extends @Nullable Object> void add(Map<K, V> found, K key, V value) {
        if (value != null) {
            found.put(key, value);
        }
    }
}

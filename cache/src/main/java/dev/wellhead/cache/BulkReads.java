package dev.wellhead.cache;

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
     * The caller leads a flight for each key that nobody fetches, and lands all of them before it waits for any that others
     * fetch. So nobody holds one key while it waits for another, and two callers with the same keys in different order do
     * not stop each other.
     */
    private final CacheParts<I, K, V> parts;
    private final ReadThrough<I, K, V> reads;
    private final Source<I, K, V> source;

    /** A key, and what it is called in the tiers. */
    record Key<I, K>(I id, K key) {}

    /** What lies behind the near tier. */
    interface Source<I, K, V extends @Nullable Object> {
        /** Says for each key what to do; keeps near what it finds. */
        Map<I, Answer<V>> ask(Collection<Key<I, K>> keys);
    }

    /** What to do about one key. */
    sealed interface Answer<V extends @Nullable Object> {}

    /**
     * Nothing: here it is.
     *
     * @param due the value, if this read has been chosen to refresh it
     */
    record Found<V extends @Nullable Object>(V value, NearTier.@Nullable Draft<V> due) implements Answer<V> {}

    /** Wait: somebody else loads it. */
    record Awaited<V extends @Nullable Object>() implements Answer<V> {}

    /**
     * Load it.
     *
     * @param before what the last load cost; 0 if unknown
     */
    record Wanted<V extends @Nullable Object>(Right<V> right, long before) implements Answer<V> {}

    /** The right to load one key. Ends with {@link #store} or {@link #giveBack}. */
    interface Right<V extends @Nullable Object> {
        /** The load begins. */
        default void begin() {}

        /** The load has ended. */
        default void end() {}

        /** Stores the value where it may be stored; never fails. */
        CompletableFuture<Void> store(Loads.Loaded<V> loaded);

        /** Lets others load. Does not wait. */
        default void giveBack() {}
    }

    /** What the loader brought, and when it began. */
    private record Brought<K, V extends @Nullable Object>(Loads.Start start, Map<K, V> values) {}

    /**
     * What comes of a call.
     *
     * @param found the values
     * @param others the keys that others load
     * @param due the keys to refresh
     */
    private record Results<I, K, V extends @Nullable Object>(
            Map<K, V> found, List<Key<I, K>> others, Map<Key<I, K>, NearTier.Draft<V>> due) {}

    BulkReads(CacheParts<I, K, V> parts, ReadThrough<I, K, V> reads, Source<I, K, V> source) {
        this.parts = parts;
        this.reads = reads;
        this.source = source;
    }

    <E extends Exception> Map<K, V> get(
            Collection<? extends K> keys,
            Function<? super K, ? extends I> id,
            CacheLoader<? super Set<K>, ? extends Map<K, V>, E> loader)
            throws E {
        Map<K, V> found = new LinkedHashMap<>();
        CacheLoader<K, V, E> single = key -> valueOf(loader.load(Set.of(key)), key);
        Map<I, Key<I, K>> missing = new LinkedHashMap<>();
        for (K key : keys) {
            Key<I, K> named = new Key<>(id.apply(key), key);
            if (!missing.containsKey(named.id()) && !found.containsKey(key) && !isNear(named, single, found)) {
                missing.put(named.id(), named);
            }
        }
        List<Key<I, K>> others = new ArrayList<>();
        Map<Key<I, K>, NearTier.Draft<V>> due = new LinkedHashMap<>();
        if (!missing.isEmpty()) {
            fetch(missing.values(), loader, new Results<>(found, others, due));
        }
        due.forEach((key, old) -> reads.startRefresh(key.id(), key.key(), single, old, old.freshNanos() <= 0));
        for (Key<I, K> key : others) {
            add(found, key.key(), reads.get(key.id(), key.key(), single));
        }
        return found;
    }

    private <E extends Exception> boolean isNear(Key<I, K> key, CacheLoader<K, V, E> single, Map<K, V> found) {
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
            Collection<Key<I, K>> missing,
            CacheLoader<? super Set<K>, ? extends Map<K, V>, E> loader,
            Results<I, K, V> results)
            throws E {
        Map<Key<I, K>, Flights.Flight> led = new LinkedHashMap<>();
        try {
            for (Key<I, K> key : missing) {
                Flights.Flight flight = parts.flights().tryLead(key.id(), Thread.currentThread());
                if (flight == null) {
                    results.others().add(key);
                } else {
                    led.put(key, flight);
                }
            }
            if (!led.isEmpty()) {
                Map<Key<I, K>, Wanted<V>> wanted = ask(led, results);
                if (!wanted.isEmpty()) {
                    load(wanted, loader, results.found(), led);
                }
            }
        } catch (Throwable e) {
            boolean interrupted =
                    e instanceof InterruptedException || Thread.currentThread().isInterrupted();
            landAll(led, interrupted ? new Flights.Deserted() : new Flights.Crashed(e));
            throw e;
        } finally {
            landAll(led, new Flights.Deserted());
        }
    }

    private Map<Key<I, K>, Wanted<V>> ask(Map<Key<I, K>, Flights.Flight> led, Results<I, K, V> results) {
        Map<I, Answer<V>> answers = source.ask(List.copyOf(led.keySet()));
        Map<Key<I, K>, Wanted<V>> wanted = new LinkedHashMap<>();
        for (Key<I, K> key : List.copyOf(led.keySet())) {
            Answer<V> answer = answers.get(key.id());
            if (answer instanceof Found<V> here) {
                land(led, key, here.value());
                add(results.found(), key.key(), here.value());
                NearTier.Draft<V> due = here.due();
                if (due != null) {
                    results.due().put(key, due);
                }
            } else if (answer instanceof Wanted<V> absent) {
                wanted.put(key, absent);
            } else {
                results.others().add(key);
            }
        }
        return wanted;
    }

    private <E extends Exception> void load(
            Map<Key<I, K>, Wanted<V>> wanted,
            CacheLoader<? super Set<K>, ? extends Map<K, V>, E> loader,
            Map<K, V> found,
            Map<Key<I, K>, Flights.Flight> led)
            throws E {
        Set<K> keys = wanted.keySet().stream().map(Key::key).collect(Collectors.toUnmodifiableSet());
        Map<Key<I, K>, Loads.Loaded<V>> loaded = new LinkedHashMap<>();
        wanted.values().forEach(answer -> answer.right().begin());
        try {
            Brought<K, V> brought = parts.bulkhead().<Brought<K, V>, E>run(() -> {
                Loads.Start start = parts.loads().start();
                return new Brought<>(start, parts.loads().measured(start, () -> loader.load(keys)));
            });
            wanted.forEach((key, answer) -> {
                V value = valueOf(brought.values(), key.key());
                parts.failures().forget(key.id());
                loaded.put(key, parts.loads().loaded(key.key(), value, brought.start(), answer.before()));
            });
        } catch (Exception e) {
            wanted.values().forEach(answer -> answer.right().giveBack());
            if (!serveInstead(wanted.keySet(), e, found, led)) {
                throw e;
            }
            return;
        } catch (Throwable e) {
            wanted.values().forEach(answer -> answer.right().giveBack());
            throw e;
        } finally {
            wanted.values().forEach(answer -> answer.right().end());
        }
        store(wanted, loaded);
        loaded.forEach((key, value) -> {
            land(led, key, value.value());
            add(found, key.key(), value.value());
        });
    }

    /** Serves values past their life if there is one for each key, all or nothing. */
    private boolean serveInstead(
            Collection<Key<I, K>> keys, Exception failure, Map<K, V> found, Map<Key<I, K>, Flights.Flight> led) {
        Map<Key<I, K>, V> instead = new LinkedHashMap<>();
        for (Key<I, K> key : keys) {
            Optional<ReadThrough.Box<V>> value = reads.insteadOf(key.id(), failure);
            if (value.isEmpty()) {
                return false;
            }
            instead.put(key, value.get().value());
        }
        instead.forEach((key, value) -> {
            land(led, key, value);
            add(found, key.key(), value);
        });
        return true;
    }

    private void store(Map<Key<I, K>, Wanted<V>> wanted, Map<Key<I, K>, Loads.Loaded<V>> loaded) {
        List<CompletableFuture<Void>> stores = new ArrayList<>();
        loaded.forEach((key, value) -> {
            Wanted<V> answer = wanted.get(key);
            if (answer != null) {
                stores.add(answer.right().store(value));
            }
        });
        try {
            CompletableFuture.allOf(stores.toArray(CompletableFuture<?>[]::new)).get();
        } catch (InterruptedException e) {
            // They are on their way; the caller has its values.
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new AssertionError("storing never fails", e);
        }
    }

    private void land(Map<Key<I, K>, Flights.Flight> led, Key<I, K> key, V value) {
        Flights.Flight flight = led.remove(key);
        if (flight != null) {
            parts.flights().land(key.id(), flight, new Flights.Arrived(value));
        }
    }

    private void landAll(Map<Key<I, K>, Flights.Flight> led, Flights.Landing landing) {
        led.forEach((key, flight) -> parts.flights().land(key.id(), flight, landing));
        led.clear();
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

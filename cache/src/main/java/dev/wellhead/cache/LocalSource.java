package dev.wellhead.cache;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Behind a near tier that is alone lie the loaders. */
final class LocalSource<K, V extends @Nullable Object>
        implements ReadThrough.Source<K, K, V>, AsyncReads.Source<K, K, V>, BulkReads.Source<K, K, V> {
    private final CacheParts<K, K, V> parts;
    private final Fences<K> fences;

    LocalSource(CacheParts<K, K, V> parts, Fences<K> fences) {
        this.parts = parts;
        this.fences = fences;
    }

    /** What is noted before a load, to judge afterwards whether its value may be kept. */
    private record Right(long stamp, boolean fenced) {}

    private Right right(K key) {
        // The fence first: one that is raised after this moves the stamp.
        boolean fenced = fences.stands(key);
        return new Right(parts.near().stamp(key), fenced);
    }

    @Override
    public boolean isBare() {
        return true;
    }

    @Override
    public <E extends Exception> V fetch(K id, K key, CacheLoader<K, V, E> loader, Attempt<V> attempt) throws E {
        return load(key, loader, 0);
    }

    @Override
    public <E extends Exception> Optional<ReadThrough.Box<V>> refresh(
            K id, K key, CacheLoader<K, V, E> loader, NearTier.Draft<V> old, boolean stale) throws E {
        return Optional.of(new ReadThrough.Box<>(load(key, loader, old.meta().costNanos())));
    }

    private <E extends Exception> V load(K key, CacheLoader<K, V, E> loader, long before) throws E {
        Right right = right(key);
        Loads.Loaded<V> loaded = parts.load(key, key, loader, before);
        keep(key, loaded, right);
        return loaded.value();
    }

    @Override
    public CompletionStage<V> fetchAsync(
            K id, K key, Function<? super K, ? extends CompletionStage<? extends V>> loader, Attempt<V> attempt) {
        return loadAsync(key, loader, 0);
    }

    private CompletionStage<V> loadAsync(
            K key, Function<? super K, ? extends CompletionStage<? extends V>> loader, long before) {
        Right right = right(key);
        return AsyncReads.load(parts, key, key, loader, before).thenApply(loaded -> {
            keep(key, loaded, right);
            return loaded.value();
        });
    }

    @Override
    public CompletionStage<Optional<ReadThrough.Box<V>>> refreshAsync(
            K id,
            K key,
            Function<? super K, ? extends CompletionStage<? extends V>> loader,
            NearTier.Draft<V> old,
            boolean stale) {
        return loadAsync(key, loader, old.meta().costNanos())
                .thenApply(value -> Optional.of(new ReadThrough.Box<>(value)));
    }

    @Override
    public Map<K, BulkReads.Answer<V>> ask(Collection<BulkReads.Key<K, K>> keys) {
        Map<K, BulkReads.Answer<V>> answers = new LinkedHashMap<>();
        for (BulkReads.Key<K, K> key : keys) {
            // The flight before may have landed since the caller looked.
            NearTier.Entry<V> entry = parts.near().get(key.id());
            if (entry != null && parts.judge().of(entry).isServed()) {
                answers.put(key.id(), new BulkReads.Found<>(entry.value(), null));
                continue;
            }
            Right right = right(key.key());
            answers.put(
                    key.id(),
                    new BulkReads.Wanted<>(
                            loaded -> {
                                keep(key.key(), loaded, right);
                                return CompletableFuture.completedFuture(null);
                            },
                            0));
        }
        return answers;
    }

    private void keep(K key, Loads.Loaded<V> loaded, Right right) {
        Meta meta = loaded.meta();
        if (meta == null || right.fenced()) {
            return;
        }
        NearTier.Draft<V> draft =
                new NearTier.Draft<>(loaded.value(), meta, meta.lifeNanos(), meta.keptNanos(), Mark.NONE);
        if (!parts.near().putIfUnchanged(key, draft, right.stamp())) {
            parts.counter().fillRejected();
        }
    }
}

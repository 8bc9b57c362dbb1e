package dev.wellhead.cache;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Behind a near tier that is alone lie the loaders. */
final class LocalSource<K, V extends @Nullable Object>
        implements ReadThrough.Source<K, K, V>, AsyncReads.Source<K, K, V>, BulkSource<K, K, V> {
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
    public List<BulkSource.Answer<V>> read(List<BulkSource.Key<K, K>> keys) {
        return Collections.nCopies(keys.size(), new BulkSource.Absent<>(Mark.NONE));
    }

    @Override
    public List<BulkSource.Answer<V>> ask(List<BulkSource.Unknown<K, K>> keys) {
        List<BulkSource.Answer<V>> answers = new ArrayList<>(keys.size());
        for (BulkSource.Unknown<K, K> unknown : keys) {
            K key = unknown.key().key();
            Right right = right(key);
            answers.add(new BulkSource.Wanted<>(
                    loaded -> {
                        keep(key, loaded, right);
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

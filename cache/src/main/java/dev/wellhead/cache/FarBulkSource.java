package dev.wellhead.cache;

import dev.wellhead.cache.BulkSource.Absent;
import dev.wellhead.cache.BulkSource.Answer;
import dev.wellhead.cache.BulkSource.Awaited;
import dev.wellhead.cache.BulkSource.Found;
import dev.wellhead.cache.BulkSource.Unknown;
import dev.wellhead.cache.BulkSource.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Does what {@link FarSource} does, for many keys at once. */
final class FarBulkSource<K, V extends @Nullable Object> implements BulkSource<EncodedKey, K, V> {
    private final CacheParts<EncodedKey, K, V> parts;
    private final FarTier far;
    private final FarBulk bulk;
    private final FarSource<K, V> source;
    private final NearKeeper<V> keeper;

    FarBulkSource(
            CacheParts<EncodedKey, K, V> parts,
            FarTier far,
            FarBulk bulk,
            FarSource<K, V> source,
            NearKeeper<V> keeper) {
        this.parts = parts;
        this.far = far;
        this.bulk = bulk;
        this.source = source;
        this.keeper = keeper;
    }

    @Override
    public List<Answer<V>> read(List<BulkSource.Key<EncodedKey, K>> keys) {
        List<EncodedKey> ids = keys.stream().map(BulkSource.Key::id).toList();
        long[] stamps = ids.stream().mapToLong(parts.near()::stamp).toArray();
        List<Optional<FarReply>> replies = bulk.readAll(ids);
        List<Answer<V>> answers = new ArrayList<>(ids.size());
        for (int i = 0; i < stamps.length; i++) {
            FarReply reply = replies.get(i).orElse(null);
            if (reply instanceof FarReply.Hit hit) {
                Answer<V> found = taken(ids.get(i), hit, stamps[i]);
                answers.add(found == null ? new Absent<>(Mark.of(hit.frame())) : found);
            } else if (reply == null) {
                answers.add(new Absent<>(Mark.NONE));
            } else {
                answers.add(wanted(ids.get(i), null, reply, stamps[i]));
            }
        }
        return answers;
    }

    @Override
    public List<Answer<V>> ask(List<Unknown<EncodedKey, K>> keys) {
        List<EncodedKey> ids = keys.stream().map(unknown -> unknown.key().id()).toList();
        long[] stamps = ids.stream().mapToLong(parts.near()::stamp).toArray();
        List<FarReply> replies = bulk.getOrLeaseAll(keys);
        List<Answer<V>> answers = new ArrayList<>(ids.size());
        for (int i = 0; i < stamps.length; i++) {
            answers.add(answer(ids.get(i), replies.get(i), stamps[i]));
        }
        return answers;
    }

    private BulkSource.@Nullable Answer<V> taken(EncodedKey id, FarReply.Hit hit, long stamp) {
        Attempt<V> attempt = new Attempt<>();
        Optional<ReadThrough.Box<V>> served = source.take(id, hit, stamp, attempt);
        return served.isPresent() ? new Found<>(served.get().value(), attempt.due()) : null;
    }

    private Answer<V> answer(EncodedKey id, FarReply first, long stamp) {
        FarReply reply = first;
        if (reply instanceof FarReply.Hit hit) {
            Answer<V> found = taken(id, hit, stamp);
            if (found != null) {
                return found;
            }
            // Rare enough for a question of its own.
            reply = far.getOrLease(id, Mark.of(hit.frame()), false);
        }
        if (reply instanceof FarReply.Leased leased) {
            return wanted(id, leased.lease(), reply, stamp);
        }
        boolean awaited = reply instanceof FarReply.Hit
                || (reply instanceof FarReply.Busy && parts.options().leases());
        return awaited ? new Awaited<>() : wanted(id, null, reply, stamp);
    }

    private Wanted<V> wanted(EncodedKey id, @Nullable Lease lease, FarReply reply, long stamp) {
        return new Wanted<>(new FarRight(id, lease, reply, stamp), source.cost(id));
    }

    /** The right of a bulk read to one key. */
    private final class FarRight implements BulkSource.Right<V> {
        private final EncodedKey id;
        private final @Nullable Lease lease;
        private final FarReply reply;
        private final long stamp;

        FarRight(EncodedKey id, @Nullable Lease lease, FarReply reply, long stamp) {
            this.id = id;
            this.lease = lease;
            this.reply = reply;
            this.stamp = stamp;
        }

        @Override
        public void begin() {
            source.missed(reply);
            if (lease != null) {
                lease.keepAlive(parts.workers().timer(), Thread.currentThread());
            }
        }

        @Override
        public void end() {
            if (lease != null) {
                lease.rest();
            }
        }

        @Override
        public CompletableFuture<Void> store(Loads.Loaded<V> loaded) {
            Meta meta = loaded.meta();
            if (lease == null) {
                if (meta != null && !(reply instanceof FarReply.Fenced)) {
                    keeper.keepBriefly(id, loaded.value(), meta, stamp);
                }
                return CompletableFuture.completedFuture(null);
            }
            if (meta == null) {
                lease.abandon();
                return CompletableFuture.completedFuture(null);
            }
            return source.stored(lease, id, loaded.value(), meta, stamp).toCompletableFuture();
        }

        @Override
        public void giveBack() {
            if (lease != null) {
                lease.abandon();
            }
        }
    }
}

package dev.wellhead.cache;

import dev.wellhead.redis.RedisUnavailableException;
import io.lettuce.core.KeyValue;
import io.lettuce.core.cluster.SlotHash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@link FarTier} does, for many keys at once. A cluster takes the keys of one slot at a time; then all its slots are
 * asked before any answer is waited for.
 */
final class FarBulk {
    private static final int KEYS_AT_ONCE = 128;

    private final FarTerms terms;
    private final FarTier far;

    FarBulk(FarTerms terms, FarTier far) {
        this.terms = terms;
        this.far = far;
    }

    /** The how manieth key it is, the generation to read in, and what its value is called there. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    private record Named(int index, Generation generation, byte[] value) {}

    /** The how manieth key it is, the question about it, and the mark of a value that counts as absent. */
    @SuppressWarnings("ArrayRecordComponent") // As above.
    private record Asked(int index, FarTier.Question question, byte[] ignored) {}

    /** Reads the values: hits, away, or empty if reading alone does not tell; in the order of the keys. */
    List<Optional<FarReply>> readAll(List<EncodedKey> keys) {
        List<Optional<FarReply>> replies =
                new ArrayList<>(Collections.nCopies(keys.size(), Optional.of(new FarReply.Away())));
        for (int from = 0; from < keys.size(); from += KEYS_AT_ONCE) {
            readAll(keys, from, Math.min(keys.size(), from + KEYS_AT_ONCE), replies);
        }
        return replies;
    }

    private void readAll(List<EncodedKey> keys, int from, int to, List<Optional<FarReply>> replies) {
        List<Named> named = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            Optional<Generation> current = far.believed(keys.get(i));
            if (current.isPresent()) {
                byte[] value = terms.keys().value(current.get().name(), keys.get(i));
                named.add(new Named(i, current.get(), value));
            }
        }
        together(named, Named::value, new Reading(), (some, values) -> {
            for (int i = 0; i < some.size(); i++) {
                Named each = some.get(i);
                byte[] frame = values.get(i).getValueOrElse(null);
                replies.set(each.index(), far.hit(new FarTier.Read(each.generation(), each.value(), frame)));
            }
        });
    }

    /** Reads the values or takes the leases; replies in the order of the keys. */
    List<FarReply> getOrLeaseAll(List<? extends BulkSource.Unknown<EncodedKey, ?>> keys) {
        List<FarReply> replies = new ArrayList<>(Collections.nCopies(keys.size(), new FarReply.Away()));
        for (int from = 0; from < keys.size(); from += KEYS_AT_ONCE) {
            getOrLeaseAll(keys, from, Math.min(keys.size(), from + KEYS_AT_ONCE), replies);
        }
        return replies;
    }

    private void getOrLeaseAll(
            List<? extends BulkSource.Unknown<EncodedKey, ?>> keys, int from, int to, List<FarReply> replies) {
        List<Asked> asked = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            EncodedKey key = keys.get(i).key().id();
            Optional<Generation> current = far.believed(key);
            if (current.isPresent()) {
                asked.add(new Asked(
                        i, far.question(key, current.get()), keys.get(i).ignored()));
            }
        }
        together(asked, each -> each.question().value(), new Leasing(), (some, all) -> {
            for (int i = 0; i < some.size(); i++) {
                Asked each = some.get(i);
                List<@Nullable Object> reply = listed(all, i);
                if (!far.isLate(reply, each.question())) {
                    replies.set(each.index(), far.understood(reply, each.question()));
                }
            }
        });
    }

    /** A question about some keys of one slot. */
    private interface Question<T, R> {
        /** Waits in the caller's thread, which costs no alarm. */
        R now(List<T> some);

        CompletionStage<R> later(List<T> some);
    }

    /** Sends what belongs together, all of it before any answer is waited for. Without an answer nothing is taken in. */
    private <T, R> void together(
            List<T> items, Function<T, byte[]> name, Question<T, R> question, BiConsumer<List<T>, R> answered) {
        Collection<List<T>> groups = groups(items, name);
        if (groups.size() == 1) {
            try {
                answered.accept(items, question.now(items));
            } catch (RedisUnavailableException e) {
                terms.announcer().redisFailed(e);
            }
            return;
        }
        List<Runnable> waits = new ArrayList<>();
        for (List<T> some : groups) {
            CompletionStage<R> sent = question.later(some);
            waits.add(() -> terms.await(sent).ifPresent(answer -> answered.accept(some, answer)));
        }
        waits.forEach(Runnable::run);
    }

    private <T> Collection<List<T>> groups(List<T> items, Function<T, byte[]> name) {
        if (!terms.redis().isCluster()) {
            return items.isEmpty() ? List.of() : List.of(items);
        }
        Map<Integer, List<T>> slots = new LinkedHashMap<>();
        for (T item : items) {
            slots.computeIfAbsent(SlotHash.getSlot(name.apply(item)), slot -> new ArrayList<>())
                    .add(item);
        }
        return slots.values();
    }

    private final class Reading implements Question<Named, List<KeyValue<byte[], byte[]>>> {
        @Override
        public List<KeyValue<byte[], byte[]>> now(List<Named> some) {
            byte[][] names = names(some);
            return terms.redis().call(names[0], commands -> commands.mget(names));
        }

        @Override
        public CompletionStage<List<KeyValue<byte[], byte[]>>> later(List<Named> some) {
            byte[][] names = names(some);
            return terms.redis().callAsync(names[0], commands -> commands.mget(names));
        }

        private static byte[][] names(List<Named> some) {
            return some.stream().map(Named::value).toArray(byte[][]::new);
        }
    }

    private final class Leasing implements Question<Asked, List<@Nullable Object>> {
        @Override
        public List<@Nullable Object> now(List<Asked> some) {
            try {
                return terms.redis().run(Scripts.GET_OR_LEASE_ALL, names(some), arguments(some));
            } catch (RedisUnavailableException e) {
                abandon(some);
                throw e;
            }
        }

        @Override
        public CompletionStage<List<@Nullable Object>> later(List<Asked> some) {
            return terms.redis()
                    .runAsync(Scripts.GET_OR_LEASE_ALL, names(some), arguments(some))
                    .whenComplete((all, error) -> {
                        if (error != null) {
                            abandon(some);
                        }
                    });
        }

        private static List<byte[]> names(List<Asked> some) {
            return some.stream()
                    .flatMap(asked -> asked.question().names().stream())
                    .toList();
        }

        private List<byte[]> arguments(List<Asked> some) {
            List<byte[]> arguments = new ArrayList<>(List.of(
                    FarTerms.millis(terms.leaseNanos()),
                    terms.deadline(some.get(0).question().value())));
            for (Asked asked : some) {
                arguments.add(asked.question().token());
                arguments.add(asked.ignored());
            }
            return arguments;
        }

        /** The leases may have been taken, with the answer lost on its way. */
        private static void abandon(List<Asked> some) {
            some.forEach(asked -> asked.question().lease().abandon());
        }
    }

    @SuppressWarnings("unchecked") // As the script made it.
    private static List<@Nullable Object> listed(List<@Nullable Object> replies, int index) {
        if (replies.get(index) instanceof List<?> reply) {
            return (List<@Nullable Object>) reply;
        }
        throw new AssertionError("the script returns a list for each key");
    }
}

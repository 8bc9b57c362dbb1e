package dev.wellhead.cache;

import io.lettuce.core.KeyValue;
import io.lettuce.core.cluster.SlotHash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@link FarTier} does, for many keys at once: in two round trips at most, and one if all values are there. A cluster
 * takes the keys of one slot at a time; then all its slots are asked before any answer is waited for.
 */
final class FarBulk {
    private static final int KEYS_AT_ONCE = 128;

    private final FarTerms terms;
    private final FarTier far;

    FarBulk(FarTerms terms, FarTier far) {
        this.terms = terms;
        this.far = far;
    }

    /** A key, the generation to read in, and what its value is called there. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    private record Named(EncodedKey key, Generation generation, byte[] value) {}

    /** A key, and the question about it. */
    private record Asked(EncodedKey key, FarTier.Question question) {}

    /** Reads the values or takes the leases. */
    Map<EncodedKey, FarReply> getOrLeaseAll(List<EncodedKey> keys) {
        Map<EncodedKey, FarReply> replies = new LinkedHashMap<>();
        for (int from = 0; from < keys.size(); from += KEYS_AT_ONCE) {
            getOrLeaseAll(keys.subList(from, Math.min(keys.size(), from + KEYS_AT_ONCE)), replies);
        }
        return replies;
    }

    private void getOrLeaseAll(List<EncodedKey> keys, Map<EncodedKey, FarReply> replies) {
        List<Named> named = new ArrayList<>();
        for (EncodedKey key : keys) {
            replies.put(key, new FarReply.Away());
            far.believed(key)
                    .ifPresent(generation ->
                            named.add(new Named(key, generation, terms.keys().value(generation.name(), key))));
        }
        List<Asked> rest = new ArrayList<>();
        together(named, Named::value, this::read, (some, values) -> {
            for (int i = 0; i < some.size(); i++) {
                Named each = some.get(i);
                Optional<FarReply> hit = far.hit(new FarTier.Read(
                        each.generation(), each.value(), values.get(i).getValueOrElse(null)));
                hit.ifPresentOrElse(
                        reply -> replies.put(each.key(), reply),
                        () -> rest.add(new Asked(each.key(), far.question(each.key(), each.generation()))));
            }
        });
        together(rest, asked -> asked.question().value(), this::ask, (some, all) -> {
            for (int i = 0; i < some.size(); i++) {
                Asked asked = some.get(i);
                List<@Nullable Object> reply = listed(all, i);
                if (!far.isLate(reply, asked.question())) {
                    replies.put(asked.key(), far.understood(reply, asked.question()));
                }
            }
        });
    }

    /** Sends what belongs together, all of it before any answer is waited for. Without an answer nothing is taken in. */
    private <T, R> void together(
            List<T> items,
            Function<T, byte[]> name,
            Function<List<T>, CompletionStage<R>> send,
            BiConsumer<List<T>, R> answered) {
        List<Runnable> waits = new ArrayList<>();
        for (List<T> some : groups(items, name)) {
            CompletionStage<R> sent = send.apply(some);
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

    private CompletionStage<List<KeyValue<byte[], byte[]>>> read(List<Named> some) {
        byte[][] names = some.stream().map(Named::value).toArray(byte[][]::new);
        return terms.redis().callAsync(names[0], commands -> commands.mget(names));
    }

    private CompletionStage<List<@Nullable Object>> ask(List<Asked> some) {
        List<byte[]> names = new ArrayList<>();
        List<byte[]> arguments = new ArrayList<>(List.of(
                FarTerms.millis(terms.leaseNanos()),
                terms.deadline(some.get(0).question().value())));
        for (Asked asked : some) {
            names.addAll(asked.question().names());
            arguments.add(asked.question().token());
            arguments.add(FarTerms.NOTHING);
        }
        return terms.redis()
                .runAsync(Scripts.GET_OR_LEASE_ALL, names, arguments)
                .whenComplete((all, error) -> {
                    if (error != null) {
                        // The leases may have been taken, with the answer lost on its way.
                        some.forEach(asked -> asked.question().lease().abandon());
                    }
                });
    }

    @SuppressWarnings("unchecked") // As the script made it.
    private static List<@Nullable Object> listed(List<@Nullable Object> replies, int index) {
        if (replies.get(index) instanceof List<?> reply) {
            return (List<@Nullable Object>) reply;
        }
        throw new AssertionError("the script returns a list for each key");
    }
}

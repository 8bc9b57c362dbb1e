package dev.wellhead.cache;

import dev.wellhead.redis.RedisUnavailableException;
import io.lettuce.core.cluster.SlotHash;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The values in Redis, which all nodes share: how they are read, and leases taken. Every method ends within a few budgets of
 * the client, and none throws because of Redis.
 */
final class FarTier {
    private static final int ATTEMPTS = 3;
    private static final int KEYS_AT_ONCE = 128;
    private static final byte[] QUIET = {'q'};

    private final FarTerms terms;
    private final Generations generations;
    private final FarWrites writes;
    // Found out by the first question about many keys.
    private volatile boolean bySlot;

    FarTier(FarTerms terms, Generations generations, FarWrites writes) {
        this.terms = terms;
        this.generations = generations;
        this.writes = writes;
    }

    /** One question: the names of a key, and the lease that comes of it if Redis grants it. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    private record Question(List<byte[]> names, byte[] token, Lease lease) {}

    /**
     * Reads the value or takes the lease.
     *
     * @param ignored the mark of a value that counts as absent if it is still there; empty if there is none
     * @param quiet whether the caller will not wait if the lease is another's
     */
    FarReply getOrLease(EncodedKey key, byte[] ignored, boolean quiet) {
        Optional<String> current = believed(key);
        if (current.isEmpty()) {
            return new FarReply.Away();
        }
        Question question = question(key, current.get());
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                List<@Nullable Object> reply =
                        terms.redis().run(Scripts.GET_OR_LEASE, question.names(), arguments(question, ignored, quiet));
                if (!isLate(reply)) {
                    return understood(reply, question.lease());
                }
            }
        } catch (RedisUnavailableException e) {
            terms.announcer().redisFailed(e);
            // The lease may have been taken, with the answer lost on its way. The command follows the first one.
            question.lease().abandon();
        }
        return new FarReply.Away();
    }

    /** Like {@link #getOrLease}, without waiting; the stage never fails. */
    CompletionStage<FarReply> getOrLeaseAsync(EncodedKey key, byte[] ignored, boolean quiet) {
        return believedAsync(key)
                .thenCompose(current -> current.isEmpty()
                        ? CompletableFuture.completedFuture(new FarReply.Away())
                        : ask(question(key, current.get()), ignored, quiet, ATTEMPTS))
                .exceptionally(error -> new FarReply.Away());
    }

    private CompletionStage<FarReply> ask(Question question, byte[] ignored, boolean quiet, int attempts) {
        return terms.redis()
                .runAsync(Scripts.GET_OR_LEASE, question.names(), arguments(question, ignored, quiet))
                .thenCompose(reply -> {
                    if (!isLate(reply)) {
                        return CompletableFuture.completedFuture(understood(reply, question.lease()));
                    }
                    return attempts > 1
                            ? ask(question, ignored, quiet, attempts - 1)
                            : CompletableFuture.completedFuture(new FarReply.Away());
                })
                .exceptionally(error -> {
                    question.lease().abandon();
                    return new FarReply.Away();
                });
    }

    /** Does the same for many keys, in one round trip for each slot. */
    Map<EncodedKey, FarReply> getOrLeaseAll(List<EncodedKey> keys) {
        Map<EncodedKey, FarReply> replies = new LinkedHashMap<>();
        for (int from = 0; from < keys.size(); from += KEYS_AT_ONCE) {
            List<EncodedKey> some = keys.subList(from, Math.min(keys.size(), from + KEYS_AT_ONCE));
            getOrLeaseAll(some, replies);
        }
        return replies;
    }

    private void getOrLeaseAll(List<EncodedKey> keys, Map<EncodedKey, FarReply> replies) {
        keys.forEach(key -> replies.put(key, new FarReply.Away()));
        Map<EncodedKey, Question> questions = new LinkedHashMap<>();
        for (EncodedKey key : keys) {
            believed(key).ifPresent(current -> questions.put(key, question(key, current)));
        }
        if (questions.isEmpty()) {
            return;
        }
        if (!askTogether(questions, replies)) {
            askBySlot(questions, replies);
        }
    }

    /** Returns false if this Redis is a cluster, which takes only keys of one slot at a time. */
    private boolean askTogether(Map<EncodedKey, Question> questions, Map<EncodedKey, FarReply> replies) {
        if (bySlot) {
            return false;
        }
        try {
            List<@Nullable Object> all =
                    terms.redis().run(Scripts.GET_OR_LEASE_ALL, names(questions), arguments(questions));
            understood(all, questions, replies);
        } catch (RedisUnavailableException e) {
            if (isAboutSlots(e)) {
                bySlot = true;
                return false;
            }
            abandoned(questions, e);
        }
        return true;
    }

    private void askBySlot(Map<EncodedKey, Question> questions, Map<EncodedKey, FarReply> replies) {
        Map<Integer, Map<EncodedKey, Question>> slots = new LinkedHashMap<>();
        questions.forEach((key, question) -> slots.computeIfAbsent(
                        SlotHash.getSlot(question.names().get(0)), slot -> new LinkedHashMap<>())
                .put(key, question));
        // All are sent before any is waited for.
        List<Runnable> waits = new ArrayList<>();
        slots.values().forEach(some -> {
            CompletionStage<List<@Nullable Object>> sent =
                    terms.redis().runAsync(Scripts.GET_OR_LEASE_ALL, names(some), arguments(some));
            waits.add(() -> terms.await(sent)
                    .ifPresentOrElse(
                            all -> understood(all, some, replies),
                            () -> some.values()
                                    .forEach(question -> question.lease().abandon())));
        });
        waits.forEach(Runnable::run);
    }

    private static List<byte[]> names(Map<EncodedKey, Question> questions) {
        return questions.values().stream()
                .flatMap(question -> question.names().stream())
                .toList();
    }

    private List<byte[]> arguments(Map<EncodedKey, Question> questions) {
        List<byte[]> arguments = new ArrayList<>(List.of(FarTerms.millis(terms.leaseNanos()), terms.deadline()));
        questions.values().forEach(question -> {
            arguments.add(question.token());
            arguments.add(FarTerms.NOTHING);
        });
        return arguments;
    }

    private void understood(
            List<@Nullable Object> all, Map<EncodedKey, Question> questions, Map<EncodedKey, FarReply> replies) {
        int index = 0;
        for (Map.Entry<EncodedKey, Question> entry : questions.entrySet()) {
            List<@Nullable Object> reply = listed(all, index++);
            if (!isLate(reply)) {
                replies.put(entry.getKey(), understood(reply, entry.getValue().lease()));
            }
        }
    }

    private void abandoned(Map<EncodedKey, Question> questions, RedisUnavailableException cause) {
        terms.announcer().redisFailed(cause);
        questions.values().forEach(question -> question.lease().abandon());
    }

    private static boolean isAboutSlots(RedisUnavailableException error) {
        Throwable cause = error.getCause();
        String message = cause == null ? null : cause.getMessage();
        return message != null && message.startsWith("CROSSSLOT");
    }

    /** Reads the value: a hit, away, or empty. */
    Optional<FarReply> peek(EncodedKey key) {
        Optional<String> current = believed(key);
        if (current.isEmpty()) {
            return Optional.of(new FarReply.Away());
        }
        try {
            List<@Nullable Object> reply =
                    terms.redis().run(Scripts.PEEK, List.of(terms.keys().value(current.get(), key)), List.of());
            return FarTerms.number(reply, 0) == Scripts.HIT ? Optional.of(hit(reply)) : Optional.empty();
        } catch (RedisUnavailableException e) {
            terms.announcer().redisFailed(e);
            return Optional.of(new FarReply.Away());
        }
    }

    /** Returns the time for a frame; 0 while Redis' time is unknown. */
    long nowMicros() {
        return Math.max(0, terms.redis().clock().notAfterMicros(Duration.ZERO));
    }

    /** Returns the generation to read in, or empty if Redis cannot be asked or an invalidation of ours comes first. */
    private Optional<String> believed(EncodedKey key) {
        // It could not wait for the answer, and its giving up would count against Redis.
        if (Thread.currentThread().isInterrupted()) {
            return Optional.empty();
        }
        if (!writes.nothingToSend() && !terms.await(writes.sentBefore(key)).orElse(false)) {
            return Optional.empty();
        }
        Optional<String> known = generations.name();
        return known.isPresent() ? known : terms.await(generations.refresh(false));
    }

    private CompletionStage<Optional<String>> believedAsync(EncodedKey key) {
        return writes.sentBefore(key).thenCompose(sent -> {
            Optional<String> known = generations.name();
            return !sent || known.isPresent()
                    ? CompletableFuture.completedFuture(sent ? known : Optional.empty())
                    : generations.refresh(false).thenApply(Optional::of);
        });
    }

    private Question question(EncodedKey key, String generation) {
        List<byte[]> names = terms.keys().all(generation, key);
        byte[] token = terms.token();
        byte[] freed = terms.message(Message.Kind.FREED, key);
        return new Question(names, token, new Lease(terms, names.subList(0, 2), token, freed));
    }

    private List<byte[]> arguments(Question question, byte[] ignored, boolean quiet) {
        return List.of(
                question.token(),
                FarTerms.millis(terms.leaseNanos()),
                terms.deadline(),
                ignored,
                quiet ? QUIET : FarTerms.NOTHING);
    }

    /** Learns Redis' time from the answer, if it is there, and says whether it came after its deadline. */
    private boolean isLate(List<@Nullable Object> reply) {
        long verdict = FarTerms.number(reply, 0);
        if (verdict == Scripts.LATE || verdict == Scripts.LEASED) {
            terms.redis().clock().observe(FarTerms.number(reply, 1));
        }
        return verdict == Scripts.LATE;
    }

    private FarReply understood(List<@Nullable Object> reply, Lease lease) {
        long verdict = FarTerms.number(reply, 0);
        if (verdict == Scripts.HIT) {
            return hit(reply);
        }
        if (verdict == Scripts.BUSY) {
            return busy(reply);
        }
        return verdict == Scripts.FENCED ? new FarReply.Fenced() : new FarReply.Leased(lease);
    }

    private static FarReply.Hit hit(List<@Nullable Object> reply) {
        long millis = FarTerms.number(reply, 2);
        if (reply.get(1) instanceof byte[] frame) {
            return new FarReply.Hit(frame, millis < 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(millis));
        }
        throw new AssertionError("a hit has a value");
    }

    private FarReply.Busy busy(List<@Nullable Object> reply) {
        Flights.Flight holder = reply.get(2) instanceof byte[] token ? terms.holders().get(ByteBuffer.wrap(token)) : null;
        return new FarReply.Busy(TimeUnit.MILLISECONDS.toNanos(Math.max(0, FarTerms.number(reply, 1))), holder);
    }

    @SuppressWarnings("unchecked") // As the script made it.
    private static List<@Nullable Object> listed(List<@Nullable Object> replies, int index) {
        if (replies.get(index) instanceof List<?> reply) {
            return (List<@Nullable Object>) reply;
        }
        throw new AssertionError("the script returns a list for each key");
    }
}

package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All that makes a value in Redis old, and what of it could not be said yet. Every wait ends within a few budgets. */
final class FarWrites {
    /*
     * A write counts only if the generation in which it was made is still the one in Redis, else it is made again in the
     * new one. So whoever reads in the new generation cannot have missed it.
     *
     * What Redis does not take is queued, keys and tags apart; `sentBefore` is asked by readers, so that nothing is read
     * while an invalidation of this node for that key, for a tag, or for all keys has not reached Redis. One attempt at a
     * time leaves a generation (`leaving`).
     */
    private static final int ATTEMPTS = 3;
    private static final int FLUSHED_AT_ONCE = 256;

    private final FarTerms terms;
    private final Generations generations;
    private final Pending keys;
    private final Pending tags;
    private final AtomicReference<@Nullable CompletableFuture<Boolean>> leaving = new AtomicReference<>();

    private interface Write {
        CompletionStage<Boolean> in(Generation generation);
    }

    FarWrites(FarTerms terms, Generations generations, int maximumQueued) {
        this.terms = terms;
        this.generations = generations;
        keys = new Pending(maximumQueued);
        tags = new Pending(maximumQueued);
    }

    /**
     * Stores the value over whatever there is. Returns false if it is not there, and then nothing older is either. It is
     * not stored in a generation whose tags are not those that it was made with: there its version would say nothing. Nor
     * is it stored after this has returned, by a command that was on its way when the connection broke.
     */
    boolean put(EncodedKey key, byte[] frame, Meta meta) {
        OptionalLong number = keys.number(key);
        Optional<Boolean> stored = keys.all().isEmpty()
                ? terms.awaitFate(inCurrentGeneration(current -> current.tags().countsFor(meta.tags())
                        ? put(
                                terms.keys().all(current.name(), key),
                                key,
                                frame,
                                FarTerms.millis(meta.keptNanos()),
                                ATTEMPTS)
                        : remove(current, key, FarTerms.NOTHING).thenApply(done -> false)))
                : Optional.empty();
        if (stored.isEmpty()) {
            queue(keys, key);
            return false;
        }
        number.ifPresent(sent -> keys.sent(key, sent));
        return stored.get();
    }

    /** @param fence the token of a fence to lower with it; empty if there is none */
    InvalidateResult invalidate(EncodedKey key, byte[] fence) {
        OptionalLong number = keys.number(key);
        if (keys.all().isPresent() || terms.await(send(key, fence)).isEmpty()) {
            return queue(keys, key);
        }
        number.ifPresent(sent -> keys.sent(key, sent));
        return InvalidateResult.DONE;
    }

    /** Raises a fence; empty if Redis is away. */
    Optional<Boolean> fence(EncodedKey key, byte[] fence, long longestNanos) {
        byte[] message = terms.message(Message.Kind.INVALIDATE, key);
        return keys.all().isPresent()
                ? Optional.empty()
                : terms.await(inCurrentGeneration(current -> removed(
                        key,
                        () -> terms.redis()
                                .runAsync(
                                        Scripts.FENCE,
                                        terms.keys().all(current.name(), key),
                                        List.of(terms.channel(), message, fence, FarTerms.millis(longestNanos))))));
    }

    InvalidateResult invalidateTag(String tag) {
        EncodedKey name = new EncodedKey(tag.getBytes(UTF_8));
        OptionalLong number = tags.number(name);
        if (keys.all().isPresent()
                || terms.await(generations.invalidateTag(tag)).isEmpty()) {
            return queue(tags, name);
        }
        number.ifPresent(sent -> tags.sent(name, sent));
        return InvalidateResult.DONE;
    }

    /** Leaves all values behind. */
    InvalidateResult clear() {
        keys.addAll();
        if (terms.await(leaveWhileOwed()).isPresent()) {
            return InvalidateResult.DONE;
        }
        terms.announcer().queued(queued());
        return InvalidateResult.QUEUED;
    }

    /** Returns how many invalidations wait; all at once count as one. */
    int queued() {
        return keys.all().isPresent() ? 1 : keys.size() + tags.size();
    }

    /**
     * Sends what of this node's invalidations bears on the key. The stage says whether Redis may be believed about it, or
     * fails.
     */
    CompletionStage<Boolean> sentBefore(EncodedKey key) {
        if (keys.all().isPresent()) {
            return leaveAllBehind().thenApply(done -> keys.all().isEmpty());
        }
        if (!tags.isEmpty()) {
            return flushTags().thenCompose(done -> sentBefore(key));
        }
        OptionalLong number = keys.number(key);
        if (number.isEmpty()) {
            return CompletableFuture.completedFuture(true);
        }
        return send(key, FarTerms.NOTHING).thenApply(done -> {
            keys.sent(key, number.getAsLong());
            return true;
        });
    }

    boolean nothingToSend() {
        return keys.isEmpty() && tags.isEmpty();
    }

    /** Sends what is pending, without waiting; the stage says whether nothing is left. */
    CompletionStage<Boolean> flush() {
        if (nothingToSend()) {
            return CompletableFuture.completedFuture(true);
        }
        if (keys.all().isPresent()) {
            return leaveAllBehind().thenCompose(done -> flush());
        }
        if (!tags.isEmpty()) {
            return flushTags().thenCompose(done -> flush());
        }
        List<Map.Entry<EncodedKey, Long>> batch = keys.some(FLUSHED_AT_ONCE);
        CompletableFuture<?>[] sent = batch.stream()
                .map(entry -> send(entry.getKey(), FarTerms.NOTHING)
                        .thenAccept(done -> keys.sent(entry.getKey(), entry.getValue()))
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(sent).thenCompose(done -> flush());
    }

    private CompletionStage<?> flushTags() {
        CompletableFuture<?>[] sent = tags.some(FLUSHED_AT_ONCE).stream()
                .map(entry -> generations
                        .invalidateTag(new String(entry.getKey().bytes(), UTF_8))
                        .thenAccept(done -> tags.sent(entry.getKey(), entry.getValue()))
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(sent);
    }

    private CompletionStage<Boolean> send(EncodedKey key, byte[] fence) {
        return inCurrentGeneration(current -> remove(current, key, fence));
    }

    private CompletionStage<Boolean> remove(Generation current, EncodedKey key, byte[] fence) {
        byte[] message = terms.message(Message.Kind.INVALIDATE, key);
        return removed(
                key,
                () -> terms.redis()
                        .runAsync(
                                Scripts.INVALIDATE,
                                terms.keys().all(current.name(), key),
                                List.of(terms.channel(), message, fence)));
    }

    /** @param send sends a script that returns how many values it removed */
    private CompletionStage<Boolean> removed(EncodedKey key, Supplier<CompletionStage<Long>> send) {
        terms.echoes().expect(key);
        return send.get()
                .whenComplete((values, error) -> {
                    if (error != null || values == 0) {
                        terms.echoes().forget(key);
                    }
                })
                .thenApply(done -> true);
    }

    private CompletionStage<Boolean> put(
            List<byte[]> names, EncodedKey key, byte[] frame, byte[] lifeMillis, int attempts) {
        byte[] message = terms.message(Message.Kind.INVALIDATE, key);
        terms.echoes().expect(key);
        return terms.redis()
                .runAsync(
                        Scripts.PUT,
                        names.subList(0, 2),
                        List.of(frame, lifeMillis, terms.deadline(names.get(0)), terms.channel(), message))
                .whenComplete((reply, error) -> {
                    if (error != null || FarTerms.number(reply, 0) == Scripts.LATE) {
                        terms.echoes().forget(key);
                    }
                })
                .thenCompose(reply -> {
                    terms.redis().clock(names.get(0)).observe(FarTerms.number(reply, 1));
                    boolean late = FarTerms.number(reply, 0) == Scripts.LATE;
                    return late && attempts > 1
                            ? put(names, key, frame, lifeMillis, attempts - 1)
                            : CompletableFuture.completedFuture(!late);
                });
    }

    /** Makes a write, again if the generation was another one by the time it was made. */
    private CompletionStage<Boolean> inCurrentGeneration(Write write) {
        Optional<Generation> known = generations.known();
        CompletionStage<Generation> before =
                known.isPresent() ? CompletableFuture.completedFuture(known.get()) : generations.refresh(false);
        return before.thenCompose(current -> write.in(current)
                .thenCompose(result -> generations
                        .refresh(false)
                        .thenCompose(after -> after.name().equals(current.name())
                                ? CompletableFuture.completedFuture(result)
                                : inCurrentGeneration(write))));
    }

    /** Starts a new generation in place of the invalidations that were too many; once for all who want it now. */
    private CompletionStage<Boolean> leaveAllBehind() {
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        CompletableFuture<Boolean> other = leaving.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        OptionalLong all = keys.all();
        List<Map.Entry<EncodedKey, Long>> covered = tags.some(Integer.MAX_VALUE);
        generations.next().whenComplete((name, error) -> {
            leaving.set(null);
            if (error == null) {
                covered.forEach(entry -> tags.sent(entry.getKey(), entry.getValue()));
                all.ifPresent(keys::allSent);
                mine.complete(true);
            } else {
                mine.completeExceptionally(error);
            }
        });
        return mine;
    }

    /** One attempt may have begun before the last invalidation of all keys, and not cover it. */
    private CompletionStage<Boolean> leaveWhileOwed() {
        return leaveAllBehind()
                .thenCompose(
                        done -> keys.all().isPresent() ? leaveWhileOwed() : CompletableFuture.completedFuture(true));
    }

    private InvalidateResult queue(Pending pending, EncodedKey name) {
        if (pending.add(name)) {
            terms.announcer().overflowed(pending.bound());
        }
        OptionalLong tooManyTags = tags.all();
        if (tooManyTags.isPresent()) {
            keys.addAll();
            tags.allSent(tooManyTags.getAsLong());
        }
        terms.announcer().queued(queued());
        return keys.all().isPresent() ? InvalidateResult.ESCALATED : InvalidateResult.QUEUED;
    }
}

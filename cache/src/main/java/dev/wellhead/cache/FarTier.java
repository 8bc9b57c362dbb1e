package dev.wellhead.cache;

import dev.wellhead.redis.RedisUnavailableException;
import java.nio.ByteBuffer;
import java.util.List;
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
    /*
     * A value is first asked for alone, by GET: a value that is there is good, whatever lease or fence stands beside it, and
     * a script that says the same costs Redis more than twice the work. How long it lives on stands in its frame. Only if
     * there is none, or it does not say, the script is asked, which decides about everything at once: it reads the value
     * once more, so what happened between the two questions is no different from what happened before the first.
     *
     * So a hit takes one question and a miss takes two, but a miss ends in a load anyhow. A GET that comes late changes
     * nothing in Redis.
     */
    private static final int ATTEMPTS = 3;
    private static final byte[] QUIET = {'q'};

    private final FarTerms terms;
    private final Generations generations;
    private final FarWrites writes;

    FarTier(FarTerms terms, Generations generations, FarWrites writes) {
        this.terms = terms;
        this.generations = generations;
        this.writes = writes;
    }

    /** One question: the names of a key in a generation, and the lease that comes of it if Redis grants it. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    record Question(Generation generation, List<byte[]> names, byte[] token, Lease lease) {
        byte[] value() {
            return names.get(0);
        }
    }

    /**
     * Reads the value or takes the lease.
     *
     * @param ignored the mark of a value that counts as absent if it is still there; empty if there is none
     * @param quiet whether the caller will not wait if the lease is another's
     */
    FarReply getOrLease(EncodedKey key, byte[] ignored, boolean quiet) {
        Optional<Generation> current = believed(key);
        if (current.isEmpty()) {
            return new FarReply.Away();
        }
        try {
            if (ignored.length == 0) {
                Optional<FarReply> hit = hit(read(key, current.get()));
                if (hit.isPresent()) {
                    return hit.get();
                }
            }
        } catch (RedisUnavailableException e) {
            terms.announcer().redisFailed(e);
            return new FarReply.Away();
        }
        return ask(question(key, current.get()), ignored, quiet);
    }

    private FarReply ask(Question question, byte[] ignored, boolean quiet) {
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                List<@Nullable Object> reply =
                        terms.redis().run(Scripts.GET_OR_LEASE, question.names(), arguments(question, ignored, quiet));
                if (!isLate(reply, question)) {
                    return understood(reply, question);
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
                .thenCompose(current -> {
                    if (current.isEmpty()) {
                        return CompletableFuture.completedFuture(new FarReply.Away());
                    }
                    Generation generation = current.get();
                    return ignored.length == 0
                            ? readOrAsk(key, generation, quiet)
                            : ask(question(key, generation), ignored, quiet, ATTEMPTS);
                })
                .exceptionally(error -> new FarReply.Away());
    }

    private CompletionStage<FarReply> readOrAsk(EncodedKey key, Generation generation, boolean quiet) {
        byte[] name = terms.keys().value(generation.name(), key);
        return terms.redis()
                .<byte @Nullable []>callAsync(name, commands -> commands.get(name))
                .thenCompose(frame -> hit(new Read(generation, name, frame))
                        .<CompletionStage<FarReply>>map(CompletableFuture::completedFuture)
                        .orElseGet(() -> ask(question(key, generation), Mark.NONE, quiet, ATTEMPTS)));
    }

    private CompletionStage<FarReply> ask(Question question, byte[] ignored, boolean quiet, int attempts) {
        return terms.redis()
                .runAsync(Scripts.GET_OR_LEASE, question.names(), arguments(question, ignored, quiet))
                .thenCompose(reply -> {
                    if (!isLate(reply, question)) {
                        return CompletableFuture.completedFuture(understood(reply, question));
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

    /** Reads the value: a hit, away, or empty. */
    Optional<FarReply> peek(EncodedKey key) {
        Optional<Generation> current = believed(key);
        if (current.isEmpty()) {
            return Optional.of(new FarReply.Away());
        }
        try {
            Read read = read(key, current.get());
            Optional<FarReply> hit = hit(read);
            if (hit.isPresent() || read.frame() == null) {
                return hit;
            }
            List<@Nullable Object> reply = terms.redis().run(Scripts.PEEK, List.of(read.name()), List.of());
            return FarTerms.number(reply, 0) == Scripts.HIT ? Optional.of(hit(reply, current.get())) : Optional.empty();
        } catch (RedisUnavailableException e) {
            terms.announcer().redisFailed(e);
            return Optional.of(new FarReply.Away());
        }
    }

    /** What stands under a name in a generation. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    record Read(Generation generation, byte[] name, byte @Nullable [] frame) {}

    private Read read(EncodedKey key, Generation generation) {
        byte[] name = terms.keys().value(generation.name(), key);
        return new Read(generation, name, terms.redis().<byte @Nullable []>call(name, commands -> commands.get(name)));
    }

    /** Returns the value if it says by itself that it is good, and for how long. */
    Optional<FarReply> hit(Read read) {
        byte[] frame = read.frame();
        if (frame == null) {
            return Optional.empty();
        }
        long remaining = Frame.remainingNanos(frame, terms.nowMicros(read.name()));
        return remaining > 0 ? Optional.of(new FarReply.Hit(frame, remaining, read.generation())) : Optional.empty();
    }

    /** Returns the time for the frame of this key; 0 while that of its server is unknown. */
    long nowMicros(EncodedKey key) {
        return generations
                .known()
                .map(generation -> terms.nowMicros(terms.keys().value(generation.name(), key)))
                .orElse(0L);
    }

    /** Returns the time for the frame that is stored under this lease. */
    long nowMicros(Lease lease) {
        return terms.nowMicros(lease.valueKey());
    }

    /** Returns the generation to read in, or empty if Redis cannot be asked or an invalidation of ours comes first. */
    Optional<Generation> believed(EncodedKey key) {
        // It could not wait for the answer, and its giving up would count against Redis.
        if (Thread.currentThread().isInterrupted()) {
            return Optional.empty();
        }
        if (!writes.nothingToSend() && !terms.await(writes.sentBefore(key)).orElse(false)) {
            return Optional.empty();
        }
        Optional<Generation> known = generations.known();
        return known.isPresent() ? known : terms.await(generations.refresh(false));
    }

    /** Asks for the generation if it is not known: the tags of what is written count by it. */
    void learnGeneration() {
        if (generations.known().isEmpty()) {
            terms.await(generations.refresh(false));
        }
    }

    private CompletionStage<Optional<Generation>> believedAsync(EncodedKey key) {
        return writes.sentBefore(key).thenCompose(sent -> {
            Optional<Generation> known = generations.known();
            return !sent || known.isPresent()
                    ? CompletableFuture.completedFuture(sent ? known : Optional.empty())
                    : generations.refresh(false).thenApply(Optional::of);
        });
    }

    Question question(EncodedKey key, Generation generation) {
        List<byte[]> names = terms.keys().all(generation.name(), key);
        byte[] token = terms.token();
        return new Question(generation, names, token, new Lease(terms, names.subList(0, 2), key, token));
    }

    private List<byte[]> arguments(Question question, byte[] ignored, boolean quiet) {
        return List.of(
                question.token(),
                FarTerms.millis(terms.leaseNanos()),
                terms.deadline(question.value()),
                ignored,
                quiet ? QUIET : FarTerms.NOTHING);
    }

    /** Learns the server's time from the answer, if it is there, and says whether it came after its deadline. */
    boolean isLate(List<@Nullable Object> reply, Question question) {
        long verdict = FarTerms.number(reply, 0);
        if (verdict == Scripts.LATE || verdict == Scripts.LEASED) {
            terms.redis().clock(question.value()).observe(FarTerms.number(reply, 1));
        }
        return verdict == Scripts.LATE;
    }

    FarReply understood(List<@Nullable Object> reply, Question question) {
        long verdict = FarTerms.number(reply, 0);
        if (verdict == Scripts.HIT) {
            return hit(reply, question.generation());
        }
        if (verdict == Scripts.BUSY) {
            return busy(reply);
        }
        return verdict == Scripts.FENCED ? new FarReply.Fenced() : new FarReply.Leased(question.lease());
    }

    private static FarReply.Hit hit(List<@Nullable Object> reply, Generation generation) {
        long millis = FarTerms.number(reply, 2);
        if (reply.get(1) instanceof byte[] frame) {
            long remaining = millis < 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(millis);
            return new FarReply.Hit(frame, remaining, generation);
        }
        throw new AssertionError("a hit has a value");
    }

    private FarReply.Busy busy(List<@Nullable Object> reply) {
        Flights.Flight holder =
                reply.get(2) instanceof byte[] token ? terms.holders().get(ByteBuffer.wrap(token)) : null;
        return new FarReply.Busy(TimeUnit.MILLISECONDS.toNanos(Math.max(0, FarTerms.number(reply, 1))), holder);
    }
}

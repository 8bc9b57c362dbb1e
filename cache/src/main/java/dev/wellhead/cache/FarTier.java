package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.wellhead.redis.Redis;
import dev.wellhead.redis.RedisScript;
import dev.wellhead.redis.RedisUnavailableException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The values in Redis, which all nodes share. Every method ends within a few budgets of the client, and none throws because
 * of Redis.
 */
final class FarTier {
    /*
     * Shared by all threads: the generation, what is pending, and the one attempt to leave a generation (`leaving`).
     *
     * The generation is a random name that is part of every key. Another name leaves all values behind. It is read at the
     * start, once a second, whenever the channel comes back or says so, and after each write: a write counts only if the
     * generation in which it was made is still the one in Redis, else it is made again in the new one. So whoever reads in
     * the new generation cannot have missed it. An answer is taken only if it was asked for later than the one before.
     *
     * Nothing is read while an invalidation of this node for that key, or for all keys, has not reached Redis.
     */
    private static final int ATTEMPTS = 3;
    private static final int FLUSHED_AT_ONCE = 256;
    private static final byte[] NOTHING = {};

    private final Terms terms;
    private final FarKeys keys;
    private final long origin;
    private final byte[] generationLife;
    private final Pending pending;
    private final Announcer announcer;
    private final Runnable generationChanged;
    private final SecureRandom random = new SecureRandom();

    private final AtomicLong asked = new AtomicLong();
    private final AtomicReference<@Nullable Generation> generation = new AtomicReference<>();
    private final AtomicReference<@Nullable CompletableFuture<Boolean>> leaving = new AtomicReference<>();

    /**
     * What the tier and its leases share.
     *
     * @param holders the threads of this process that load, by the tokens of their leases
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
    record Terms(Redis redis, byte[] channel, long leaseNanos, Map<ByteBuffer, Thread> holders) {}

    private record Generation(String name, long asked) {}

    FarTier(TwoTierOptions options, FarKeys keys, long origin, Announcer announcer, Runnable generationChanged) {
        this.terms = new Terms(
                options.redis(), keys.channel().getBytes(US_ASCII), options.leaseNanos(), new ConcurrentHashMap<>());
        this.keys = keys;
        this.origin = origin;
        this.announcer = announcer;
        this.generationChanged = generationChanged;
        pending = new Pending(options.maximumQueuedInvalidations());
        // Longer than any value lives: values of a generation that was forgotten could otherwise come back.
        generationLife = millis(Math.max(
                TimeUnit.DAYS.toNanos(7), 2 * options.basics().lifetimes().nanos()));
    }

    /**
     * Reads the value or takes the lease.
     *
     * @param unreadable a value that counts as absent if it is still there; null if there is none
     */
    FarReply getOrLease(EncodedKey key, byte @Nullable [] unreadable) {
        Optional<String> current = believed(key);
        if (current.isEmpty()) {
            return new FarReply.Away();
        }
        List<byte[]> valueAndLease = keys.valueAndLease(current.get(), key);
        byte[] token = token();
        byte[] sha = unreadable == null ? NOTHING : Sha1.hex(unreadable);
        Lease lease = new Lease(terms, valueAndLease, token, message(Message.Kind.FREED, key));
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                List<@Nullable Object> reply = terms.redis()
                        .run(Scripts.GET_OR_LEASE, valueAndLease, List.of(token, leaseMillis(), deadline(), sha));
                long verdict = number(reply, 0);
                if (verdict == Scripts.HIT) {
                    return hit(reply);
                } else if (verdict == Scripts.BUSY) {
                    return busy(reply);
                }
                terms.redis().clock().observe(number(reply, 1));
                if (verdict == Scripts.LEASED) {
                    return new FarReply.Leased(lease);
                }
            }
        } catch (RedisUnavailableException e) {
            announcer.redisFailed(e);
            // The lease may have been taken, with the answer lost on its way. The command follows the first one.
            lease.abandon();
        }
        return new FarReply.Away();
    }

    /** Reads the value: a hit, away, or empty. */
    Optional<FarReply> peek(EncodedKey key) {
        Optional<String> current = believed(key);
        if (current.isEmpty()) {
            return Optional.of(new FarReply.Away());
        }
        try {
            List<@Nullable Object> reply =
                    terms.redis().run(Scripts.PEEK, List.of(keys.value(current.get(), key)), List.of());
            return number(reply, 0) == Scripts.HIT ? Optional.of(hit(reply)) : Optional.empty();
        } catch (RedisUnavailableException e) {
            announcer.redisFailed(e);
            return Optional.of(new FarReply.Away());
        }
    }

    /** Stores the value over whatever there is. Returns false if it is not there, and then nothing older is either. */
    boolean put(EncodedKey key, byte[] frame, long lifeNanos) {
        OptionalLong number = pending.number(key);
        Optional<Boolean> stored = pending.all().isEmpty()
                ? await(inCurrentGeneration(
                        current -> put(keys.valueAndLease(current, key), key, frame, millis(lifeNanos), ATTEMPTS)))
                : Optional.empty();
        if (stored.isEmpty()) {
            queue(key);
            return false;
        }
        number.ifPresent(sent -> pending.sent(key, sent));
        return stored.get();
    }

    InvalidateResult invalidate(EncodedKey key) {
        OptionalLong number = pending.number(key);
        if (pending.all().isPresent() || await(send(key)).isEmpty()) {
            queue(key);
            return InvalidateResult.QUEUED;
        }
        number.ifPresent(sent -> pending.sent(key, sent));
        return InvalidateResult.DONE;
    }

    /** Returns how many invalidations wait; all at once count as one. */
    int queued() {
        return pending.size() + (pending.all().isPresent() ? 1 : 0);
    }

    /** Sends what is pending, without waiting; the stage says whether nothing is left. */
    CompletionStage<Boolean> flush() {
        if (pending.isEmpty()) {
            return CompletableFuture.completedFuture(true);
        }
        if (pending.all().isPresent()) {
            return leaveAllBehind().thenCompose(done -> flush());
        }
        List<Map.Entry<EncodedKey, Long>> batch = pending.some(FLUSHED_AT_ONCE);
        CompletableFuture<?>[] sent = batch.stream()
                .map(entry -> send(entry.getKey())
                        .thenAccept(done -> pending.sent(entry.getKey(), entry.getValue()))
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(sent).thenCompose(done -> flush());
    }

    /** Asks for the generation, without waiting; with a pulse for the channel if wanted. */
    CompletionStage<String> refresh(boolean withPulse) {
        byte[] pulse = withPulse ? message(Message.Kind.PULSE, null) : NOTHING;
        return ask(Scripts.GENERATION, pulse);
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
        if (pending.all().isPresent()
                && (await(leaveAllBehind()).isEmpty() || pending.all().isPresent())) {
            return Optional.empty();
        }
        OptionalLong number = pending.number(key);
        if (number.isPresent()) {
            if (await(send(key)).isEmpty()) {
                return Optional.empty();
            }
            pending.sent(key, number.getAsLong());
        }
        Generation known = generation.get();
        return known == null ? await(refresh(false)) : Optional.of(known.name());
    }

    private CompletionStage<Boolean> send(EncodedKey key) {
        byte[] message = message(Message.Kind.INVALIDATE, key);
        return inCurrentGeneration(current -> terms.redis()
                .runAsync(Scripts.INVALIDATE, keys.valueAndLease(current, key), List.of(terms.channel(), message))
                .thenApply(done -> true));
    }

    private CompletionStage<Boolean> put(
            List<byte[]> valueAndLease, EncodedKey key, byte[] frame, byte[] lifeMillis, int attempts) {
        byte[] message = message(Message.Kind.INVALIDATE, key);
        return terms.redis()
                .runAsync(Scripts.PUT, valueAndLease, List.of(frame, lifeMillis, deadline(), terms.channel(), message))
                .thenCompose(reply -> {
                    terms.redis().clock().observe(number(reply, 1));
                    boolean late = number(reply, 0) == Scripts.LATE;
                    return late && attempts > 1
                            ? put(valueAndLease, key, frame, lifeMillis, attempts - 1)
                            : CompletableFuture.completedFuture(!late);
                });
    }

    private interface Write {
        CompletionStage<Boolean> in(String generation);
    }

    /** Makes a write, again if the generation was another one by the time it was made. */
    private CompletionStage<Boolean> inCurrentGeneration(Write write) {
        Generation known = generation.get();
        CompletionStage<String> before =
                known == null ? refresh(false) : CompletableFuture.completedFuture(known.name());
        return before.thenCompose(name -> write.in(name)
                .thenCompose(result -> refresh(false)
                        .thenCompose(after -> after.equals(name)
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
        OptionalLong all = pending.all();
        ask(Scripts.NEXT_GENERATION, NOTHING).whenComplete((name, error) -> {
            leaving.set(null);
            if (error == null) {
                all.ifPresent(pending::allSent);
                mine.complete(true);
            } else {
                mine.completeExceptionally(error);
            }
        });
        return mine;
    }

    private CompletionStage<String> ask(RedisScript<byte @Nullable []> script, byte[] pulse) {
        long number = asked.incrementAndGet();
        byte[] fresh =
                Long.toUnsignedString(random.nextLong(), Character.MAX_RADIX).getBytes(US_ASCII);
        byte[] changed = message(Message.Kind.GENERATION, null);
        return terms.redis()
                .runAsync(
                        script,
                        List.of(keys.generation()),
                        List.of(fresh, generationLife, terms.channel(), changed, pulse))
                .thenApply(reply -> {
                    String name = new String(reply == null ? fresh : reply, US_ASCII);
                    adopt(new Generation(name, number));
                    return name;
                });
    }

    private void adopt(Generation answer) {
        Generation before;
        do {
            before = generation.get();
            if (before != null && before.asked() > answer.asked()) {
                return;
            }
        } while (!generation.compareAndSet(before, answer));
        if (before != null && !before.name().equals(answer.name())) {
            generationChanged.run();
        }
    }

    private void queue(EncodedKey key) {
        if (pending.add(key)) {
            announcer.overflowed(pending.bound());
        }
        announcer.queued(queued());
    }

    private <T> Optional<T> await(CompletionStage<T> stage) {
        try {
            return Optional.of(stage.toCompletableFuture().get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisUnavailableException away) {
                announcer.redisFailed(away);
                return Optional.empty();
            }
            throw new IllegalStateException("only Redis can fail here", e.getCause());
        }
    }

    private static FarReply.Hit hit(List<@Nullable Object> reply) {
        byte[] frame = (byte[]) reply.get(1);
        long millis = number(reply, 2);
        if (frame == null) {
            throw new AssertionError("a hit has a value");
        }
        return new FarReply.Hit(frame, millis < 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private FarReply.Busy busy(List<@Nullable Object> reply) {
        Thread holder = reply.get(2) instanceof byte[] token ? terms.holders().get(ByteBuffer.wrap(token)) : null;
        return new FarReply.Busy(TimeUnit.MILLISECONDS.toNanos(Math.max(0, number(reply, 1))), holder);
    }

    private static long number(List<@Nullable Object> reply, int index) {
        Object number = reply.get(index);
        return number instanceof Long value ? value : -1;
    }

    private byte[] message(Message.Kind kind, @Nullable EncodedKey key) {
        return new Message(kind, origin, key == null ? NOTHING : key.bytes()).toBytes();
    }

    private byte[] token() {
        return ByteBuffer.allocate(16)
                .putLong(random.nextLong())
                .putLong(random.nextLong())
                .array();
    }

    private byte[] leaseMillis() {
        return millis(terms.leaseNanos());
    }

    private byte[] deadline() {
        return Long.toString(terms.redis().clock().notAfterMicros(terms.redis().budget()))
                .getBytes(US_ASCII);
    }

    /** Whole milliseconds, at least one, as Redis wants them. */
    static byte[] millis(long nanos) {
        return Long.toString(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos))).getBytes(US_ASCII);
    }
}

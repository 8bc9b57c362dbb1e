package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wellhead.redis.Redis;
import dev.wellhead.redis.RedisUnavailableException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What all that talks to Redis shares.
 *
 * @param origin tells our messages from those of other nodes
 * @param holders the loads of threads of this process, by the tokens of their leases
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, never written to.
record FarTerms(
        Redis redis,
        FarKeys keys,
        byte[] channel,
        long leaseNanos,
        long origin,
        Map<ByteBuffer, Flights.Flight> holders,
        SecureRandom random,
        Announcer announcer,
        Echoes echoes) {
    static final byte[] NOTHING = {};

    static FarTerms of(TwoTierOptions<?, ?> options, SecureRandom random, Announcer announcer) {
        FarKeys keys = new FarKeys(options.basics().name(), options.schemaVersion());
        return new FarTerms(
                options.redis(),
                keys,
                keys.channel().getBytes(UTF_8),
                options.leaseNanos(),
                random.nextLong(),
                new ConcurrentHashMap<>(),
                random,
                announcer,
                new Echoes(options.basics().ticker()));
    }

    byte[] message(Message.Kind kind, @Nullable EncodedKey key) {
        return new Message(kind, origin, key == null ? NOTHING : key.bytes()).toBytes();
    }

    /**
     * Returns what no other lease of the fleet ever has. It need not be secret: whoever can read it in Redis can write there
     * as well. It comes from the system's source nevertheless, since processes that are restored from one snapshot would
     * go on with the same seed; only misses draw one.
     */
    byte[] token() {
        return ByteBuffer.allocate(16)
                .putLong(random.nextLong())
                .putLong(random.nextLong())
                .array();
    }

    /** Until when, in the time of the key's server, a command of now may have an effect. */
    byte[] deadline(byte[] key) {
        return digits(redis.clock(key).notAfterMicros(redis.budget()));
    }

    /** Returns the time of the key's server; 0 while it is unknown. */
    long nowMicros(byte[] key) {
        return Math.max(0, redis.clock(key).notAfterMicros(Duration.ZERO));
    }

    /** Waits for an answer; empty if Redis does not give one in time, or the thread is interrupted. */
    <T> Optional<T> await(CompletionStage<T> stage) {
        return await(stage, away -> {});
    }

    /**
     * The same; but if there is no answer since the connection broke, returns only when what was sent by it can have no
     * effect any more.
     */
    <T> Optional<T> awaitFate(CompletionStage<T> stage) {
        return await(stage, away -> {
            if (away.reason() == RedisUnavailableException.Reason.DISCONNECTED) {
                outlastBudget();
            }
        });
    }

    private void outlastBudget() {
        try {
            new CompletableFuture<Void>().get(redis.budget().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // So it should be: every deadline has passed.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new AssertionError("nobody fails it", e);
        }
    }

    private <T> Optional<T> await(CompletionStage<T> stage, Consumer<RedisUnavailableException> noAnswer) {
        try {
            return Optional.of(stage.toCompletableFuture().get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisUnavailableException away) {
                announcer.redisFailed(away);
                noAnswer.accept(away);
                return Optional.empty();
            }
            throw new IllegalStateException("only Redis can fail here", e.getCause());
        }
    }

    /** Whole milliseconds, at least one, as Redis wants them. */
    static byte[] millis(long nanos) {
        return digits(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
    }

    static byte[] digits(long number) {
        return Long.toString(number).getBytes(US_ASCII);
    }

    static long number(List<@Nullable Object> reply, int index) {
        return reply.get(index) instanceof Long value ? value : -1;
    }
}

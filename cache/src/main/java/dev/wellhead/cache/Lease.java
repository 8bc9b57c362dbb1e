package dev.wellhead.cache;

import dev.wellhead.redis.RedisScript;
import dev.wellhead.redis.RedisUnavailableException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The right to load one key once, and to store what was loaded. It ends with {@link #fill}, {@link #release} or {@link
 * #abandon}, by an invalidation, or by itself when the process dies. For the thread that loads.
 */
final class Lease {
    private final FarTerms terms;
    private final List<byte[]> valueAndLease;
    private final byte[] token;
    private final byte[] freed;
    // Written before the first renewal, which may be the one that stops it, can run.
    private volatile @Nullable Future<?> renewal;

    /** Whose the lease was when it ended. */
    enum Fate {
        /** Still the caller's: no invalidation came since it was taken. */
        MINE,
        /** Not the caller's any more: what was loaded may be old. */
        LOST,
        /** Redis did not answer. */
        UNKNOWN
    }

    Lease(FarTerms terms, List<byte[]> valueAndLease, byte[] token, byte[] freed) {
        this.terms = terms;
        this.valueAndLease = valueAndLease;
        this.token = token;
        this.freed = freed;
    }

    /**
     * Renews the lease each third of its time, from now until {@link #rest}.
     *
     * @param holder the thread that loads; null if none does all the time
     */
    void keepAlive(ScheduledExecutorService timer, @Nullable Thread holder) {
        if (holder != null) {
            terms.holders().put(ByteBuffer.wrap(token), Flights.load(holder));
        }
        long third = terms.leaseNanos() / 3;
        renewal = timer.scheduleAtFixedRate(this::renew, third, third, TimeUnit.NANOSECONDS);
    }

    void rest() {
        Flights.Flight load = terms.holders().remove(ByteBuffer.wrap(token));
        if (load != null) {
            // Whoever still waits for the lease does not wait for this thread any more, whatever it does next.
            Flights.ended(load);
        }
        stopRenewing();
    }

    /** Stores the value if the lease is still the caller's, and ends it. */
    Fate fill(byte[] frame, long lifeNanos) {
        byte[] life = FarTerms.millis(lifeNanos);
        return ended(Scripts.FILL, valueAndLease, List.of(token, frame, life, terms.channel(), freed));
    }

    /** Like {@link #fill} and {@link #release}, without waiting; null is no value. The stage never fails. */
    CompletionStage<Fate> end(byte @Nullable [] frame, long lifeNanos) {
        CompletionStage<Long> ended = frame == null
                ? terms.redis().runAsync(Scripts.ABANDON, leaseKey(), List.of(token, terms.channel(), freed))
                : terms.redis()
                        .runAsync(
                                Scripts.FILL,
                                valueAndLease,
                                List.of(token, frame, FarTerms.millis(lifeNanos), terms.channel(), freed));
        return ended.handle((mine, error) -> error != null ? Fate.UNKNOWN : mine == 1 ? Fate.MINE : Fate.LOST);
    }

    /** Ends the lease without a value, and says whether it was still the caller's. */
    Fate release() {
        return ended(Scripts.ABANDON, leaseKey(), List.of(token, terms.channel(), freed));
    }

    /** Ends the lease without a value and does not wait. */
    void abandon() {
        terms.redis().runAsync(Scripts.ABANDON, leaseKey(), List.of(token, terms.channel(), freed));
    }

    private void stopRenewing() {
        Future<?> running = renewal;
        if (running != null) {
            running.cancel(false);
        }
    }

    private void renew() {
        terms.redis()
                .runAsync(Scripts.RENEW, leaseKey(), List.of(token, FarTerms.millis(terms.leaseNanos())))
                .thenAccept(renewed -> {
                    if (renewed == 0) {
                        stopRenewing();
                    }
                });
    }

    private List<byte[]> leaseKey() {
        return valueAndLease.subList(1, 2);
    }

    private Fate ended(RedisScript<Long> script, List<byte[]> keys, List<byte[]> arguments) {
        if (Thread.currentThread().isInterrupted()) {
            // It can not wait, but it can send.
            terms.redis().runAsync(script, keys, arguments);
            return Fate.UNKNOWN;
        }
        try {
            return terms.redis().run(script, keys, arguments) == 1 ? Fate.MINE : Fate.LOST;
        } catch (RedisUnavailableException e) {
            return Fate.UNKNOWN;
        }
    }
}

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
    private final EncodedKey key;
    private final byte[] token;
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

    Lease(FarTerms terms, List<byte[]> valueAndLease, EncodedKey key, byte[] token) {
        this.terms = terms;
        this.valueAndLease = valueAndLease;
        this.key = key;
        this.token = token;
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

    /** Returns the name of the value. */
    byte[] valueKey() {
        return valueAndLease.get(0);
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
        terms.echoes().expect(key);
        Fate fate = ended(Scripts.FILL, valueAndLease, List.of(token, frame, life, terms.channel(), freed()));
        if (fate != Fate.MINE) {
            terms.echoes().forget(key);
        }
        return fate;
    }

    /** Like {@link #fill} and {@link #release}, without waiting; null is no value. The stage never fails. */
    CompletionStage<Fate> end(byte @Nullable [] frame, long lifeNanos) {
        return frame == null
                ? terms.redis()
                        .runAsync(Scripts.ABANDON, leaseKey(), List.of(token, terms.channel(), freed()))
                        .handle(Lease::fate)
                : fillAsync(frame, lifeNanos);
    }

    private CompletionStage<Fate> fillAsync(byte[] frame, long lifeNanos) {
        terms.echoes().expect(key);
        return terms.redis()
                .runAsync(
                        Scripts.FILL,
                        valueAndLease,
                        List.of(token, frame, FarTerms.millis(lifeNanos), terms.channel(), freed()))
                .handle(Lease::fate)
                .whenComplete((fate, error) -> {
                    if (fate != Fate.MINE) {
                        terms.echoes().forget(key);
                    }
                });
    }

    private static Fate fate(@Nullable Long mine, @Nullable Throwable error) {
        return error != null || mine == null ? Fate.UNKNOWN : mine == 1 ? Fate.MINE : Fate.LOST;
    }

    private byte[] freed() {
        return terms.message(Message.Kind.FREED, key);
    }

    /** Ends the lease without a value, and says whether it was still the caller's. */
    Fate release() {
        return ended(Scripts.ABANDON, leaseKey(), List.of(token, terms.channel(), freed()));
    }

    /** Ends the lease without a value and does not wait. */
    void abandon() {
        terms.redis().runAsync(Scripts.ABANDON, leaseKey(), List.of(token, terms.channel(), freed()));
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

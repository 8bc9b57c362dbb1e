package dev.wellhead.ratelimit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A queue that is served at an even pace: a call that is allowed is told how long to wait for its turn. It is a token bucket
 * whose debt is the queue: what a bucket takes on credit of its burst, a queue makes wait.
 *
 * <p>The law: over every interval of length t at most {@code 1 + permits * t / per} calls of cost 1 have their turn, and
 * none waits for longer than the queue's length in permits.
 */
final class LeakyQueue implements Algorithm {
    static final int NUMBER = 4;

    private final TokenBucket bucket;

    private LeakyQueue(TokenBucket bucket) {
        this.bucket = bucket;
    }

    /**
     * Returns the queue for so many permits beside the one that is served.
     *
     * @throws IllegalArgumentException if it cannot be kept exact, with the reason
     */
    static LeakyQueue of(long permits, long perMicros, long queue) {
        return new LeakyQueue(TokenBucket.of(permits, perMicros, queue + 1));
    }

    @Override
    public Algorithm within(long micros, long cost) {
        return new LeakyQueue(bucket.indebtedFor(micros, cost));
    }

    @Override
    public long delayMicros(@Nullable State charged, long nowMicros, long cost) {
        return bucket.debtMicrosBefore(charged, nowMicros, cost);
    }

    @Override
    public Verdict decide(@Nullable State state, long nowMicros, long cost) {
        return bucket.decide(state, nowMicros, cost);
    }

    /** Only of the last in the queue: those behind it were told their turns, which would not be taken any sooner. */
    @Override
    public @Nullable State refund(State state, long nowMicros, long cost, State charged) {
        State own = bucket.own(state);
        boolean last = own.micros() == charged.micros() && own.units() == charged.units();
        return last ? bucket.refund(state, nowMicros, cost, charged) : null;
    }

    @Override
    public long remaining(@Nullable State state, long nowMicros) {
        return bucket.remaining(state, nowMicros);
    }

    @Override
    public long retryAfterMicros(@Nullable State state, long nowMicros, long cost) {
        return bucket.retryAfterMicros(state, nowMicros, cost);
    }

    @Override
    public long resetAfterMicros(@Nullable State state, long nowMicros) {
        return bucket.resetAfterMicros(state, nowMicros);
    }

    @Override
    public long burst() {
        return bucket.burst();
    }

    @Override
    public long refillMicros() {
        return bucket.refillMicros();
    }

    @Override
    public Algorithm share(double share) {
        return new LeakyQueue(bucket.share(share));
    }

    @Override
    public State merge(State one, State other, long nowMicros) {
        return bucket.merge(one, other, nowMicros);
    }

    @Override
    public State moved(State state, long offsetMicros) {
        return bucket.moved(state, offsetMicros);
    }

    @Override
    public long[] arguments(long cost) {
        long[] arguments = bucket.arguments(cost);
        long[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[0] = NUMBER;
        all[arguments.length] = bucket.room().micros();
        all[arguments.length + 1] = bucket.room().units();
        return all;
    }

    @Override
    public String words() {
        return "leaky queue of " + (burst() - 1);
    }

    @Override
    public String fingerprint() {
        return "leaky " + bucket.fingerprint();
    }
}

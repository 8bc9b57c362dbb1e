package dev.wellhead.ratelimit;

import java.math.BigInteger;

/**
 * A token bucket as the textbook has it: a level that rises with time and falls with each call, in whole numbers of any
 * size. Shares nothing with the code under test but the law: there is no arrival time, no debt, no fraction here.
 */
final class BucketModel implements Model {
    private final BigInteger permits;
    private final BigInteger perMicros;
    private final BigInteger full;
    // Permits times perMicros, so that a microsecond adds exactly `permits`.
    private BigInteger level;
    private final boolean queue;
    private long lastMicros;

    BucketModel(Limit limit, long nowMicros) {
        permits = BigInteger.valueOf(limit.permits());
        perMicros = BigInteger.valueOf(limit.per().toNanos() / 1_000);
        full = perMicros.multiply(BigInteger.valueOf(limit.burst()));
        level = full;
        queue = limit.isQueue();
        lastMicros = nowMicros;
    }

    @Override
    public void passTo(long nowMicros) {
        BigInteger gained = permits.multiply(BigInteger.valueOf(nowMicros - lastMicros));
        level = level.add(gained).min(full);
        lastMicros = nowMicros;
    }

    @Override
    public boolean has(long cost) {
        return level.compareTo(price(cost)) >= 0;
    }

    @Override
    public void take(long cost) {
        level = level.subtract(price(cost));
    }

    @Override
    public long remaining() {
        return level.divide(perMicros).longValueExact();
    }

    @Override
    public long microsUntil(long cost) {
        return has(cost) ? 0 : ceil(price(cost).subtract(level));
    }

    @Override
    public long microsUntilFull() {
        return ceil(full.subtract(level));
    }

    // Whoever waits has his turn when the level is where it was before all of those before him.
    @Override
    public long turn() {
        return queue ? microsUntilFull() : 0;
    }

    private BigInteger price(long cost) {
        return perMicros.multiply(BigInteger.valueOf(cost));
    }

    private long ceil(BigInteger missing) {
        BigInteger[] parts = missing.divideAndRemainder(permits);
        return parts[0].longValueExact() + (parts[1].signum() == 0 ? 0 : 1);
    }
}

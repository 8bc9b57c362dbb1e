package dev.wellhead.ratelimit;

import java.math.BigInteger;

/**
 * A token bucket as the textbook has it: a level that rises with time and falls with each call, in whole numbers of any
 * size. Shares nothing with the code under test but the law: there is no arrival time here.
 *
 * <p>If the numbers change the level stays where it is, as a part of the whole; but what one set of numbers left is
 * known to another to the microsecond only, and the missing part of one is missing.
 */
final class BucketModel implements Model {
    // What is missing, in parts of a microsecond: so many as the numbers have that were asked for last.
    private BigInteger missing = BigInteger.ZERO;
    private BigInteger missingParts = BigInteger.ONE;
    private long lastMicros;
    private BigInteger parts = BigInteger.ONE;
    private BigInteger permit = BigInteger.ONE;
    private BigInteger full = BigInteger.ONE;
    private boolean queue;

    BucketModel(Limit limit, long nowMicros) {
        by(limit);
        lastMicros = nowMicros;
    }

    @Override
    public void by(Limit limit) {
        BigInteger permits = BigInteger.valueOf(limit.permits());
        BigInteger perMicros = BigInteger.valueOf(limit.per().toNanos() / 1_000);
        BigInteger divisor = permits.gcd(perMicros);
        parts = permits.divide(divisor);
        permit = perMicros.divide(divisor);
        full = permit.multiply(BigInteger.valueOf(limit.burst()));
        queue = limit.isQueue();
    }

    @Override
    public void passTo(long nowMicros) {
        BigInteger gained = missingParts.multiply(BigInteger.valueOf(nowMicros - lastMicros));
        missing = missing.subtract(gained).max(BigInteger.ZERO);
        lastMicros = nowMicros;
    }

    private BigInteger level() {
        BigInteger ours = missingParts.equals(parts)
                ? missing
                : ceil(missing, missingParts).multiply(parts);
        return full.subtract(ours).max(BigInteger.ZERO);
    }

    @Override
    public boolean has(long cost) {
        return level().compareTo(price(cost)) >= 0;
    }

    @Override
    public void take(long cost) {
        missing = full.subtract(level()).add(price(cost));
        missingParts = parts;
    }

    @Override
    public long remaining() {
        return level().divide(permit).longValueExact();
    }

    @Override
    public long microsUntil(long cost) {
        return has(cost) ? 0 : ceil(price(cost).subtract(level()), parts).longValueExact();
    }

    @Override
    public long microsUntilFull() {
        return ceil(full.subtract(level()), parts).longValueExact();
    }

    // Whoever waits has his turn when the level is where it was before all of those before him.
    @Override
    public long turn() {
        return queue ? microsUntilFull() : 0;
    }

    private BigInteger price(long cost) {
        return permit.multiply(BigInteger.valueOf(cost));
    }

    private static BigInteger ceil(BigInteger dividend, BigInteger divisor) {
        BigInteger[] result = dividend.divideAndRemainder(divisor);
        return result[1].signum() == 0 ? result[0] : result[0].add(BigInteger.ONE);
    }
}

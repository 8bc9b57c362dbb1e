package dev.wellhead.ratelimit;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * A sliding window that forgets nothing: every call with its time. What counts is added up anew for each question, and how
 * long something takes is found by halving, since less counts as time goes by.
 */
final class SlidingModel implements Model {
    private record Call(long micros, long cost) {}

    private BigInteger permits;
    private final long perMicros;
    private final boolean exact;
    private final List<Call> calls = new ArrayList<>();
    private long nowMicros;

    /** @param exact whether calls count by their own time, and not by windows of the clock */
    SlidingModel(Limit limit, boolean exact) {
        permits = BigInteger.valueOf(limit.permits());
        perMicros = limit.per().toNanos() / 1_000;
        this.exact = exact;
    }

    /** What counts at a moment, times the length of the window. */
    private BigInteger counting(long at) {
        BigInteger sum = BigInteger.ZERO;
        for (Call call : calls) {
            sum = sum.add(BigInteger.valueOf(call.cost).multiply(BigInteger.valueOf(covered(call.micros, at))));
        }
        return sum;
    }

    private long covered(long call, long at) {
        if (exact) {
            return at - call < perMicros ? perMicros : 0;
        }
        long windows = at / perMicros - call / perMicros;
        return windows == 0 ? perMicros : windows == 1 ? perMicros - at % perMicros : 0;
    }

    private BigInteger freeAt(long at) {
        return permits.multiply(BigInteger.valueOf(perMicros)).subtract(counting(at));
    }

    private boolean hasAt(long at, long cost) {
        return freeAt(at).compareTo(BigInteger.valueOf(cost).multiply(BigInteger.valueOf(perMicros))) >= 0;
    }

    private long least(LongPredicate enough) {
        long low = 0;
        long high = 2 * perMicros;
        while (low < high) {
            long middle = (low + high) / 2;
            if (enough.test(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    @Override
    public void by(Limit limit) {
        permits = BigInteger.valueOf(limit.permits());
    }

    @Override
    public void passTo(long micros) {
        nowMicros = micros;
    }

    @Override
    public boolean has(long cost) {
        return hasAt(nowMicros, cost);
    }

    @Override
    public void take(long cost) {
        calls.add(new Call(nowMicros, cost));
    }

    @Override
    public long remaining() {
        return freeAt(nowMicros)
                .max(BigInteger.ZERO)
                .divide(BigInteger.valueOf(perMicros))
                .longValueExact();
    }

    @Override
    public long microsUntil(long cost) {
        return least(wait -> hasAt(nowMicros + wait, cost));
    }

    @Override
    public long microsUntilFull() {
        return least(wait -> counting(nowMicros + wait).signum() == 0);
    }
}

package dev.wellhead.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Compares what limits decide, remain and tell with the independent models, and then looks at what is given back. */
final class DecideCheck implements Runnable {
    private static final int TRACES = 400;
    private static final int STEPS = 60;

    @Override
    public void run() {
        for (int seed = 0; seed < TRACES; seed++) {
            Random random = new Random(seed);
            long permits = 1 + random.nextInt(9);
            Duration per = Duration.ofNanos(1_000L * (1 + random.nextInt(60)));
            for (Limit limit : List.of(
                    Limit.tokenBucket("bucket", permits, per).burst(1 + random.nextInt(9)),
                    Limit.fixedWindow("window", permits, per),
                    Limit.slidingCounter("counter", permits, per),
                    Limit.slidingLog("log", permits, per),
                    Limit.leaky("queue", permits, per, random.nextInt(9)))) {
                compare(List.of(limit), random);
                compare(List.of(limit, OtherNumbers.times(2, limit), OtherNumbers.times(7, limit)), random);
            }
        }
        RefundLawTest refunds = new RefundLawTest();
        refunds.bucketIsLeftAsIfTheCallHadNotAskedForWhatIsGivenBack();
        refunds.whatWasTakenByOtherNumbersIsGivenBackAtMost();
        refunds.windowsCountWhatWasNotGivenBack();
        refunds.placeOfALostStateIsWorthNothing();
        refunds.whatWasPaidOffBeforeItsTimeIsRememberedUntilThatTime();
    }

    /** @param numbers one is asked after the other, in any order */
    private static void compare(List<Limit> numbers, Random random) {
        long now = 1_792_000_001_234_567L;
        Model model = Model.of(numbers.get(0), now);
        State state = null;
        for (int step = 0; step < STEPS; step++) {
            now += random.nextInt(2) * random.nextInt(random.nextInt(6) == 0 ? 200 : 20);
            Limit limit = numbers.get(random.nextInt(numbers.size()));
            require(limit.id(), numbers.get(0).id(), limit, "id");
            model.by(limit);
            model.passTo(now);
            long cost = 1 + random.nextInt((int) limit.burst());
            Verdict verdict = limit.algorithm().decide(state, now, cost);
            require(verdict.allowed(), model.has(cost), limit, "verdict");
            // Its clock never goes back.
            require(verdict.mended(), false, limit, "whether it was mended");
            require(
                    limit.algorithm().retryAfterMicros(state, now, cost),
                    verdict.allowed() ? 0L : model.microsUntil(cost),
                    limit,
                    "retry-after");
            long turn = model.turn();
            state = verdict.state(verdict.allowed());
            if (verdict.allowed()) {
                model.take(cost);
                require(limit.algorithm().delayMicros(state, now, cost), turn, limit, "delay");
            }
            require(limit.algorithm().remaining(state, now), model.remaining(), limit, "remaining");
            require(limit.algorithm().resetAfterMicros(state, now), model.microsUntilFull(), limit, "reset-after");
        }
    }

    private static void require(Object found, Object expected, Limit limit, String what) {
        if (!Objects.equals(found, expected)) {
            throw new AssertionError(what + " of " + limit + " is " + found + ", not " + expected);
        }
    }
}

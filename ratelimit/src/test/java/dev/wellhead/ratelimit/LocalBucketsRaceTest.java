package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.ratelimit.Ask.Charge;
import dev.wellhead.ratelimit.LocalBuckets.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/**
 * Invariant: charges that take no lock, and what others do to the same buckets meanwhile, come one after the other. A
 * charge reads the clock between the state and its CAS, and an ask of several while it holds its buckets; so what the
 * clock does before it answers happens at the worst moment.
 */
class LocalBucketsRaceTest {
    private static final Limit LIMIT = Limit.tokenBucket("limit", 4, Duration.ofSeconds(4));

    private final AtomicLong nanos = new AtomicLong();
    private Runnable meanwhile = () -> {};

    @Test
    void chargeThatAnotherOvertookIsDecidedAnew() {
        LocalBuckets buckets = buckets(1_000);
        take(buckets, "key", 3);

        meanwhile = () -> assertThat(take(buckets, "key", 1)).isTrue();

        assertThat(take(buckets, "key", 1)).isFalse();
        assertThat(remaining(buckets, "key")).isZero();
    }

    @Test
    void chargeThatAnAskOfSeveralOvertookIsDecidedAnew() {
        LocalBuckets buckets = buckets(1_000);
        take(buckets, "key", 3);

        meanwhile = () -> assertThat(
                        buckets.take(List.of(line("other", 1), line("key", 1))).allowed())
                .isTrue();

        assertThat(take(buckets, "key", 1)).isFalse();
        assertThat(remaining(buckets, "other")).isEqualTo(3);
    }

    @Test
    void chargeGoesThroughThoughADeniedAskOfSeveralHeldItsBucket() {
        LocalBuckets buckets = buckets(1_000);
        take(buckets, "empty", 4);
        take(buckets, "key", 3);

        meanwhile = () -> assertThat(
                        buckets.take(List.of(line("key", 1), line("empty", 1))).allowed())
                .isFalse();

        assertThat(take(buckets, "key", 1)).isTrue();
        assertThat(remaining(buckets, "key")).isZero();
    }

    @Test
    void chargeFindsWhatWasGivenBackMeanwhile() {
        LocalBuckets buckets = buckets(1_000);
        take(buckets, "key", 1);
        Standing.One last = buckets.take(null, charge("key", 3), LIMIT.algorithm(), null);

        meanwhile = () -> buckets.refund(last.charged());

        // Denied on what was read first; the next call finds what was given back.
        assertThat(take(buckets, "key", 1)).isFalse();
        assertThat(remaining(buckets, "key")).isEqualTo(3);
    }

    @Test
    void refundThatAChargeOvertookLosesNeither() {
        LocalBuckets buckets = buckets(1_000);
        Standing.One first = buckets.take(null, charge("key", 2), LIMIT.algorithm(), null);

        meanwhile = () -> assertThat(take(buckets, "key", 1)).isTrue();
        buckets.refund(first.charged());

        assertThat(remaining(buckets, "key")).isEqualTo(3);
    }

    @Test
    void chargeOfABucketThatWasSweptMeanwhileIsNotLost() {
        LocalBuckets buckets = buckets(1);
        take(buckets, "key", 1);
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());

        meanwhile = () -> {
            take(buckets, "sweeper", 1);
            nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        };

        assertThat(take(buckets, "key", 1)).isTrue();
        assertThat(buckets.keys()).isOne();
        assertThat(remaining(buckets, "key")).isEqualTo(3);
    }

    @Test
    void chargeOfAKeyThatLostItsPlaceToAFloodPaysInTheSharedBucket() {
        LocalBuckets buckets = buckets(1);
        take(buckets, "key", 1);
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());

        meanwhile = () -> {
            take(buckets, "flood1", 4);
            assertThat(take(buckets, "flood2", 3)).isTrue();
        };

        assertThat(take(buckets, "key", 1)).isTrue();
        assertThat(buckets.sharedCharges()).isEqualTo(2);
        assertThat(take(buckets, "key", 1)).isFalse();
    }

    @Test
    void bucketThatIsChargedWhileASweepLooksAtItStays() {
        LocalBuckets buckets = buckets(1);
        take(buckets, "key", 1);
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());

        // The sweep of the outer call goes by a time at which the bucket was full.
        meanwhile = () -> assertThat(take(buckets, "key", 4)).isTrue();
        take(buckets, "sweeper", 1);

        assertThat(buckets.sharedCharges()).isOne();
        assertThat(take(buckets, "key", 1)).isFalse();
    }

    @Test
    void callThatWasHeldUpTakesNoLaterStateForOneFromBeforeTheClockWentBack() {
        LocalBuckets buckets = buckets(1_000);
        take(buckets, "key", 4);

        meanwhile = () -> {
            nanos.addAndGet(Duration.ofSeconds(4).toNanos());
            assertThat(take(buckets, "key", 4)).isTrue();
        };

        assertThat(take(buckets, "key", 1)).isFalse();
        assertThat(remaining(buckets, "key")).isZero();
    }

    @Test
    void chargeWaitsForAnAskOfSeveralThatHoldsItsBucket() throws Exception {
        LocalBuckets buckets = buckets(1_000);
        take(buckets, "a", 1);
        take(buckets, "b", 1);
        FutureTask<Boolean> charge = new FutureTask<>(() -> take(buckets, "b", 1));
        Thread thread = new Thread(charge);

        meanwhile = () -> {
            thread.start();
            while (thread.getState() != Thread.State.WAITING) {
                assertThat(charge).as("decided in between").isNotDone();
                Thread.onSpinWait();
            }
        };
        boolean both = buckets.take(List.of(line("a", 3), line("b", 3))).allowed();

        assertThat(both).isTrue();
        assertThat(charge.get()).isFalse();
    }

    @Test
    void failureInTheMidstOfAnAskLeavesAllAsItWas() {
        LocalBuckets buckets = buckets(1_000);
        take(buckets, "a", 1);

        meanwhile = () -> {
            throw new IllegalStateException("clock");
        };

        assertThatThrownBy(() -> buckets.take(List.of(line("a", 1), line("b", 1))))
                .hasMessage("clock");
        assertThat(take(buckets, "a", 3)).isTrue();
        assertThat(buckets.keys()).isOne();
    }

    @Test
    void singleAsksAndAsksOfSeveralTakeExactlyWhatTheyWereGiven() throws Exception {
        int keys = 4;
        Limit bound = Limit.fixedWindow("bound", 20_000, Duration.ofDays(1));
        LocalBuckets buckets = new LocalBuckets(10_000, new MicroClock(() -> 0, 0));
        AtomicLongArray given = new AtomicLongArray(keys);

        together(8, thread -> {
            for (int call = 0; call < 20_000; call++) {
                int a = (call + thread) % keys;
                int b = (a + 1 + call % (keys - 1)) % keys;
                if (call % 4 != 0) {
                    Standing.One one = buckets.take(null, Charge.of(bound, "key" + a, 1), bound.algorithm(), null);
                    given.addAndGet(a, one.allowed() ? 1 : 0);
                    if (one.allowed() && call % 16 == 1) {
                        buckets.refund(one.charged());
                        given.decrementAndGet(a);
                    }
                } else if (buckets.take(List.of(of(bound, a), of(bound, b))).allowed()) {
                    given.incrementAndGet(a);
                    given.incrementAndGet(b);
                }
            }
        });

        for (int key = 0; key < keys; key++) {
            State state = buckets.peek(List.of(of(bound, key))).states().get(0);
            assertThat(bound.algorithm().remaining(state, 0)).isEqualTo(20_000 - given.get(key));
        }
    }

    @Test
    void noKeyGetsMoreThanItsLawWhileBucketsAreSweptAndKeysMove() throws Exception {
        int keys = 12;
        Limit quick = Limit.tokenBucket("quick", 4, Duration.ofNanos(40_000));
        AtomicLong time = new AtomicLong();
        LocalBuckets buckets = new LocalBuckets(3, new MicroClock(time::get, 0));
        List<List<Long>> given = new ArrayList<>();
        for (int key = 0; key < keys; key++) {
            given.add(new ArrayList<>());
        }

        together(8, thread -> {
            for (int call = 0; call < 30_000; call++) {
                // Few keys at a time, so that some stay and some come back.
                int key = (call / 50 + call % 3) % keys;
                time.addAndGet(call % 7 == 0 ? 1_000 : 0);
                Charge charge = Charge.of(quick, "key" + key, 1);
                long at;
                boolean allowed;
                if (call % 5 == 0) {
                    Line line = new Line(charge.bucket(), quick.algorithm(), 1, null);
                    Outcome outcome = buckets.take(List.of(line));
                    allowed = outcome.allowed();
                    at = outcome.nowMicros();
                } else {
                    Standing.One one = buckets.take(null, charge, quick.algorithm(), null);
                    allowed = one.allowed();
                    at = one.nowMicros();
                }
                if (allowed) {
                    List<Long> times = given.get(key);
                    synchronized (times) {
                        times.add(at);
                    }
                }
            }
        });

        assertThat(buckets.keys()).isLessThanOrEqualTo(3);
        assertThat(buckets.sharedCharges()).isPositive();
        given.forEach(LocalBucketsRaceTest::assertLaw);
    }

    // What is owed, in microseconds of ten a permit, must never pass that of four.
    private static void assertLaw(List<Long> micros) {
        long[] times = micros.stream().mapToLong(each -> each).sorted().toArray();
        assertThat(times).isNotEmpty();
        long full = Long.MIN_VALUE;
        for (long now : times) {
            full = Math.max(full, now) + 10;
            assertThat(full - now).isLessThanOrEqualTo(40);
        }
    }

    @FunctionalInterface
    private interface Part {
        void run(int thread) throws Exception;
    }

    private static void together(int threads, Part part) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                all.add(pool.submit(() -> {
                    go.await();
                    part.run(thread);
                    return null;
                }));
            }
            go.countDown();
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    // What it reads was true before the rest happened, as with a thread that is held up.
    private long read() {
        long reading = nanos.get();
        Runnable once = meanwhile;
        meanwhile = () -> {};
        once.run();
        return reading;
    }

    private LocalBuckets buckets(int maxKeys) {
        return new LocalBuckets(maxKeys, new MicroClock(this::read, 0));
    }

    private static boolean take(LocalBuckets buckets, String key, long cost) {
        return buckets.take(null, charge(key, cost), LIMIT.algorithm(), null).allowed();
    }

    private long remaining(LocalBuckets buckets, String key) {
        State state = buckets.peek(List.of(line(key, 1))).states().get(0);
        return LIMIT.algorithm().remaining(state, nanos.get() / 1_000);
    }

    private static Charge charge(String key, long cost) {
        return Charge.of(LIMIT, key, cost);
    }

    private static Line line(String key, long cost) {
        return new Line(BucketKey.of(LIMIT, key), LIMIT.algorithm(), cost, null);
    }

    private static Line of(Limit limit, int key) {
        return new Line(BucketKey.of(limit, "key" + key), limit.algorithm(), 1, null);
    }
}

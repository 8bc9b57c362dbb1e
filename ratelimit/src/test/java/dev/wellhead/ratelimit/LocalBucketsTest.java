package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.ratelimit.LocalBuckets.Line;
import dev.wellhead.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LocalBucketsTest {
    private static final Limit LIMIT = Limit.tokenBucket("limit", 4, Duration.ofSeconds(4));

    private final ManualTicker ticker = new ManualTicker();

    @Test
    void floodOfKeysStaysBoundedAndFreesNoExhaustedKey() {
        LocalBuckets buckets = buckets(1_000);
        for (int call = 0; call < 4; call++) {
            buckets.take(List.of(line("victim")));
        }

        for (int key = 0; key < 100_000; key++) {
            buckets.take(List.of(line("flood" + key)));
        }

        assertThat(buckets.keys()).isLessThanOrEqualTo(1_000);
        assertThat(buckets.sharedCharges()).isPositive();
        assertThat(buckets.take(List.of(line("victim"))).allowed()).isFalse();
    }

    @Tag("thorough")
    @Test
    void tenMillionKeysNeedTheMemoryOfAThousand() {
        LocalBuckets buckets = buckets(1_000);
        for (int call = 0; call < 4; call++) {
            buckets.take(List.of(line("victim")));
        }

        for (int key = 0; key < 10_000_000; key++) {
            buckets.take(List.of(line("flood" + key)));
        }

        assertThat(buckets.keys()).isLessThanOrEqualTo(1_000);
        assertThat(buckets.take(List.of(line("victim"))).allowed()).isFalse();
    }

    @Test
    void floodShutsOutNobodyWhoHasABucket() {
        LocalBuckets buckets = buckets(1_000);
        buckets.take(List.of(line("regular")));

        for (int key = 0; key < 100_000; key++) {
            buckets.take(List.of(line("flood" + key)));
        }

        for (int call = 0; call < 3; call++) {
            assertThat(buckets.take(List.of(line("regular"))).allowed()).isTrue();
        }
    }

    @Test
    void roomComesBackOnceBucketsAreFullAgain() {
        LocalBuckets buckets = buckets(64);
        for (int key = 0; key < 1_000; key++) {
            buckets.take(List.of(line("flood" + key)));
        }
        long shared = buckets.sharedCharges();
        ticker.advance(Duration.ofSeconds(5));

        for (int key = 0; key < 20; key++) {
            assertThat(buckets.take(List.of(line("late" + key))).allowed()).isTrue();
        }

        assertThat(buckets.sharedCharges()).isEqualTo(shared);
        assertThat(buckets.keys()).isLessThanOrEqualTo(64);
    }

    @Test
    void idleBucketsAreSweptByNewKeys() {
        LocalBuckets buckets = buckets(100_000);
        for (int key = 0; key < 10_000; key++) {
            buckets.take(List.of(line("old" + key)));
        }
        ticker.advance(Duration.ofSeconds(5));

        for (int key = 0; key < 10_000; key++) {
            buckets.take(List.of(line("new" + key)));
        }

        assertThat(buckets.keys()).isLessThan(12_000);
    }

    @Test
    void keyThatSpentInASharedBucketDoesNotStartAfreshInItsOwn() {
        LocalBuckets buckets = buckets(1);
        buckets.take(List.of(line("first")));
        for (int call = 0; call < 4; call++) {
            assertThat(buckets.take(List.of(line("second"))).allowed()).isTrue();
        }
        // The first bucket is full again and makes room; the shared one still owes three permits.
        ticker.advance(Duration.ofSeconds(1));

        assertThat(buckets.take(List.of(line("second"))).allowed()).isTrue();

        assertThat(buckets.take(List.of(line("second"))).allowed()).isFalse();
    }

    @Test
    void twoKeysOfOneCallInTheSameSharedBucketPayBoth() {
        LocalBuckets buckets = buckets(1);
        buckets.take(List.of(line("first")));

        Outcome tooMuch = buckets.take(List.of(line("a", 3), line("b", 3)));
        Outcome enough = buckets.take(List.of(line("a", 2), line("b", 2)));

        assertThat(tooMuch.allowed()).isFalse();
        assertThat(enough.allowed()).isTrue();
        assertThat(buckets.take(List.of(line("c"))).allowed()).isFalse();
    }

    @Test
    void deniedCallLeavesNoBucketBehind() {
        LocalBuckets buckets = buckets(1_000);
        buckets.take(List.of(line("empty", 4)));

        buckets.take(List.of(line("a"), line("b"), line("empty")));
        buckets.peek(List.of(line("a"), line("b")));

        assertThat(buckets.keys()).isOne();
    }

    @Test
    void laterOfOwnAndKnownStateCounts() {
        LocalBuckets buckets = buckets(1_000);
        Line known = new Line(BucketKey.of(LIMIT, "key"), LIMIT.algorithm(), 1, new State(3_000_000, 0));

        assertThat(buckets.take(List.of(known)).allowed()).isTrue();
        assertThat(buckets.take(List.of(known)).allowed()).isFalse();
    }

    /** Whatever room there is, no key gets more than its own law allows. */
    @Property
    void noKeyEverGetsMoreThanItsLaw(
            @ForAll @Size(min = 1, max = 300) List<@IntRange(min = 0, max = 399) Integer> calls,
            @ForAll @IntRange(min = 1, max = 40) int maxKeys) {
        ManualTicker time = new ManualTicker();
        LocalBuckets buckets = new LocalBuckets(maxKeys, new MicroClock(time, 0));
        Map<Integer, List<Long>> given = new HashMap<>();
        long now = 0;

        for (int call : calls) {
            int key = call % 20;
            long pause = call / 20 * 100L;
            time.advance(Duration.ofMillis(pause));
            now += pause;
            if (buckets.take(List.of(line("key" + key))).allowed()) {
                given.computeIfAbsent(key, k -> new ArrayList<>()).add(now);
            }
        }

        assertThat(buckets.keys()).isLessThanOrEqualTo(maxKeys);
        given.values().forEach(LocalBucketsTest::assertLaw);
    }

    @Test
    void callsOverManyBucketsInAnyOrderNeitherBlockNorLosePermits() throws Exception {
        Limit bound = Limit.tokenBucket("bound", 500, Duration.ofDays(1));
        LocalBuckets buckets = buckets(10_000);
        AtomicLongArray charged = new AtomicLongArray(8);
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(16);
        List<Future<?>> all = new ArrayList<>();

        try {
            for (int thread = 0; thread < 16; thread++) {
                int shift = thread;
                all.add(threads.submit(() -> {
                    go.await();
                    for (int call = 0; call < 500; call++) {
                        int a = (call + shift) % 8;
                        int b = (call * 3 + shift + 1) % 8;
                        if (a != b
                                && buckets.take(List.of(of(bound, a), of(bound, b)))
                                        .allowed()) {
                            charged.incrementAndGet(a);
                            charged.incrementAndGet(b);
                        }
                    }
                    return null;
                }));
            }
            go.countDown();
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }

        for (int key = 0; key < 8; key++) {
            State state = buckets.peek(List.of(of(bound, key))).states().get(0);
            assertThat(bound.algorithm().remaining(state, 0)).isEqualTo(500 - charged.get(key));
        }
    }

    private static void assertLaw(List<Long> millis) {
        for (int from = 0; from < millis.size(); from++) {
            for (int to = from; to < millis.size(); to++) {
                assertThat((to - from + 1) * 1_000L).isLessThanOrEqualTo(4_000 + millis.get(to) - millis.get(from));
            }
        }
    }

    private LocalBuckets buckets(int maxKeys) {
        return new LocalBuckets(maxKeys, new MicroClock(ticker, 0));
    }

    private static Line line(String key) {
        return line(key, 1);
    }

    private static Line line(String key, long cost) {
        return new Line(BucketKey.of(LIMIT, key), LIMIT.algorithm(), cost, null);
    }

    private static Line of(Limit limit, int key) {
        return new Line(BucketKey.of(limit, "key" + key), limit.algorithm(), 1, null);
    }
}

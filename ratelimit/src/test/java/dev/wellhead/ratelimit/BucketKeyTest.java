package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BucketKeyTest {
    private static final Limit LIMIT = Limit.tokenBucket("limit", 4, Duration.ofSeconds(4));
    private static final Limit OTHER = Limit.tokenBucket("other", 4, Duration.ofSeconds(4));

    @Test
    void keysAreEqualIfAndOnlyIfTheirIdsAre() {
        String hash = BucketId.tag("x".repeat(65)).replaceAll("[{}]", "");
        List<Ask> asks = new ArrayList<>();
        for (Limit limit : List.of(LIMIT, OTHER, Limit.tokenBucket("limit", 5, Duration.ofSeconds(4)))) {
            for (String key : List.of(
                    "",
                    "a",
                    "b",
                    "a b",
                    "#",
                    "#a",
                    "{a}b",
                    "#{a}b",
                    "x".repeat(64),
                    "x".repeat(65),
                    hash,
                    "\u00e9",
                    "\ud800",
                    "Aa",
                    "BB")) {
                asks.add(Ask.of(limit, key));
                asks.add(Ask.of(limit, key).tagged("a"));
                asks.add(Ask.of(limit, key).tagged("a b"));
                asks.add(Ask.of(limit, key).tagged("b").tagged("a"));
            }
        }

        for (Ask one : asks) {
            for (Ask other : asks) {
                Ask.Charge left = one.charges().get(0);
                Ask.Charge right = other.charges().get(0);
                assertThat(left.bucket().equals(right.bucket()))
                        .as("%s and %s", left.id(), right.id())
                        .isEqualTo(left.id().equals(right.id()));
                assertThat(left.bucket().compareTo(right.bucket()) == 0)
                        .isEqualTo(left.bucket().equals(right.bucket()));
            }
        }
    }

    // Of "Aa" and "BB" any sequence has the same hash. Without an order each look-up would compare with half of them.
    @Test
    void keysThatWereChosenToCollideAreFound() {
        ConcurrentMap<BucketKey, Integer> map = new ConcurrentHashMap<>();
        for (int i = 0; i < 1 << 14; i++) {
            map.put(BucketKey.of(LIMIT, colliding(i)), i);
        }

        assertThat(colliding(1)).hasSameHashCodeAs(colliding(2));
        for (int i = 0; i < 1 << 14; i++) {
            assertThat(map.get(BucketKey.of(LIMIT, colliding(i)))).isEqualTo(i);
        }
    }

    @Test
    void collidingKeysDoNotFallIntoOneSegment() {
        long seed = 42;

        assertThat(IntStream.range(0, 1_000)
                        .mapToLong(i -> BucketKey.of(LIMIT, colliding(i)).hash(seed) & 63)
                        .distinct()
                        .count())
                .isEqualTo(64);
    }

    private static String colliding(int number) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < 14; bit++) {
            text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return text.toString();
    }
}

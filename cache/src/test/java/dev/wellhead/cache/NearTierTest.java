package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.core.Ticker;
import dev.wellhead.testkit.ManualTicker;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NearTierTest {
    private static final long HOUR = Duration.ofHours(1).toNanos();

    private final ManualTicker ticker = new ManualTicker();
    private final NearTier<String, String> near = new NearTier<>(100, ticker);

    @Test
    void valueReadBeforeAnInvalidationCannotEnterAfterIt() {
        long stamp = near.stamp("k");

        near.drop("k");

        assertThat(near.putIfUnchanged("k", draft("old", HOUR), stamp)).isFalse();
        assertThat(near.get("k")).isNull();
    }

    @Test
    void valueReadBeforeAClearCannotEnterAfterIt() {
        long stamp = near.stamp("k");

        near.clear();

        assertThat(near.putIfUnchanged("k", draft("old", HOUR), stamp)).isFalse();
    }

    @Test
    void refusedValueLeavesAYoungerOneAlone() {
        long stamp = near.stamp("k");
        near.set("k", draft("new", HOUR));

        assertThat(near.putIfUnchanged("k", draft("old", HOUR), stamp)).isFalse();
        assertThat(near.get("k").value()).isEqualTo("new");
    }

    @Test
    void refusalDoesNotLengthenTheLifeOfWhatIsThere() {
        long stamp = near.stamp("k");
        near.set("k", draft("value", HOUR));
        ticker.advance(Duration.ofMinutes(59));
        near.putIfUnchanged("k", draft("old", HOUR), stamp);

        ticker.advance(Duration.ofMinutes(1));

        assertThat(near.get("k")).isNull();
    }

    @Test
    void fullTierTakesWhatRedisHoldsWhenItIsAskedForASecondTime() {
        fill();

        assertThat(near.offer("new", draft("value", HOUR), near.stamp("new"))).isTrue();
        assertThat(near.get("new")).isNull();
        assertThat(near.offer("new", draft("value", HOUR), near.stamp("new"))).isTrue();
        assertThat(near.get("new").value()).isEqualTo("value");
    }

    @Test
    void keysThatComeOnceDisplaceNobody() {
        fill();
        for (int key = 0; key < 100_000; key++) {
            near.offer("scan" + key, draft("value", HOUR), near.stamp("scan" + key));
        }

        int kept = 0;
        for (int key = 0; key < 100; key++) {
            kept += near.get("key" + key) == null ? 0 : 1;
        }
        // Some of those that came are taken for others.
        assertThat(kept).isGreaterThan(50);
    }

    @Test
    void youngerValueOfAKeyThatIsThereIsTakenAtOnce() {
        fill();

        near.offer("key5", draft("younger", HOUR), near.stamp("key5"));

        assertThat(near.get("key5").value()).isEqualTo("younger");
    }

    @Test
    void keyWhoseValueDiedHasItsPlaceAgain() {
        fill();
        ticker.advance(Duration.ofHours(2));
        assertThat(near.get("key5")).isNull();
        near.set("another", draft("value", HOUR));

        near.offer("key5", draft("again", HOUR), near.stamp("key5"));

        assertThat(near.get("key5").value()).isEqualTo("again");
    }

    @Test
    void invalidatedValueIsNotOfferedWithSuccess() {
        long stamp = near.stamp("k");
        near.drop("k");

        assertThat(near.offer("k", draft("old", HOUR), stamp)).isFalse();
        assertThat(near.get("k")).isNull();
    }

    private void fill() {
        for (int key = 0; key < 100; key++) {
            near.set("key" + key, draft("value", HOUR));
        }
        assertThat(near.size()).isEqualTo(100);
    }

    @Test
    void clearHidesEverythingAtOnce() {
        near.set("a", draft("a", HOUR));
        near.set("b", draft("b", HOUR));

        near.clear();

        assertThat(near.get("a")).isNull();
        assertThat(near.get("b")).isNull();
        assertThat(near.putIfUnchanged("a", draft("again", HOUR), near.stamp("a")))
                .isTrue();
        assertThat(near.get("a").value()).isEqualTo("again");
    }

    @Test
    void ofTwoReplacementsAtOnceNoneStays() {
        long first = near.stamp("k");
        long second = near.stamp("k");

        near.replace("k", draft("one", HOUR), first);
        near.replace("k", draft("two", HOUR), second);

        // Which of the two Redis has, is not known here.
        assertThat(near.get("k")).isNull();
    }

    @Test
    void longestLifeDoesNotOverflow() {
        near.set("k", draft("value", Long.MAX_VALUE));
        ticker.advance(Duration.ofDays(365));

        assertThat(near.get("k").value()).isEqualTo("value");
    }

    @Test
    void expiredValueIsRemovedByItsReader() {
        near.set("k", draft("value", HOUR));
        ticker.advance(Duration.ofHours(1));

        assertThat(near.get("k")).isNull();
        assertThat(near.size()).isZero();
    }

    @Test
    void valuesThatNobodyReadsAnyMoreAreSweptOut() {
        near.set("expired", draft("value", HOUR));
        ticker.advance(Duration.ofHours(1));
        near.set("alive", draft("value", HOUR));

        near.sweep();

        assertThat(near.size()).isEqualTo(1);
        assertThat(near.get("alive")).isNotNull();
    }

    @Test
    void valuesThatWereClearedAreSweptOut() {
        near.set("k", draft("value", HOUR));
        near.clear();

        near.sweep();
        near.sweep();

        assertThat(near.size()).isZero();
    }

    @Test
    void deadValuesStayAFewAmongThoseThatComeAndGo() {
        NearTier<Integer, String> tier = new NearTier<>(1_000_000, ticker);
        int alive = 1000;
        for (int key = 0; key < 20 * alive; key++) {
            tier.set(key, draft("value", HOUR));
            ticker.advance(Duration.ofNanos(HOUR / alive));
        }

        assertThat(tier.size()).isLessThan(3 * alive);
    }

    @Test
    void valueThatEnteredAfterTheReaderLookedAtTheClockIsSeen() {
        long before = ticker.nanos();
        ticker.advance(Duration.ofHours(1));
        near.set("k", draft("value", Long.MAX_VALUE));

        assertThat(near.get("k", before)).isNotNull();
        assertThat(near.size()).isEqualTo(1);
    }

    @Test
    void readersNeverSeeAValueThatWasInvalidatedBeforeTheyBegan() throws Exception {
        NearTier<String, Integer> tier = new NearTier<>(100, Ticker.system());
        AtomicInteger row = new AtomicInteger();
        AtomicInteger invalidated = new AtomicInteger();
        int rounds = 20_000;
        CountDownLatch done = new CountDownLatch(1);
        try (Callers callers = new Callers()) {
            Future<Integer> reader = callers.start(() -> {
                int stale = 0;
                while (done.getCount() > 0) {
                    int atLeast = invalidated.get();
                    NearTier.Entry<Integer> entry = tier.get("k");
                    if (entry != null) {
                        stale += entry.value() < atLeast ? 1 : 0;
                    } else {
                        long stamp = tier.stamp("k");
                        int read = row.get();
                        Thread.onSpinWait();
                        tier.putIfUnchanged("k", draft(read, HOUR), stamp);
                    }
                }
                return stale;
            });

            for (int round = 1; round <= rounds; round++) {
                row.set(round);
                if (round % 7 == 0) {
                    tier.clear();
                } else {
                    tier.drop("k");
                }
                invalidated.set(round);
            }
            done.countDown();

            assertThat(Callers.result(reader)).isZero();
        }
    }

    private static <V> NearTier.Draft<V> draft(V value, long nanos) {
        return new NearTier.Draft<>(value, new Meta(nanos, 0, 0, Tags.NONE), nanos, nanos, Mark.NONE);
    }
}

package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/**
 * Invariants of shared trips: every caller who has not given up goes exactly once, in the order of arrival; nobody waits for a
 * trip that takes longer than an eighth of the budget; a lane ends with its last call.
 */
class CombinerTest {
    private static final Duration BUDGET = Duration.ofMillis(80);
    private static final Duration PATIENCE = BUDGET.dividedBy(8);

    private final Limit limit = Limit.tokenBucket("limit", 10, Duration.ofDays(1));
    private final ManualTicker ticker = new ManualTicker();
    private final BlockingQueue<List<Caller>> trips = new LinkedBlockingQueue<>();
    private final Combiner combiner =
            new Combiner(ticker, BUDGET.toNanos(), (id, callers) -> trips.add(List.copyOf(callers)));

    private Caller join() {
        Caller caller = caller();
        combiner.join("k", caller);
        return caller;
    }

    private Caller caller() {
        return new Caller(Ask.of(limit, "k"), ticker.nanos() + BUDGET.toNanos());
    }

    @Test
    void thoseWhoKnowOtherNumbersGoByThemselvesInTheirTurn() throws InterruptedException {
        Limit changed = OtherNumbers.times(2, limit);
        Caller first = join();
        List<Caller> waiting = new ArrayList<>();
        for (Limit asked : List.of(limit, limit.onFailure(FailurePolicy.open()), changed, changed, limit)) {
            Caller caller = new Caller(Ask.of(asked, "k"), ticker.nanos() + BUDGET.toNanos());
            combiner.join("k", caller);
            waiting.add(caller);
        }

        assertThat(trips.take()).containsExactly(first);
        for (List<Caller> together : List.of(waiting.subList(0, 2), waiting.subList(2, 4), waiting.subList(4, 5))) {
            combiner.arrived("k", List.of());
            assertThat(trips.take()).isEqualTo(together);
        }
        combiner.arrived("k", List.of());
        assertThat(combiner.lanes()).isZero();
    }

    @Test
    void thoseLeftBehindDoNotWaitForASlowTrip() throws InterruptedException {
        Caller first = join();
        Caller same = join();
        Caller other = new Caller(Ask.of(OtherNumbers.times(2, limit), "k"), ticker.nanos() + BUDGET.toNanos());
        combiner.join("k", other);
        combiner.arrived("k", List.of());
        assertThat(trips.take()).containsExactly(first);
        assertThat(trips.take()).containsExactly(same);

        ticker.advance(PATIENCE);

        assertThat(trips.take()).containsExactly(other);
    }

    @Test
    void whoComesAloneGoesAtOnce() {
        Caller caller = join();

        assertThat(trips).containsExactly(List.of(caller));
        combiner.arrived("k", List.of());
        assertThat(combiner.lanes()).isZero();
    }

    @Test
    void whoComesMeanwhileGoesTogetherInTheOrderOfArrival() {
        Caller first = join();
        Caller second = join();
        Caller third = join();
        assertThat(trips).containsExactly(List.of(first));

        combiner.arrived("k", List.of());

        assertThat(trips).containsExactly(List.of(first), List.of(second, third));
        combiner.arrived("k", List.of());
        assertThat(combiner.lanes()).isZero();
    }

    @Test
    void otherKeysAreNotWaitedFor() {
        Caller first = join();
        Caller other = caller();

        combiner.join("other", other);

        assertThat(trips).containsExactly(List.of(first), List.of(other));
    }

    @Test
    void whoGaveUpIsNotTakenAlong() {
        Caller first = join();
        Caller second = join();
        Caller third = join();
        second.claim();

        combiner.arrived("k", List.of());

        assertThat(trips).containsExactly(List.of(first), List.of(third));
    }

    @Test
    void noTripLeavesWithoutCallers() {
        Caller first = join();
        join().claim();

        combiner.arrived("k", List.of());

        assertThat(trips).containsExactly(List.of(first));
        assertThat(combiner.lanes()).isZero();
    }

    @Test
    void slowTripIsNotWaitedForByWhoComesLater() {
        Caller first = join();
        Caller second = join();
        ticker.advance(PATIENCE);

        Caller third = join();

        assertThat(trips).containsExactly(List.of(first), List.of(second, third));
        combiner.arrived("k", List.of());
        combiner.arrived("k", List.of());
        assertThat(combiner.lanes()).isZero();
    }

    @Test
    void slowTripIsNotWaitedForThoughNobodyElseComes() {
        Caller first = join();
        Caller second = join();
        ticker.advance(PATIENCE);

        // The alarm is of real time.
        await().untilAsserted(() -> assertThat(trips).containsExactly(List.of(first), List.of(second)));
    }

    @Test
    void whoComesBackUndecidedGoesFirst() {
        Caller first = join();
        Caller second = join();
        Caller third = caller();
        combiner.arrived("k", List.of(first, third));

        assertThat(trips).containsExactly(List.of(first), List.of(first, third, second));
    }

    @Test
    void invariantsHoldInRandomSequences() {
        for (int seed = 0; seed < 1_000; seed++) {
            play(new Random(seed));
        }
    }

    private static void play(Random random) {
        ManualTicker ticker = new ManualTicker();
        List<Caller> joined = new ArrayList<>();
        List<Caller> carried = new ArrayList<>();
        List<Long> underWay = new ArrayList<>();
        // Longer than the test, so that no alarm goes off.
        long budget = Duration.ofHours(8).toNanos();
        long patience = budget / 8;
        Combiner combiner = new Combiner(ticker, budget, (id, callers) -> {
            assertThat(callers).isNotEmpty().noneMatch(Caller::isClaimed);
            assertThat(underWay).allMatch(departed -> ticker.nanos() - departed >= patience);
            underWay.add(ticker.nanos());
            carried.addAll(callers);
        });
        Ask ask = Ask.of(Limit.tokenBucket("limit", 10, Duration.ofDays(1)), "k");
        for (int step = 0; step < 200; step++) {
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    Caller caller = new Caller(ask, ticker.nanos() + budget);
                    joined.add(caller);
                    combiner.join("k", caller);
                }
                case 2 -> {
                    if (!underWay.isEmpty()) {
                        underWay.remove(random.nextInt(underWay.size()));
                        combiner.arrived("k", List.of());
                    }
                }
                case 3 -> {
                    Caller last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
                    if (last != null && !carried.contains(last)) {
                        last.claim();
                    }
                }
                default -> ticker.advance(Duration.ofNanos(random.nextInt(3) * patience / 2));
            }
        }
        while (!underWay.isEmpty()) {
            underWay.remove(0);
            combiner.arrived("k", List.of());
        }
        joined.removeIf(Caller::isClaimed);
        assertThat(carried).isEqualTo(joined);
        assertThat(combiner.lanes()).isZero();
    }
}

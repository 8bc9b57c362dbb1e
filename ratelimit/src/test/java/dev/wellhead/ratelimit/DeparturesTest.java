package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.ratelimit.Departures.Group;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Invariants of departures: every group leaves exactly once; groups leave in the order of arrival; no more trips are under way
 * than may be, nor more groups on one than may be, unless a trip takes long; nobody waits while a trip may leave.
 */
class DeparturesTest {
    private static final int MOST_TRIPS = 2;
    private static final int MOST_GROUPS = 3;
    // An eighth of it is longer than any test but the one of the alarm.
    private static final Duration ROOMY = Duration.ofHours(8);

    private final List<List<Group>> trips = Collections.synchronizedList(new ArrayList<>());
    private final Departures departures = departures(ROOMY);

    private Departures departures(Duration budget) {
        return new Departures(MOST_TRIPS, MOST_GROUPS, budget.toNanos(), trips::add);
    }

    private static List<Group> groups(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> new Group("" + i, List.of()))
                .toList();
    }

    @Test
    void whoComesWhileFewAreUnderWayLeavesAtOnceAlone() {
        groups(0, 2).forEach(departures::add);

        assertThat(trips).containsExactly(groups(0, 1), groups(1, 2));
    }

    @Test
    void whoComesMeanwhileLeavesTogetherAsFarAsThereIsRoom() {
        groups(0, 6).forEach(departures::add);
        assertThat(trips).hasSize(2);

        departures.arrived();
        assertThat(trips).hasSize(3).last().isEqualTo(groups(2, 5));

        departures.arrived();
        assertThat(trips).hasSize(4).last().isEqualTo(groups(5, 6));
    }

    @Test
    void slowTripsAreNotWaitedFor() {
        Departures impatient = departures(Duration.ofMillis(80));

        groups(0, 6).forEach(impatient::add);

        await().untilAsserted(() ->
                assertThat(trips).containsExactly(groups(0, 1), groups(1, 2), groups(2, 5), groups(5, 6)));
    }

    @Test
    void invariantsHoldInRandomSequences() {
        for (int seed = 0; seed < 1_000; seed++) {
            play(new Random(seed));
        }
    }

    private static void play(Random random) {
        List<Group> added = new ArrayList<>();
        List<Group> gone = new ArrayList<>();
        AtomicInteger underWay = new AtomicInteger();
        Departures departures = new Departures(MOST_TRIPS, MOST_GROUPS, ROOMY.toNanos(), groups -> {
            assertThat(underWay.incrementAndGet()).isLessThanOrEqualTo(MOST_TRIPS);
            assertThat(groups).hasSizeBetween(1, MOST_GROUPS);
            gone.addAll(groups);
        });
        for (int step = 0; step < 100; step++) {
            if (random.nextBoolean()) {
                Group group = new Group("" + step, List.of());
                added.add(group);
                departures.add(group);
            } else if (underWay.get() > 0) {
                underWay.decrementAndGet();
                departures.arrived();
            }
            assertThat(gone.size() == added.size() || underWay.get() == MOST_TRIPS)
                    .as("nobody waits while a trip may leave")
                    .isTrue();
        }
        while (underWay.get() > 0) {
            underWay.decrementAndGet();
            departures.arrived();
        }
        assertThat(gone).isEqualTo(added);
    }

    @Test
    void everyGroupLeavesOnceHoweverManyComeAndGoAtATime() throws Exception {
        int threads = 4;
        int each = 20_000;
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ConcurrentLinkedQueue<Group> gone = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<List<Group>> arriving = new ConcurrentLinkedQueue<>();
        Departures shared = new Departures(MOST_TRIPS, MOST_GROUPS, ROOMY.toNanos(), groups -> {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            gone.addAll(groups);
            arriving.add(groups);
        });
        ExecutorService executor = Executors.newFixedThreadPool(2 * threads);
        try {
            CountDownLatch adding = new CountDownLatch(threads);
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int from = thread * each;
                all.add(executor.submit(() -> {
                    groups(from, from + each).forEach(shared::add);
                    adding.countDown();
                }));
                all.add(executor.submit(() -> {
                    while (adding.getCount() > 0 || gone.size() < threads * each || !arriving.isEmpty()) {
                        if (arriving.poll() != null) {
                            underWay.decrementAndGet();
                            shared.arrived();
                        }
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            executor.shutdownNow();
        }

        assertThat(most.get()).isLessThanOrEqualTo(MOST_TRIPS);
        assertThat(gone.stream().map(Group::id).collect(Collectors.toSet())).hasSize(threads * each);
        assertThat(gone).hasSize(threads * each);
    }
}

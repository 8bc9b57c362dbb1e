package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Random interleavings of reads, loads that end when they like, and writes, on two nodes and one key. */
class CacheProtocolTest {
    private static final String NAME = "protocol-" + UUID.randomUUID();
    private static final List<Node> NODES = new ArrayList<>();
    private static final Callers CALLERS = new Callers();
    private static final AtomicInteger KEYS = new AtomicInteger();

    /** One step; what it does depends on nothing but the steps before. */
    enum Step {
        GET_ON_A,
        GET_ON_B,
        WRITE_AND_INVALIDATE_ON_A,
        WRITE_AND_INVALIDATE_ON_B,
        WRITE_AND_PUT_ON_A,
        WRITE_AND_PUT_ON_B,
        OLDEST_LOAD_ENDS,
        NEWEST_LOAD_ENDS,
        OLDEST_LOAD_FAILS
    }

    @BeforeContainer
    static void join() {
        NODES.add(Node.join(RedisServer.shared(), NAME, options -> options));
        NODES.add(Node.join(RedisServer.shared(), NAME, options -> options));
    }

    @AfterContainer
    static void leave() {
        CALLERS.close();
        NODES.forEach(Node::close);
    }

    @Tag("thorough")
    @Property(tries = 3000)
    void noReadIsOlderInThousandsOfRuns(@ForAll("steps") List<Step> steps) throws Exception {
        noReadIsOlderThanTheLastWriteThatReturnedBeforeItOnItsNode(steps);
    }

    @Property(tries = 150)
    void noReadIsOlderThanTheLastWriteThatReturnedBeforeItOnItsNode(@ForAll("steps") List<Step> steps)
            throws Exception {
        Run run = new Run("k" + KEYS.incrementAndGet());

        for (Step step : steps) {
            run.take(step);
        }
        run.settle();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Arbitraries.of(Step.class).list().ofMinSize(3).ofMaxSize(20);
    }

    private static final class Run {
        private final String key;
        // The row in the database: a number that grows with each write.
        private final AtomicInteger row = new AtomicInteger();
        // What a get that starts now on each node must see at least.
        private final int[] floor = new int[2];
        private final ConcurrentLinkedDeque<Load> loads = new ConcurrentLinkedDeque<>();
        private final Deque<Future<?>> gets = new ArrayDeque<>();

        Run(String key) {
            this.key = key;
        }

        void take(Step step) {
            switch (step) {
                case GET_ON_A -> get(0);
                case GET_ON_B -> get(1);
                case WRITE_AND_INVALIDATE_ON_A -> invalidate(0);
                case WRITE_AND_INVALIDATE_ON_B -> invalidate(1);
                case WRITE_AND_PUT_ON_A -> put(0);
                case WRITE_AND_PUT_ON_B -> put(1);
                case OLDEST_LOAD_ENDS -> end(loads.pollFirst(), false);
                case NEWEST_LOAD_ENDS -> end(loads.pollLast(), false);
                case OLDEST_LOAD_FAILS -> end(loads.pollFirst(), true);
            }
        }

        private void get(int node) {
            int atLeast = floor[node];
            gets.add(CALLERS.start(() -> {
                try {
                    String value = NODES.get(node).cache.get(key, this::load);
                    assertThat(Integer.parseInt(value)).isGreaterThanOrEqualTo(atLeast);
                } catch (LoadFailed e) {
                    assertThat(e).isNotNull();
                }
                return null;
            }));
            // Most often lets the call come to its load or its wait before the next step; either way is right.
            LockSupport.parkNanos(2_000_000);
        }

        private String load(String same) throws InterruptedException {
            String read = Integer.toString(row.get());
            Load load = new Load(new Gate(), new AtomicInteger());
            loads.add(load);
            load.gate().pass(read);
            if (load.fails().get() == 1) {
                throw new LoadFailed();
            }
            return read;
        }

        private void invalidate(int node) {
            int written = row.incrementAndGet();
            assertThat(NODES.get(node).cache.invalidate(key)).isEqualTo(InvalidateResult.DONE);
            floor[node] = written;
        }

        private void put(int node) {
            int written = row.incrementAndGet();
            NODES.get(node).cache.put(key, Integer.toString(written));
            floor[node] = written;
        }

        private void end(Load load, boolean failing) {
            if (load != null) {
                load.fails().set(failing ? 1 : 0);
                load.gate().open();
            }
        }

        /** Lets all loads end; then each node must come to the last row that was written, and nobody may be left over. */
        void settle() throws Exception {
            await().atMost(Node.SOON)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        while (!loads.isEmpty()) {
                            end(loads.pollFirst(), false);
                        }
                        return gets.stream().allMatch(Future::isDone);
                    });
            for (Future<?> get : gets) {
                Callers.result(get);
            }
            String latest = Integer.toString(row.get());
            for (Node node : NODES) {
                await().atMost(Node.SOON)
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .untilAsserted(() -> assertThat(node.get(key, latest)).isEqualTo(latest));
            }
        }
    }

    private record Load(Gate gate, AtomicInteger fails) {}

    private static final class LoadFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}

package dev.wellhead.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BreakerTest {
    enum Event {
        SUCCESS,
        FAILURE,
        PROBE
    }

    @Property
    void behavesLikeACounterThatLatches(@ForAll List<Event> events, @ForAll @IntRange(min = 1, max = 5) int threshold) {
        Breaker breaker = new Breaker(threshold);
        int inARow = 0;
        boolean open = false;
        long now = 0;

        for (Event event : events) {
            switch (event) {
                case SUCCESS -> {
                    breaker.succeeded();
                    inARow = open ? inARow : 0;
                }
                case FAILURE -> {
                    inARow = open ? inARow : inARow + 1;
                    boolean opens = !open && inARow == threshold;
                    // Begins when the last one has ended, even in the same moment.
                    assertThat(breaker.failed(now, now + 1)).isEqualTo(opens);
                    now++;
                    open |= opens;
                }
                case PROBE -> {
                    assertThat(breaker.probeSucceeded()).isEqualTo(open);
                    inARow = open ? 0 : inARow;
                    open = false;
                }
            }
            assertThat(breaker.isOpen()).isEqualTo(open);
        }
    }

    @Test
    void callsThatWereUnderWayTogetherCountAsOne() {
        Breaker breaker = new Breaker(2);

        for (int call = 0; call < 64; call++) {
            assertThat(breaker.failed(call, 100 + call)).isFalse();
        }

        assertThat(breaker.failed(99, 200)).isFalse();
        assertThat(breaker.isOpen()).isFalse();
        assertThat(breaker.failed(100, 201)).isTrue();
    }

    @Test
    void exactlyOneOfManyFailingCallersOpensIt() throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 200; round++) {
                Breaker breaker = new Breaker(3);
                AtomicInteger opened = new AtomicInteger();
                CountDownLatch start = new CountDownLatch(1);
                CountDownLatch done = new CountDownLatch(8);
                for (int thread = 0; thread < 8; thread++) {
                    threads.execute(() -> {
                        await(start);
                        for (int call = 0; call < 3; call++) {
                            opened.addAndGet(breaker.failed(System.nanoTime(), System.nanoTime()) ? 1 : 0);
                        }
                        done.countDown();
                    });
                }
                start.countDown();

                assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
                assertThat(opened).hasValue(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

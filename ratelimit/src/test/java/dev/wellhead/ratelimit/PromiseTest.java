package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PromiseTest {
    private final Ask ask = Ask.of(Limit.tokenBucket("limit", 10, Duration.ofDays(1)), "k");

    // Answer and end of the budget at the same moment: the policy was charged for a call that Redis had decided.
    @Test
    void ofTwoWhoDecideAtTheSameMomentOneIsAsked() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 20_000; round++) {
                Promise promise = new Promise();
                AtomicInteger asked = new AtomicInteger();
                CyclicBarrier barrier = new CyclicBarrier(2);
                Future<?> other = threads.submit(() -> {
                    barrier.await();
                    promise.decide(() -> decided(asked));
                    return null;
                });
                barrier.await();
                promise.decide(() -> decided(asked));

                assertThat(promise.join()).isNotNull();
                other.get();
                assertThat(asked).hasValue(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private Decision decided(AtomicInteger asked) {
        asked.incrementAndGet();
        return Decision.open(ask);
    }
}

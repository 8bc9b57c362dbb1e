package dev.wellhead.benchmarks.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.RedisServer;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GateTest {
    @Test
    void allPartiesGetTheSameMomentAheadOfThem() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        // The gate has names of its own, so it wants a server of its own.
        try (RedisServer redis = RedisServer.builder().start();
                Gate one = new Gate(redis.uri(), 2);
                Gate other = new Gate(redis.uri(), 2)) {
            for (int time = 0; time < 3; time++) {
                long before = System.nanoTime();

                List<Future<Long>> moments = executor.invokeAll(List.of(one::next, other::next));

                long moment = moments.get(0).get(10, TimeUnit.SECONDS);
                assertThat(moments.get(1).get(10, TimeUnit.SECONDS)).isEqualTo(moment);
                assertThat(moment).isGreaterThan(before);
            }
        } finally {
            executor.shutdownNow();
        }
    }
}

package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A prediction is computed once for all replicas, and kept for five minutes. */
class PredictionCacheTest {
    private static final int CALLERS = 24;

    @TempDir
    private Path backups;

    @Test
    void manyWhoAskForTheSameInTwoReplicasCauseOneComputation() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try (TestDatabase database = TestDatabase.postgres();
                RedisServer redis = RedisServer.builder().start();
                RunningService one = RunningService.start(database, backups, Map.of("REDIS_URL", redis.uri()));
                RunningService two = RunningService.start(database, backups, Map.of("REDIS_URL", redis.uri()))) {
            String flower = RunningService.flower();
            CountDownLatch together = new CountDownLatch(1);
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                RunningService replica = i % 2 == 0 ? one : two;
                answers.add(threads.submit(() -> {
                    together.await();
                    return replica.post("/predict", flower)
                            .json()
                            .path("prediction")
                            .path("id")
                            .asText();
                }));
            }
            together.countDown();
            Set<String> ids = new HashSet<>();
            for (Future<String> answer : answers) {
                ids.add(answer.get());
            }

            assertThat(ids).hasSize(1).doesNotContain("");
            assertThat(database.queryOne("select count(*) from predictions")).isEqualTo("1");
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void predictionIsKeptForFiveMinutesLessJitter() {
        try (TestDatabase database = TestDatabase.sqlite();
                RedisServer redis = RedisServer.builder().start();
                RunningService service = RunningService.start(database, backups, Map.of("REDIS_URL", redis.uri()))) {
            service.post("/predict", RunningService.flower());

            RedisClient client = RedisClient.create(redis.uri());
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                List<String> keys = connection.sync().keys("wh:cache1:v:*");
                assertThat(keys).hasSize(1);
                assertThat(connection.sync().pttl(keys.get(0))).isBetween(260_000L, 300_000L);
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void predictionForAUserWhoIsUnknownIsRecordedWithoutOne() {
        try (TestDatabase database = TestDatabase.postgres();
                RunningService service = RunningService.start(database, backups, Map.of())) {
            String flower = RunningService.flower().replace("}", ",\"userId\":\"nobody\"}");

            assertThat(service.post("/predict", flower).status()).isEqualTo(200);

            assertThat(database.queryOne("select count(*) from predictions where user_id is null"))
                    .isEqualTo("1");
        }
    }
}

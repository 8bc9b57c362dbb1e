package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Up, degraded and still ready without Redis, down and not ready without the database, and up again by itself. */
class HealthStatesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path backups;

    @Test
    void serviceWithoutRedisIsDegradedAndReadyAndWithoutDatabaseDown() {
        try (PostgresServer postgres = PostgresServer.builder().start();
                RedisServer redis = RedisServer.builder().start();
                TestDatabase database = postgres.createDatabase();
                RunningService service = RunningService.start(database, backups, Map.of("REDIS_URL", redis.uri()))) {
            awaitStatus(service, "/health", "up");
            assertThat(service.get("/health/ready").status()).isEqualTo(200);

            redis.kill();
            awaitStatus(service, "/health/ready", "degraded");
            assertThat(service.get("/health/ready").status()).isEqualTo(200);
            assertThat(service.post("/predict", RunningService.flower()).status())
                    .isEqualTo(200);
            assertThat(part(service, "redis")).isEqualTo("degraded");
            redis.start();
            awaitStatus(service, "/health/ready", "up");

            postgres.stop();
            awaitStatus(service, "/health/ready", "down");
            assertThat(service.get("/health/ready").status()).isEqualTo(503);
            assertThat(service.get("/health").status()).isEqualTo(503);
            assertThat(service.get("/users").status()).isEqualTo(503);
            assertThat(service.get("/health/live").status()).isEqualTo(200);
            assertThat(service.metric("service_health")).isZero();
            postgres.start();
            awaitStatus(service, "/health/ready", "up");
            assertThat(service.get("/users").status()).isEqualTo(200);
        }
    }

    @Test
    void partThatNoRequestNeedsMakesItDegradedAtMostAndIsNotAskedForReadiness() {
        HealthReport report = new HealthReport();
        report.required("database", () -> Health.up("fine"));
        report.aside("backups", () -> Health.down("the disk is gone"));
        assertThat(report.ready().status()).as("before it serves").isEqualTo(Health.Status.DOWN);

        report.enter(HealthReport.Phase.SERVING);
        assertThat(report.overall()).isEqualTo(Health.degraded("the disk is gone"));
        assertThat(report.ready().status()).isEqualTo(Health.Status.UP);

        report.enter(HealthReport.Phase.STOPPING);
        assertThat(report.ready()).isEqualTo(Health.down("stopping"));
    }

    private static String part(RunningService service, String name) {
        return service.get("/health")
                .json()
                .path("parts")
                .path(name)
                .path("status")
                .asText();
    }

    /** The pool and the client look at their servers when they are used, so the wait uses them. */
    private static void awaitStatus(RunningService service, String path, String status) {
        await(path + " says " + status).atMost(PATIENCE).until(() -> {
            service.get("/users");
            return service.get(path).json().path("status").asText().equals(status);
        });
    }
}

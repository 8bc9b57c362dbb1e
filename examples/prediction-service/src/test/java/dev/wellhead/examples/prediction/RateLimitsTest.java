package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.prediction.RunningService.Answer;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 100 requests a minute for each address and 60 for each user, asked for together, in all replicas together. */
class RateLimitsTest {
    private static final String PROXY = "X-Forwarded-For";
    private static final String USER = "X-User-Id";

    @TempDir
    private Path backups;

    private TestDatabase database;
    private RedisServer redis;

    @BeforeEach
    void startServers() {
        database = TestDatabase.sqlite();
        redis = RedisServer.builder().start();
    }

    @AfterEach
    void stopServers() {
        redis.close();
        database.close();
    }

    private RunningService behindProxy() {
        return RunningService.start(
                database, backups, Map.of("REDIS_URL", redis.uri(), "TRUSTED_PROXIES", "127.0.0.0/8"));
    }

    private RunningService withoutProxy() {
        return RunningService.start(database, backups, Map.of("REDIS_URL", redis.uri()));
    }

    /** Asks until denied, and returns how many were allowed. What flows back meanwhile comes on top. */
    private static int askUntilDenied(RunningService service, String... headers) {
        int allowed = 0;
        while (service.get("/users", headers).status() == 200) {
            allowed++;
            assertThat(allowed).as("allowed without end").isLessThan(400);
        }
        return allowed;
    }

    @Test
    void addressIsDeniedBehindAHundredRequestsInAllReplicasTogether() {
        try (RunningService one = behindProxy();
                RunningService two = behindProxy()) {
            long from = System.nanoTime();
            int allowed = 0;
            while ((allowed % 2 == 0 ? one : two)
                            .get("/users", PROXY, "198.51.100.1")
                            .status()
                    == 200) {
                allowed++;
            }

            double most = 100 + (System.nanoTime() - from) / 60e9 * 100;
            assertThat(allowed).isBetween(100, (int) Math.ceil(most));
            Answer denied = one.get("/users", PROXY, "198.51.100.1");
            assertThat(denied.status()).isEqualTo(429);
            assertThat(denied.header("RateLimit-Policy")).contains("\"per-ip\";q=100;w=60");
            assertThat(denied.header("RateLimit")).contains("\"per-ip\";r=0");
            assertThat(denied.header("X-RateLimit-Limit")).isEqualTo("100");
            assertThat(Integer.parseInt(denied.header("Retry-After"))).isPositive();
            assertThat(two.get("/users", PROXY, "198.51.100.2").status()).isEqualTo(200);
        }
    }

    @Test
    void userIsLimitedWhateverAddressTheyComeFrom() {
        try (RunningService service = behindProxy()) {
            int first = askUntilDenied(service, PROXY, "198.51.100.1", USER, "ann");
            Answer denied = service.get("/users", PROXY, "198.51.100.9", USER, "ann");

            assertThat(first).isBetween(60, 75);
            assertThat(denied.status()).isEqualTo(429);
            assertThat(denied.header("RateLimit")).contains("\"per-user\";r=0").doesNotContain("per-ip");
            assertThat(service.get("/users", PROXY, "198.51.100.9", USER, "bob").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void oneAskNamesBothLimitsAndADeniedOneTakesNothingFromEither() {
        try (RunningService service = behindProxy()) {
            Answer allowed = service.get("/users", PROXY, "198.51.100.1", USER, "ann");
            assertThat(allowed.header("RateLimit-Policy")).contains("per-ip").contains("per-user");
            askUntilDenied(service, PROXY, "198.51.100.1", USER, "ann");
            for (int i = 0; i < 30; i++) {
                service.get("/users", PROXY, "198.51.100.3", USER, "ann");
            }

            Answer other = service.get("/users", PROXY, "198.51.100.3", USER, "bob");

            // Less than the thirty that were denied: but for some of ann's that flowed back, nothing was taken.
            assertThat(other.header("RateLimit")).matches(".*\"per-ip\";r=9\\d;.*");
        }
    }

    @Test
    void whoIsNoTrustedProxyCanNameNeitherAnAddressNorAUser() {
        try (RunningService service = withoutProxy()) {
            Answer first = service.get("/users", PROXY, "198.51.100.1", USER, "ann");
            Answer second = service.get("/users", PROXY, "198.51.100.2", USER, "bob");

            assertThat(first.header("RateLimit")).contains("\"per-ip\";r=99").doesNotContain("per-user");
            assertThat(second.header("RateLimit")).contains("\"per-ip\";r=98");
        }
    }
}

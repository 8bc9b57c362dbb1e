package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pool is as large as the settings say, and what becomes of its connections shows. */
class PoolOfTheServiceTest {
    @TempDir
    private Path backups;

    @Test
    void sizeIsThatOfTheSettingAndShowsInTheMetrics() {
        try (TestDatabase database = TestDatabase.postgres();
                RunningService service = RunningService.start(database, backups, Map.of("POOL_SIZE", "3"))) {
            double waited = service.metric("wellhead_pool_wait_seconds_count");

            assertThat(service.get("/users").status()).isEqualTo(200);

            assertThat(service.metric("wellhead_pool_max")).isEqualTo(3);
            assertThat(service.metric("wellhead_pool_wait_seconds_count")).isGreaterThan(waited);
        }
    }

    @Test
    void sizeOfSqliteIsOneWriterAndTheRestReaders() {
        try (TestDatabase database = TestDatabase.sqlite();
                RunningService service = RunningService.start(database, backups, Map.of("POOL_SIZE", "3"))) {
            String metrics = service.get("/metrics").text();

            assertThat(metrics)
                    .contains("wellhead_pool_max{pool=\"sqlite-writer\"} 1\n")
                    .contains("wellhead_pool_max{pool=\"sqlite-readers\"} 2\n");
        }
    }

    @Test
    void connectionThatIsNotGivenBackIsCountedNamedAndTakenAway() throws SQLException {
        Map<String, String> quick = Map.of("POOL_SIZE", "2", "LEAK_THRESHOLD", "100ms", "RECLAIM_AFTER", "2s");
        try (TestDatabase database = TestDatabase.postgres();
                RunningService service = RunningService.start(database, backups, quick)) {
            Connection first = service.service().connections().getConnection();
            await().atMost(Duration.ofSeconds(20)).until(() -> service.metric("wellhead_pool_leaks_total") == 1);
            // At a high pace not each borrow has a stack, but all have once a leak was seen without one.
            Connection second = service.service().connections().getConnection();
            await().atMost(Duration.ofSeconds(20)).until(() -> service.metric("wellhead_pool_leaks_total") == 2);

            JsonNode borrowed = service.get("/pool").json().path("service").path("borrowed");
            assertThat(borrowed.findValuesAsText("thread"))
                    .contains(Thread.currentThread().getName());
            assertThat(borrowed.toString())
                    .contains("PoolOfTheServiceTest.connectionThatIsNotGivenBackIsCountedNamedAndTakenAway");
            await().atMost(Duration.ofSeconds(20)).until(() -> first.isClosed() && second.isClosed());
            assertThat(service.get("/users").status()).isEqualTo(200);
        }
    }

    @Test
    void slowStatementIsCountedAndNamed() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres();
                RunningService service =
                        RunningService.start(database, backups, Map.of("SLOW_QUERY_THRESHOLD", "100ms"))) {
            try (Connection connection = service.service().connections().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("select pg_sleep(0.3)");
            }

            assertThat(service.metric("wellhead_pool_slow_total")).isGreaterThanOrEqualTo(1);
            JsonNode slow = service.get("/pool").json().path("service").path("slowQueries");
            assertThat(slow.toString()).contains("select pg_sleep");
        }
    }
}

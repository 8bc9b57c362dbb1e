package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new service is backed up, and that backup proved by a restore, before anybody asks. */
class FirstBackupTest {
    @TempDir
    private Path store;

    @Test
    void serviceThatStartsMakesItsFirstBackupProvesItAndSaysUp() {
        try (TestDatabase database = TestDatabase.postgres();
                RunningService service = RunningService.start(database, store, Map.of())) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> service.get("/health")
                            .json()
                            .path("status")
                            .asText()
                            .equals("up"));

            JsonNode backups = service.get("/backups").json().path("backups");
            assertThat(backups).hasSize(1);
            assertThat(backups.path(0).path("state").asText()).isEqualTo("VERIFIED");
            assertThat(service.metric("wellhead_backup_verified_total")).isEqualTo(1);
            assertThat(service.metric("wellhead_backup_last_verified_age_seconds"))
                    .isNotNegative();
            assertThat(service.post("/backups/no-such-id", "").status()).isEqualTo(404);
        }
    }
}

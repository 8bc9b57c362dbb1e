package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
    @TempDir
    private Path folder;

    @Test
    void linesOfTheReadmeWorkOnAnEmptyDatabaseAndAgainOnTheirOwn() throws Exception {
        try (TestDatabase database = TestDatabase.postgres();
                RedisServer redis = RedisServer.builder().start()) {
            assertThat(run(database, redis, 1)).isEqualTo("setosa");
            assertThat(run(database, redis, 150)).isEqualTo("virginica");
            assertThat(run(database, redis, 151)).isEqualTo("unknown");
        }
    }

    private String run(TestDatabase database, RedisServer redis, long id) throws Exception {
        return Quickstart.run(
                database.url(), database.user(), database.password(), redis.uri(), folder, id, "192.0.2.1");
    }
}

package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.Ports;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas may start together, and each migration is applied once; one that migrates lives, and is not ready. */
class MigrationsAtStartTest {
    private static final int REPLICAS = 4;

    @TempDir
    private Path folder;

    @Test
    void replicasThatStartTogetherApplyEachMigrationOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(REPLICAS);
        List<RunningService> replicas = new ArrayList<>();
        try (TestDatabase database = TestDatabase.postgres()) {
            List<Future<RunningService>> starts = new ArrayList<>();
            for (int i = 0; i < REPLICAS; i++) {
                starts.add(threads.submit(() -> RunningService.start(database, folder, Map.of())));
            }
            for (Future<RunningService> start : starts) {
                replicas.add(start.get());
            }

            assertThat(replicas)
                    .allSatisfy(
                            one -> assertThat(one.get("/health/ready").status()).isEqualTo(200));
            assertThat(replicas.stream().mapToDouble(one -> applied(one)).sum()).isEqualTo(5);
            assertThat(database.queryOne("select count(*) from flowers")).isEqualTo("150");
            replicas.forEach(RunningService::close);
        } finally {
            replicas.forEach(RunningService::close);
            threads.shutdownNow();
        }
    }

    private static double applied(RunningService service) {
        double applied = service.metric("wellhead_migrate_applied_total");
        return Double.isNaN(applied) ? 0 : applied;
    }

    @Test
    void serviceLivesAndIsNotReadyWhileItMigrates() throws Exception {
        Path more = Files.createDirectory(folder.resolve("more"));
        // Waits until the test lets go of the lock.
        Files.writeString(more.resolve("006_wait.sql"), "select pg_advisory_xact_lock(42);\n");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (TestDatabase database = TestDatabase.postgres();
                var blocker = database.dataSource().getConnection();
                var lock = blocker.createStatement()) {
            lock.execute("select pg_advisory_lock(42)");
            int port = Ports.free();
            Map<String, String> settings = new HashMap<>();
            settings.put("PORT", String.valueOf(port));
            settings.put("MIGRATIONS_DIR", more.toString());

            Future<RunningService> start = thread.submit(() -> RunningService.start(database, folder, settings));

            await().atMost(Duration.ofSeconds(30)).until(() -> status(port, "/health/live") == 200);
            assertThat(status(port, "/health/ready")).isEqualTo(503);
            assertThat(status(port, "/users")).isEqualTo(503);
            assertThat(start.isDone()).isFalse();

            lock.execute("select pg_advisory_unlock(42)");
            try (RunningService service = start.get()) {
                assertThat(status(port, "/health/ready")).isEqualTo(200);
                assertThat(service.get("/users").status()).isEqualTo(200);
            }
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void migrationThatFailsEndsTheStartAndLeavesThePort() throws IOException {
        Path more = Files.createDirectory(folder.resolve("more"));
        Files.writeString(more.resolve("006_wrong.sql"), "create table flowers (id int);\n");
        int port = Ports.free();
        try (TestDatabase database = TestDatabase.postgres()) {
            assertThatThrownBy(() -> RunningService.start(
                            database, folder, Map.of("PORT", String.valueOf(port), "MIGRATIONS_DIR", more.toString())))
                    .hasMessageContaining("006_wrong");
            assertThatThrownBy(() -> ask(port, "/health/live")).isInstanceOf(ConnectException.class);
        }
    }

    /** Returns the status of the answer; 0 if there is none. */
    private static int status(int port, String path) {
        try {
            return ask(port, path);
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static int ask(int port, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}

package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.MetricSink;
import dev.wellhead.examples.prediction.RunningService.Answer;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever was let in is answered, nobody else is let in, and the end has a bound. */
class GracefulShutdownTest {
    @TempDir
    private Path backups;

    @Test
    void requestUnderWayIsAnsweredAndNoNewOneIsTaken() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        HttpApi http = new HttpApi("127.0.0.1", 0, MetricSink.none(), Duration.ofSeconds(20));
        http.route("GET", "/slow", request -> {
                    begun.countDown();
                    awaitQuietly(goOn);
                    return Response.json(200, Map.of("done", true));
                })
                .start();
        int port = http.port();
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> ask(port, "/slow"));
        begun.await();

        CompletableFuture<Void> closing = CompletableFuture.runAsync(http::close);
        await().atMost(Duration.ofSeconds(10)).until(() -> !accepts(port));
        assertThat(closing).isNotDone();
        goOn.countDown();

        assertThat(answer.get().status()).isEqualTo(200);
        assertThat(answer.get().text()).isEqualTo("{\"done\":true}");
        closing.get();
    }

    @Test
    void requestThatDoesNotEndIsCutOffBehindTheBound() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        HttpApi http = new HttpApi("127.0.0.1", 0, MetricSink.none(), Duration.ofMillis(300));
        http.route("GET", "/endless", request -> {
                    begun.countDown();
                    awaitQuietly(never);
                    return Response.empty(204);
                })
                .start();
        int port = http.port();
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> ask(port, "/endless"));
        begun.await();

        long from = System.nanoTime();
        http.close();

        assertThat(Duration.ofNanos(System.nanoTime() - from)).isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
        assertThatThrownBy(answer::get).isNotNull();
    }

    @Test
    void databaseIsClosedBehindTheRequestsThatUseIt() throws Exception {
        try (TestDatabase database = TestDatabase.postgres();
                Connection blocker = database.dataSource().getConnection();
                Statement lock = blocker.createStatement();
                RunningService service = RunningService.start(database, backups, Map.of())) {
            blocker.setAutoCommit(false);
            lock.execute("lock table users");
            CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> service.get("/users"));
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> "1"
                            .equals(database.queryOne("select count(*) from pg_stat_activity"
                                    + " where datname = current_database() and wait_event_type = 'Lock'"
                                    + " and query like 'select id, email%'")));

            CompletableFuture<Void> closing = CompletableFuture.runAsync(service::close);
            await().atMost(Duration.ofSeconds(10)).until(() -> !accepts(service.port()));
            blocker.rollback();

            assertThat(answer.get().status()).isEqualTo(200);
            closing.get();
        }
    }

    @Test
    void serviceSaysThatItIsNotReadyAndServesForTheDelayBeforeItStops() throws Exception {
        try (TestDatabase database = TestDatabase.sqlite();
                RunningService service = RunningService.start(database, backups, Map.of("SHUTDOWN_DELAY", "2s"))) {
            assertThat(service.get("/health/ready").status()).isEqualTo(200);

            CompletableFuture<Void> closing = CompletableFuture.runAsync(service::close);

            await().atMost(Duration.ofMillis(1_900))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> service.get("/health/ready").status() == 503);
            assertThat(service.get("/users").status()).isEqualTo(200);
            closing.get();
            assertThat(accepts(service.port())).isFalse();
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static Answer ask(int port, String path) {
        return RunningService.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

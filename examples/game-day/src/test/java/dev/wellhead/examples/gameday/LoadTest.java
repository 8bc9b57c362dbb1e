package dev.wellhead.examples.gameday;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.wellhead.examples.gameday.Samples.Summary;
import dev.wellhead.testkit.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests come at their rate whatever the server does, and wait as long as a user would have waited. */
class LoadTest {
    private static final int PER_SECOND = 100;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger came = new AtomicInteger();
    private final Samples samples = new Samples();

    private HttpServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            came.incrementAndGet();
            try (exchange) {
                open.await();
                exchange.sendResponseHeaders(204, -1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
        threads.shutdownNow();
    }

    private Load load(int port) {
        return new Load(
                PER_SECOND,
                () -> port == 0 ? OptionalInt.empty() : OptionalInt.of(port),
                to -> HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to + "/"))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                samples);
    }

    @Test
    void requestsComeThoughNoneIsAnsweredAndEachCountsItsWholeWait() {
        long from = System.nanoTime();
        try (Load load = load(server.getAddress().getPort()).start()) {
            // A closed load of any few callers would stand still here.
            await().atMost(Duration.ofSeconds(20)).until(() -> came.get() >= 60);
            assertThat(samples.summary(from, System.nanoTime()).requests()).isZero();
            long opened = System.nanoTime();
            open.countDown();
            await().atMost(Duration.ofSeconds(20)).until(() -> load.isAnsweredBefore(opened));

            Summary summary = samples.summary(from, opened);
            assertThat(summary.requests()).isGreaterThanOrEqualTo(60);
            assertThat(summary.failed()).isZero();
            // The first waited nearly from the beginning, those in the middle half as long.
            double whole = (opened - from) / 1e6;
            assertThat(summary.max()).isGreaterThan(whole / 2);
            assertThat(summary.p50()).isGreaterThan(whole / 5);
        }
    }

    @Test
    void requestWithoutAReplicaToGoToHasFailed() {
        long from = System.nanoTime();
        try (Load load = load(0).start()) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> samples.summary(from, System.nanoTime()).requests() >= 10);
            assertThat(load.isAnsweredBefore(System.nanoTime())).isTrue();

            Summary summary = samples.summary(from, System.nanoTime());
            assertThat(summary.failed()).isEqualTo(summary.requests());
            assertThat(summary.failures()).containsOnlyKeys("no replica ready");
        }
    }

    @Test
    void requestToNobodyIsALostConnection() {
        int port = Ports.free();
        long from = System.nanoTime();
        try (Load ignored = load(port).start()) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> samples.summary(from, System.nanoTime()).requests() >= 5);

            assertThat(samples.summary(from, System.nanoTime()).failures()).containsOnlyKeys("connection lost");
        }
    }
}

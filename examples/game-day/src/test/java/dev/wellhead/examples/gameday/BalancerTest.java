package dev.wellhead.examples.gameday;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who says that it is ready is sent requests in turn, who does not is not. */
class BalancerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<Fake> fakes = new ArrayList<>();

    /** Says what it is told to say. */
    private static final class Fake {
        private final HttpServer server;
        private volatile String status = "up";

        Fake() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
            server.createContext("/health/ready", exchange -> {
                byte[] body = ("{\"status\":\"" + status + "\"}").getBytes(StandardCharsets.UTF_8);
                try (exchange) {
                    exchange.sendResponseHeaders(status.equals("down") ? 503 : 200, body.length);
                    exchange.getResponseBody().write(body);
                }
            });
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }
    }

    private Fake fake() throws IOException {
        Fake fake = new Fake();
        fakes.add(fake);
        return fake;
    }

    @AfterEach
    void stopFakes() {
        fakes.forEach(fake -> fake.server.stop(0));
    }

    private static Set<Integer> chosen(Balancer balancer) {
        Set<Integer> ports = new TreeSet<>();
        for (int i = 0; i < 30; i++) {
            balancer.next().ifPresent(ports::add);
        }
        return ports;
    }

    @Test
    void readyOnesTakeTurnsDegradedOnesToo() throws IOException {
        Fake one = fake();
        Fake two = fake();
        two.status = "degraded";
        try (Balancer balancer =
                new Balancer(2, i -> OptionalInt.of(fakes.get(i).port()))) {
            await().atMost(PATIENCE)
                    .until(() -> balancer.status(0).equals("up")
                            && balancer.status(1).equals("degraded"));

            int first = balancer.next().orElseThrow();
            int second = balancer.next().orElseThrow();
            assertThat(Set.of(first, second)).containsExactlyInAnyOrder(one.port(), two.port());
            assertThat(balancer.next()).hasValue(first);
        }
    }

    @Test
    void downOrGoneOnesAreLeftOutUntilTheyAreBack() throws IOException {
        Fake one = fake();
        Fake two = fake();
        long begun = System.nanoTime();
        try (Balancer balancer =
                new Balancer(2, i -> OptionalInt.of(fakes.get(i).port()))) {
            await().atMost(PATIENCE).until(() -> balancer.all("up"));
            one.status = "down";
            await().atMost(PATIENCE).until(() -> chosen(balancer).equals(Set.of(two.port())));
            two.server.stop(0);
            await().atMost(PATIENCE).until(() -> balancer.next().isEmpty());
            assertThat(balancer.status(1)).isEqualTo("away");
            one.status = "up";
            await().atMost(PATIENCE).until(() -> chosen(balancer).equals(Set.of(one.port())));

            assertThat(balancer.changesSince(begun))
                    .filteredOn(change -> change.replica() == 0)
                    .extracting(Balancer.Change::status)
                    .containsExactly("up", "down", "up");
        }
    }

    @Test
    void noneIsChosenBeforeItHasSaidAnything() {
        try (Balancer balancer = new Balancer(1, i -> OptionalInt.empty())) {
            assertThat(balancer.next()).isEmpty();
            assertThat(balancer.status(0)).isEqualTo("away");
        }
    }
}

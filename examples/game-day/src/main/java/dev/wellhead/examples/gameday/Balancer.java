package dev.wellhead.examples.gameday;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;

/**
 * Shares requests out over those replicas that say that they are ready, in turn, and repeats none. It asks each of them ten
 * times a second; one that does not answer within a second is out. Thread-safe.
 */
final class Balancer implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String AWAY = "away";

    private final IntFunction<OptionalInt> ports;
    private final int replicas;
    // What each said last: up, degraded, down, or away if it said nothing.
    private final AtomicReferenceArray<String> statuses;
    private final AtomicInteger turn = new AtomicInteger();
    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService timer;
    private final HttpClient http;

    /**
     * A replica said something else than before.
     *
     * @param at by {@link System#nanoTime()}
     */
    record Change(long at, int replica, String status) {}

    /** @param ports where each replica listens now; empty for one that does not */
    Balancer(int replicas, IntFunction<OptionalInt> ports) {
        this.replicas = replicas;
        this.ports = ports;
        statuses = new AtomicReferenceArray<>(replicas);
        timer = Executors.newScheduledThreadPool(replicas, task -> {
            Thread thread = new Thread(task, "game-day-balancer");
            thread.setDaemon(true);
            return thread;
        });
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build();
        for (int i = 0; i < replicas; i++) {
            int replica = i;
            statuses.set(i, AWAY);
            timer.scheduleWithFixedDelay(() -> check(replica), 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Returns the port of the replica whose turn it is; empty if none is ready. */
    OptionalInt next() {
        int first = Math.floorMod(turn.getAndIncrement(), replicas);
        for (int i = 0; i < replicas; i++) {
            int replica = (first + i) % replicas;
            OptionalInt port = isReady(replica) ? ports.apply(replica) : OptionalInt.empty();
            if (port.isPresent()) {
                return port;
            }
        }
        return OptionalInt.empty();
    }

    /** Returns what a replica said last: up, degraded, down, or away if it said nothing. */
    String status(int replica) {
        return statuses.get(replica);
    }

    boolean all(String status) {
        for (int i = 0; i < replicas; i++) {
            if (!status(i).equals(status)) {
                return false;
            }
        }
        return true;
    }

    /** Returns what replicas have come to say since then, in order. */
    List<Change> changesSince(long nanos) {
        return changes.stream().filter(change -> change.at - nanos >= 0).toList();
    }

    private boolean isReady(int replica) {
        String status = status(replica);
        return status.equals("up") || status.equals("degraded");
    }

    private void check(int replica) {
        OptionalInt port = ports.apply(replica);
        String status = port.isEmpty() ? AWAY : ask(port.getAsInt()).orElse(AWAY);
        if (!statuses.getAndSet(replica, status).equals(status)) {
            changes.add(new Change(System.nanoTime(), replica, status));
        }
    }

    private Optional<String> ask(int port) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                .timeout(PATIENCE)
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            // The status code decides, as for any balancer; the word is for the report.
            String word = JSON.readTree(response.body()).path("status").asText();
            return Optional.of(response.statusCode() == 200 ? word : "down");
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}

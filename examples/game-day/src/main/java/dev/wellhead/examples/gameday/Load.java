package dev.wellhead.examples.gameday;

import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.NavigableSet;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An open load: requests are sent at a constant rate, whether earlier ones were answered or not, as users do not wait for each
 * other. The time of a request counts from the moment at which it should have been sent, so that what stands still is not
 * measured the less for standing still. Thread-safe.
 */
final class Load implements AutoCloseable {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(2);

    private final long intervalNanos;
    private final Supplier<OptionalInt> target;
    private final IntFunction<HttpRequest> traffic;
    private final Samples samples;
    // By the moment at which they should have been sent.
    private final NavigableSet<Long> underWay = new ConcurrentSkipListSet<>();
    private final ExecutorService answers;
    private final HttpClient http;
    private final Thread sender;

    /**
     * Collects what the load consists of; nothing is sent before {@link #start}.
     *
     * @param target the port to send the next request to; empty if there is none, which is a failure of that request
     */
    Load(int perSecond, Supplier<OptionalInt> target, IntFunction<HttpRequest> traffic, Samples samples) {
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.target = target;
        this.traffic = traffic;
        this.samples = samples;
        answers = Executors.newFixedThreadPool(2, task -> daemon(task, "game-day-answers"));
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_PATIENCE)
                .executor(answers)
                .build();
        sender = daemon(this::send, "game-day-load");
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    Load start() {
        sender.start();
        return this;
    }

    /** Returns whether all that should have been sent before this moment has been answered or given up. */
    boolean isAnsweredBefore(long moment) {
        return underWay.headSet(moment).isEmpty();
    }

    private void send() {
        // Due times are whole steps from the beginning, so that a late one does not push all others.
        long first = System.nanoTime();
        try {
            for (long n = 0; ; n++) {
                long intended = first + n * intervalNanos;
                Waiting.untilNanos(intended);
                send(intended);
            }
        } catch (CancellationException e) {
            // Closed.
        }
    }

    private void send(long intended) {
        OptionalInt port = target.get();
        if (port.isEmpty()) {
            samples.failed(intended, System.nanoTime() - intended, "no replica ready");
            return;
        }
        underWay.add(intended);
        http.sendAsync(traffic.apply(port.getAsInt()), HttpResponse.BodyHandlers.discarding())
                .whenComplete((response, error) -> {
                    ended(intended, System.nanoTime() - intended, response, error);
                    underWay.remove(intended);
                });
    }

    private void ended(long intended, long nanos, @Nullable HttpResponse<Void> response, @Nullable Throwable error) {
        if (response == null) {
            samples.failed(intended, nanos, name(error));
        } else if (response.statusCode() >= 200 && response.statusCode() < 300) {
            samples.ok(intended, nanos);
        } else {
            samples.failed(intended, nanos, "status " + response.statusCode());
        }
    }

    private static String name(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof HttpConnectTimeoutException) {
            return "no connection in 2 s";
        }
        return cause instanceof HttpTimeoutException ? "no answer in 3 s" : "connection lost";
    }

    @Override
    public void close() {
        sender.interrupt();
        try {
            sender.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        answers.shutdownNow();
    }
}

package dev.wellhead.examples.prediction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** A service in the JVM of a test, and requests to it. */
final class RunningService implements AutoCloseable {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final PredictionService service;

    private RunningService(PredictionService service) {
        this.service = service;
    }

    record Answer(HttpResponse<String> raw) {
        int status() {
            return raw.statusCode();
        }

        String text() {
            return raw.body();
        }

        JsonNode json() {
            try {
                return JSON.readTree(text());
            } catch (IOException e) {
                throw new UncheckedIOException("no JSON: " + text(), e);
            }
        }

        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }

        @Override
        public String toString() {
            return status() + " " + text();
        }
    }

    /** Starts a service on this database and any free port, with more settings. */
    static RunningService start(TestDatabase database, Path backups, Map<String, String> more) {
        Map<String, String> environment = environment(database, backups);
        environment.putAll(more);
        return new RunningService(PredictionService.start(Settings.from(environment)));
    }

    /** Starts a service with these settings and no others. */
    static RunningService start(Map<String, String> environment) {
        return new RunningService(PredictionService.start(Settings.from(environment)));
    }

    static Map<String, String> environment(TestDatabase database, Path backups) {
        Map<String, String> environment = new HashMap<>();
        environment.put("DATABASE_URL", url(database.url(), database.user(), database.password()));
        environment.put("PORT", "0");
        environment.put("BACKUP_DIR", backups.toString());
        return environment;
    }

    static String url(String jdbcUrl, String user, String password) {
        return user.isEmpty()
                ? jdbcUrl
                : jdbcUrl.replace("jdbc:postgresql://", "postgresql://" + user + ":" + password + "@");
    }

    /** Returns features that no other test asks for. */
    static String flower() {
        double hair = ThreadLocalRandom.current().nextInt(1_000_000) * 1e-8;
        return String.format(
                Locale.ROOT,
                "{\"sepalLength\":%.8f,\"sepalWidth\":2.8,\"petalLength\":4.7,\"petalWidth\":1.2}",
                6.1 + hair);
    }

    PredictionService service() {
        return service;
    }

    int port() {
        return service.port();
    }

    Answer get(String path, String... headers) {
        return send(request(path, headers).GET().build());
    }

    Answer post(String path, String body, String... headers) {
        return send(request(path, headers)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(PATIENCE);
        return headers.length == 0 ? builder : builder.headers(headers);
    }

    static Answer send(HttpRequest request) {
        try {
            return new Answer(HTTP.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Returns the value of the one series that starts so; NaN if there is none. */
    double metric(String series) {
        return get("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(series + " ") || line.startsWith(series + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .reduce(Double::sum)
                .orElse(Double.NaN);
    }

    @Override
    public void close() {
        service.close();
    }
}

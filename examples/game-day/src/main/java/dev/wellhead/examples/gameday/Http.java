package dev.wellhead.examples.gameday;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CancellationException;

/** Single requests of an operator, beside the load. Thread-safe. */
final class Http {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private Http() {}

    /** An answer; status 0 if there is none. */
    record Answer(int status, String body) {}

    static Answer get(int port, String path) {
        return send(request(port, path).timeout(Duration.ofSeconds(5)).GET().build());
    }

    static Answer post(int port, String path, Duration patience) {
        return send(request(port, path)
                .timeout(patience)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    }

    static Answer post(int port, String path, String json) {
        return send(request(port, path)
                .timeout(Duration.ofSeconds(10))
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private static Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            return new Answer(0, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }
}

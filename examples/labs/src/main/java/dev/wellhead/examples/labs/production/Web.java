package dev.wellhead.examples.labs.production;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Requests to replicas as a balancer on this machine passes them on. Thread-safe. */
final class Web {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    /** An answer; status 0 if there is none, with the reason in place of the body. */
    record Answer(int status, String body) {
        boolean isGood() {
            return status == 200;
        }
    }

    /** Asks an operator's question, on nobody's behalf. */
    Answer get(int port, String path) throws InterruptedException {
        return send(request(port, path).GET().build());
    }

    /** Has an operator's order carried out, on nobody's behalf. */
    Answer post(int port, String path) throws InterruptedException {
        return send(
                request(port, path).POST(HttpRequest.BodyPublishers.noBody()).build());
    }

    /** Asks for the users; cheap, and limited. */
    Answer users(int port, String forwardedFor) throws InterruptedException {
        return send(users(port).header("X-Forwarded-For", forwardedFor).build());
    }

    /** Begins to ask for the users. */
    CompletableFuture<Answer> beginUsers(int port, String forwardedFor) {
        return begin(users(port).header("X-Forwarded-For", forwardedFor).build());
    }

    /** Begins to ask for the species of a flower with petals of this length. */
    CompletableFuture<Answer> beginPredict(int port, String forwardedFor, double petalLength) {
        String flower = "{\"sepalLength\": 5.9, \"sepalWidth\": 3.0, \"petalLength\": " + petalLength
                + ", \"petalWidth\": 1.5}";
        return begin(request(port, "/predict")
                .header("X-Forwarded-For", forwardedFor)
                .POST(HttpRequest.BodyPublishers.ofString(flower))
                .build());
    }

    /** Waits for all of them. */
    static List<Answer> all(List<CompletableFuture<Answer>> begun) {
        return begun.stream().map(CompletableFuture::join).toList();
    }

    /** Returns how many answers had which status, as a line to print. */
    static String statuses(List<Answer> answers) {
        Map<Integer, Integer> counts = new TreeMap<>();
        answers.forEach(answer -> counts.merge(answer.status(), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(count -> count.getValue() + " x " + (count.getKey() == 0 ? "no answer" : count.getKey()))
                .collect(Collectors.joining(", "));
    }

    private static HttpRequest.Builder users(int port) {
        return request(port, "/users?limit=1").GET();
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(PATIENCE);
    }

    private Answer send(HttpRequest request) throws InterruptedException {
        try {
            return answer(client.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return new Answer(0, e.toString());
        }
    }

    private CompletableFuture<Answer> begin(HttpRequest request) {
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(Web::answer)
                .exceptionally(e -> new Answer(0, e.toString()));
    }

    private static Answer answer(HttpResponse<String> response) {
        return new Answer(response.statusCode(), response.body());
    }
}

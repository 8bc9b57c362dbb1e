package dev.wellhead.examples.gameday;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * What users ask for, of a fixed seed: of ten requests six for the prediction of one of some well-known flowers, one for a
 * flower that nobody has asked for yet, two for a user, one for a page of users. For one thread.
 */
final class Traffic implements IntFunction<HttpRequest> {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int FLOWERS = 60;
    private static final int ADDRESSES = 600;

    private final SplittableRandom random = new SplittableRandom(42);
    private final List<String> users;

    /** @param users ids of users that exist */
    Traffic(List<String> users) {
        this.users = users;
    }

    /** Returns the next request, to the replica on this port. */
    @Override
    public HttpRequest apply(int port) {
        int kind = random.nextInt(10);
        HttpRequest.Builder request;
        if (kind < 6) {
            // Squared, so that some are asked for more often than others.
            double share = random.nextDouble();
            request = predict(port, 4.5 + ((int) (share * share * FLOWERS)) * 0.05);
        } else if (kind < 7) {
            request = predict(port, 4.5 + random.nextDouble() * 3);
        } else if (kind < 9) {
            request = at(port, "/users/" + users.get(random.nextInt(users.size())))
                    .GET();
        } else {
            request = at(port, "/users?limit=20").GET();
        }
        return request.timeout(PATIENCE)
                .header("X-Forwarded-For", "2001:db8:0:" + Integer.toHexString(random.nextInt(ADDRESSES)) + "::1")
                .header("X-User-Id", "user-" + random.nextInt(ADDRESSES))
                .build();
    }

    private static HttpRequest.Builder predict(int port, double sepalLength) {
        return at(port, "/predict")
                .POST(HttpRequest.BodyPublishers.ofString(String.format(
                        Locale.ROOT,
                        "{\"sepalLength\":%.9f,\"sepalWidth\":2.8,\"petalLength\":4.7,\"petalWidth\":1.2}",
                        sepalLength)));
    }

    private static HttpRequest.Builder at(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }
}

package dev.wellhead.examples.prediction;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Asks a running service for its health, where there is no other program that could: in an image of Java alone. */
public final class HealthProbe {
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private HealthProbe() {}

    /** Prints what the service on port {@code PORT} of this machine says; ends with exit code 1 if it is down. */
    public static void main(String[] arguments) {
        int port = Settings.port(System.getenv().getOrDefault("PORT", "8080"));
        String answer = ask(port);
        System.out.println(answer);
        System.exit(answer.startsWith("200") ? 0 : 1);
    }

    /** Returns the answer's status and body, or why there is none. */
    static String ask(int port) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + "/health").toURL().openConnection();
            connection.setConnectTimeout((int) PATIENCE.toMillis());
            connection.setReadTimeout((int) PATIENCE.toMillis());
            try (var body =
                    connection.getResponseCode() < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return connection.getResponseCode() + " " + new String(body.readAllBytes(), StandardCharsets.UTF_8);
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return "no answer on port " + port + " (" + Messages.firstLine(e) + ")";
        }
    }
}

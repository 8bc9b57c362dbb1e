package dev.wellhead.examples.prediction;

import dev.wellhead.console.Console;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.function.Function;
import org.postgresql.Driver;

/** The lines of the README, and a console, to be loaded by a class loader of a test: url, user, password, Redis, folder. */
public final class RecordedQuickstart implements Function<String[], String> {
    public RecordedQuickstart() {}

    @Override
    public String apply(String[] arguments) {
        // The driver manager gives a class only drivers of its own loader.
        try (AutoCloseable driver = driver();
                Console console = Console.builder().build()) {
            HttpRequest page = HttpRequest.newBuilder(
                            URI.create(console.start(0).toString()))
                    .build();
            int status = HttpClient.newHttpClient()
                    .send(page, HttpResponse.BodyHandlers.ofString())
                    .statusCode();
            String answer = Quickstart.run(
                    arguments[0], arguments[1], arguments[2], arguments[3], Path.of(arguments[4]), 1, "192.0.2.1");
            return status == 200 ? answer : "status " + status;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static AutoCloseable driver() throws SQLException {
        if (!Driver.isRegistered()) {
            Driver.register();
        }
        return Driver::deregister;
    }
}

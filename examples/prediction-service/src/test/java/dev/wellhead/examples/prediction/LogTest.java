package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wellhead.examples.prediction.RunningService.Answer;
import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process of the service prints is JSON, one object a line, and each request can be found in it by its id. */
class LogTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path backups;

    @Test
    void processLogsJsonWithTheRequestsIdAndEndsInOrderOnASignal() throws Exception {
        try (TestDatabase database = TestDatabase.postgres();
                ChildJvm child = ChildJvm.start(RunningService.environment(database, backups), Main.class)) {
            int port = port(child.awaitLine("listens on", PATIENCE));
            child.awaitLine("\"message\":\"ready\"", PATIENCE);

            Answer found = ask(port, "/users?after=ann%40example.org", "trace-1234");
            Answer missing = ask(port, "/users/nobody", "bad id \"with\" quotes");
            child.awaitLine("\"path\":\"/users/nobody\"", PATIENCE);
            new ProcessBuilder("sh", "-c", "kill -TERM " + child.pid()).start().waitFor();
            // 128 and the signal's number: the JVM's way to end behind its hooks.
            assertThat(child.awaitExit(PATIENCE)).isEqualTo(143);

            assertThat(found.header("X-Request-Id")).isEqualTo("trace-1234");
            String made = missing.header("X-Request-Id");
            assertThat(UUID.fromString(made).version()).isEqualTo(7);
            assertThat(missing.json().path("requestId").asText()).isEqualTo(made);
            assertThat(missing.json().path("error").asText()).isEqualTo("no such user");

            List<JsonNode> lines = child.output().lines().map(LogTest::parsed).toList();
            assertThat(lines).allSatisfy(line -> {
                assertThatCode(() -> Instant.parse(line.path("time").asText())).doesNotThrowAnyException();
                assertThat(line.path("level").asText()).isIn("INFO", "WARN");
                assertThat(line.path("message").asText()).isNotEmpty();
            });
            JsonNode request = request(lines, "trace-1234");
            assertThat(request.path("method").asText()).isEqualTo("GET");
            assertThat(request.path("path").asText()).isEqualTo("/users");
            assertThat(request.path("status").asInt()).isEqualTo(200);
            assertThat(request.path("durationMs").asDouble()).isPositive();
            JsonNode failed = request(lines, made);
            assertThat(failed.path("status").asInt()).isEqualTo(404);
            assertThat(failed.path("error").asText()).isEqualTo("no such user");
            assertThat(child.output())
                    .doesNotContain("ann%40example.org")
                    .doesNotContain("ann@example.org")
                    .doesNotContain("canary-");
            assertThat(lines.get(lines.size() - 1).path("message").asText()).isEqualTo("stopped");
        }
    }

    @Test
    void wrongSettingIsOneLineAndExitCodeOne() {
        try (ChildJvm child = ChildJvm.start(Map.of("DATABASE_URL", "nonsense"), Main.class)) {
            assertThat(child.awaitExit(PATIENCE)).isEqualTo(1);
            assertThat(child.output())
                    .startsWith("prediction-service: DATABASE_URL is no address")
                    .doesNotContain("\n");
        }
    }

    private static JsonNode request(List<JsonNode> lines, String id) {
        return lines.stream()
                .filter(line -> line.path("message").asText().equals("request"))
                .filter(line -> line.path("requestId").asText().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line for request " + id + " in " + lines));
    }

    private static int port(String line) {
        return URI.create(parsed(line).path("message").asText().replaceAll(".*(http://)", "$1"))
                .getPort();
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + line, e);
        }
    }

    private static Answer ask(int port, String path, String id) {
        return RunningService.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("X-Request-Id", id)
                .build());
    }
}

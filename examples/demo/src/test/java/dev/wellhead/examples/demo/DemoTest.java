package dev.wellhead.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The demo as a newcomer meets it: it works, and a mistake of theirs gives one line and exit code 1. */
class DemoTest {
    private static final Duration PATIENCE = Duration.ofSeconds(110);

    @Test
    void checkPassesOnPostgresAndRedis() {
        try (ChildJvm demo = ChildJvm.start(Demo.class, "--check")) {
            assertThat(demo.awaitExit(PATIENCE)).as(demo.output()).isZero();

            assertThat(demo.output())
                    .contains("all passed")
                    .doesNotContain("FAIL")
                    .doesNotContain("canary-");
        }
    }

    @Test
    void checkPassesOnSqlite() {
        try (ChildJvm demo = ChildJvm.start(Demo.class, "--check", "--sqlite")) {
            assertThat(demo.awaitExit(PATIENCE)).as(demo.output()).isZero();

            assertThat(demo.output()).contains("all passed").doesNotContain("FAIL");
        }
    }

    @Test
    void signalStopsTheServiceAndLeavesNothingRunning() throws IOException, InterruptedException {
        try (ChildJvm demo = ChildJvm.start(Map.of("PORT", String.valueOf(Ports.free())), Demo.class)) {
            demo.awaitLine("Ctrl-C stops everything", PATIENCE);
            String console = demo.awaitLine("the console", PATIENCE).strip().split(" ", 2)[0];
            assertThat(answer(console)).contains("console.js");
            var servers =
                    ProcessHandle.of(demo.pid()).orElseThrow().descendants().toList();
            assertThat(servers).isNotEmpty();

            new ProcessBuilder("sh", "-c", "kill -TERM " + demo.pid()).start().waitFor();

            demo.awaitExit(PATIENCE);
            assertThat(demo.output()).contains("stopped; nothing is left running");
            assertThat(servers)
                    .allSatisfy(server -> assertThat(server.onExit()
                                    .completeOnTimeout(null, 20, TimeUnit.SECONDS)
                                    .join())
                            .isNotNull());
        }
    }

    @Test
    void takenPortIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());

            assertRefused(
                    Map.of("PORT", port), "PORT " + port + " is taken by another program; set PORT to a free one");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nonsense, DATABASE_URL is no address that this service knows",
        "postgresql://ann:canary-x y@db/app, DATABASE_URL is malformed at character",
        "postgresql://ann:canary-x@127.0.0.1:1/app, DATABASE_URL: cannot connect to jdbc:postgresql://127.0.0.1:1/app",
    })
    void wrongDatabaseIsNamedWithoutItsPassword(String url, String line) {
        assertRefused(Map.of("DATABASE_URL", url, "PORT", "0"), line);
    }

    @Test
    void unknownOptionIsNamed() {
        try (ChildJvm demo = ChildJvm.start(Demo.class, "--chekc")) {
            assertThat(demo.awaitExit(PATIENCE)).isEqualTo(1);
            assertThat(demo.output()).isEqualTo("demo: no such option: --chekc; see ./demo --help");
        }
    }

    @Test
    void fullDiskIsNamed(@TempDir Path folder) throws IOException, InterruptedException {
        Path tiny = Files.createDirectory(folder.resolve("tiny"));
        boolean mounted = run("mount -t tmpfs -o size=1m tmpfs " + tiny);
        assumeThat(mounted).as("this machine lets us mount a small tmpfs").isTrue();
        try {
            // As the script does with WELLHEAD_DEMO_DIR; the option of the command line would win over this one.
            try (ChildJvm demo =
                    ChildJvm.start(Map.of("PORT", "0", "WELLHEAD_DEMO_DIR", tiny.toString()), Demo.class)) {
                assertThat(demo.awaitExit(PATIENCE)).isEqualTo(1);
                assertThat(lastLine(demo)).startsWith("demo: the disk is full; free some 300 MB");
            }
        } finally {
            run("umount -l " + tiny);
        }
    }

    private static void assertRefused(Map<String, String> environment, String line) {
        try (ChildJvm demo = ChildJvm.start(environment, Demo.class)) {
            assertThat(demo.awaitExit(PATIENCE)).as(demo.output()).isEqualTo(1);
            assertThat(lastLine(demo)).startsWith("demo: " + line);
            assertThat(demo.output()).doesNotContain("\tat ").doesNotContain("canary-x");
        }
    }

    private static String answer(String address) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static String lastLine(ChildJvm child) {
        String output = child.output();
        return output.substring(output.lastIndexOf('\n') + 1);
    }

    private static boolean run(String command) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", command + " 2>/dev/null").start().waitFor() == 0;
    }
}

package dev.wellhead.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** The console in processes of hosts. */
class HostTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void aHostThatHasOnlyAPoolCanMountIt() throws IOException, InterruptedException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Stream.of("migrate", "backup", "redis", "cache", "ratelimit", "testkit")
                        .noneMatch(absent ->
                                entry.contains("/" + absent + "/target/") || entry.contains("wellhead-" + absent)))
                .filter(entry -> Stream.of("lettuce", "netty", "reactor", "caffeine", "jspecify")
                        .noneMatch(entry::contains))
                .collect(Collectors.joining(File.pathSeparator));

        Process host = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        classPath,
                        PoolOnlyHost.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(host.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        // Its main method returns with console and server running: neither keeps the process alive.
        assertThat(host.waitFor()).as(output).isZero();
        assertThat(output)
                .contains("cache is absent")
                .contains("status 200")
                .contains("pool-sqlite-writer")
                .doesNotContain("NoClassDefFoundError");
    }

    @Test
    void noSecretIsInAnyAnswerLogOrExceptionWhileEverythingFails() throws IOException {
        TestDatabase database = TestDatabase.postgres();
        try (database;
                RedisServer redis = RedisServer.builder()
                        .setting("requirepass", "the-true-one")
                        .start();
                ChildJvm host = ChildJvm.start(
                        FailingHost.class,
                        database.url(),
                        PostgresServer.shared().user(),
                        String.valueOf(redis.port()))) {
            assertThat(host.awaitExit(PATIENCE)).as(host.output()).isZero();
            String output = host.output();

            // It has said enough for its silence on secrets to mean something.
            assertThat(output)
                    .contains("DEBUG")
                    .contains("28P01")
                    .contains("WH-MIG-")
                    .contains("WH-BACKUP-")
                    .contains("WH-REDIS-")
                    .contains("cannot be shown: java.lang.IllegalStateException")
                    .contains("requests with a wrong token")
                    .contains("all fetched");
            assertThat(output).doesNotContain("canary").doesNotContain("the-true-one");
        }
    }

    @Test
    void theJarIsSmall() throws IOException {
        Path classes = Path.of("..", "..", "classes").toAbsolutePath().normalize();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (Stream<Path> files = Files.walk(classes);
                ZipOutputStream zip = new ZipOutputStream(packed)) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            for (Path file : all) {
                zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                zip.write(Files.readAllBytes(file));
            }

            assertThat(all).hasSizeGreaterThan(20);
        }
        assertThat(packed.size()).isLessThan(120_000);
    }
}

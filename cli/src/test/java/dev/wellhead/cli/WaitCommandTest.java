package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.cli.Wellhead.Outcome;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaitCommandTest {
    @TempDir
    private Path folder;

    private Wellhead wellhead() {
        PostgresServer server = PostgresServer.shared();
        return Wellhead.in(folder)
                .with("WELLHEAD_URL", server.url("postgres"))
                .with("WELLHEAD_USER", server.user())
                .with("WELLHEAD_PASSWORD", server.password());
    }

    @Test
    void endsAsSoonAsBothAnswer() {
        Outcome outcome = wellhead().run("wait", "--redis", RedisServer.shared().uri(), "--timeout", "30s");
        Map<String, Object> json = Results.json(wellhead().run("wait", "--json"));

        assertThat(outcome.code()).as(outcome.all()).isZero();
        assertThat(outcome.out()).contains("ready PostgreSQL at ", "ready Redis at ");
        assertThat(json).containsEntry("ready", true);
    }

    @Test
    void saysAtTheDeadlineWhatIsMissing() throws IOException {
        // Takes connections, and never says a word.
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String redis = "redis://127.0.0.1:" + silent.getLocalPort();

            Outcome outcome = wellhead().run("wait", "--redis", redis, "--timeout", "1s");
            Map<String, Object> json =
                    Results.json(wellhead().run("wait", "--redis", redis, "--timeout", "500ms", "--json"));
            Outcome database = Wellhead.in(folder)
                    .run("wait", "--url", "postgresql://127.0.0.1:" + silent.getLocalPort() + "/x", "--timeout", "1s");

            assertThat(outcome.code()).isEqualTo(ExitCodes.UNREACHABLE);
            assertThat(outcome.err()).contains("Redis at 127.0.0.1", "did not answer within 1.0 s", "WH-CLI-005");
            assertThat(outcome.out()).contains("ready PostgreSQL");
            assertThat(json).containsEntry("ready", false);
            assertThat(database.code()).isEqualTo(ExitCodes.UNREACHABLE);
        }
    }

    @Test
    void wrongPasswordIsToldAtTheDeadline() {
        Outcome outcome = wellhead().with("WELLHEAD_PASSWORD", "wrong-canary").run("wait", "--timeout", "300ms");

        assertThat(outcome.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(outcome.err()).contains("28P01").doesNotContain("wrong-canary");
    }

    @Test
    void waitsForAServerThatComes() throws Exception {
        try (RedisServer redis = RedisServer.builder().start()) {
            redis.stop();
            CompletableFuture<Outcome> waiting = CompletableFuture.supplyAsync(
                    () -> Wellhead.in(folder).run("wait", "--redis", redis.uri(), "--timeout", "60s"),
                    task -> new Thread(task, "waiting").start());
            assertThat(waiting).isNotDone();
            redis.start();

            assertThat(waiting.get(60, TimeUnit.SECONDS).code()).isZero();
        }
    }

    private static boolean isBetweenAttempts(Thread waiting) {
        return waiting.getState() == Thread.State.TIMED_WAITING
                && Arrays.stream(waiting.getStackTrace())
                        .dropWhile(frame -> !frame.getClassName().equals(LockSupport.class.getName()))
                        .skip(1)
                        .findFirst()
                        .filter(frame -> frame.getClassName().equals(WaitCommand.class.getName()))
                        .isPresent();
    }

    @Test
    void whoInterruptsItIsNotToldThatTheTimeIsOver() throws Exception {
        AtomicReference<Outcome> outcome = new AtomicReference<>();
        Thread waiting = new Thread(() ->
                outcome.set(Wellhead.in(folder).run("wait", "--redis", "redis://127.0.0.1:1", "--timeout", "10m")));
        waiting.start();
        // Between two attempts: a client that is interrupted while it connects ends that attempt alone.
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> isBetweenAttempts(waiting));

        waiting.interrupt();

        waiting.join(60_000);
        assertThat(outcome.get().code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(outcome.get().err())
                .contains("when the waiting was interrupted")
                .doesNotContain("within");
    }

    @Test
    void passwordOfRedisComesFromTheEnvironment() {
        try (RedisServer redis =
                RedisServer.builder().setting("requirepass", "redis-canary").start()) {
            Wellhead wellhead = Wellhead.in(folder);

            Outcome without = wellhead.run("wait", "--redis", redis.uri(), "--timeout", "300ms");
            Outcome wrong = wellhead.with("WELLHEAD_REDIS_PASSWORD", "other-canary")
                    .run("wait", "--redis", redis.uri(), "--timeout", "300ms");
            Outcome with = wellhead.with("WELLHEAD_REDIS_PASSWORD", "redis-canary")
                    .run("wait", "--redis", redis.uri(), "--timeout", "30s");

            assertThat(without.code()).isEqualTo(ExitCodes.UNREACHABLE);
            assertThat(wrong.code()).isEqualTo(ExitCodes.UNREACHABLE);
            assertThat(with.code()).as(with.all()).isZero();
            assertThat(without.all() + wrong.all() + with.all()).doesNotContain("canary");
        }
    }

    @Test
    void nothingToWaitForIsAMistake() {
        assertThat(Wellhead.in(folder).run("wait").code()).isEqualTo(ExitCodes.USAGE);
        assertThat(Wellhead.in(folder)
                        .run("wait", "--redis", "http://x", "--timeout", "1s")
                        .err())
                .contains("--redis must be as redis://");
    }

    @Test
    void progressIsForTerminalsAlone() {
        Wellhead nobody = Wellhead.in(folder).with("WELLHEAD_REDIS", "redis://127.0.0.1:1");

        assertThat(nobody.run("wait", "--timeout", "300ms").err()).doesNotContain("\r");
        assertThat(nobody.onTerminal(false, true)
                        .run("wait", "--timeout", "300ms")
                        .err())
                .contains("\rwaiting for Redis".replace("\r", "\r\u001b[K"));
    }
}

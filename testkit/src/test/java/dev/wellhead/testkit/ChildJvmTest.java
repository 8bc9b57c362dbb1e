package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ChildJvmTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void childIsKilledWhereItStands() {
        try (ChildJvm child = ChildJvm.start(Hanging.class, "marker")) {
            child.awaitLine("at marker", PATIENCE);

            child.kill();

            assertThat(child.awaitExit(PATIENCE)).isEqualTo(137);
        }
    }

    @Test
    void childThatEndsWithoutTheLineFailsTheWaitWithItsOutput() {
        try (ChildJvm child = ChildJvm.start(Ending.class)) {
            assertThatThrownBy(() -> child.awaitLine("never", PATIENCE))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("bye");
            assertThat(child.awaitExit(PATIENCE)).isEqualTo(3);
        }
    }

    @Test
    void childSeesTheEnvironmentThatItWasGiven() {
        try (ChildJvm child = ChildJvm.start(Map.of("WELLHEAD_TEST", "value"), Speaking.class)) {
            assertThat(child.awaitExit(PATIENCE)).isZero();
            assertThat(child.output()).isEqualTo("value");
        }
    }

    @Test
    void serversEndWithAJvmThatIsKilled() {
        try (ChildJvm child = ChildJvm.start(ServerOwner.class)) {
            long server = Long.parseLong(child.awaitLine("server ", PATIENCE).substring("server ".length()));
            assertThat(ProcessHandle.of(server)).isPresent();

            child.kill();

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ProcessHandle.of(server).filter(ProcessHandle::isAlive))
                            .isEmpty());
        }
    }

    static final class Speaking {
        public static void main(String[] arguments) {
            System.out.println(System.getenv("WELLHEAD_TEST"));
        }
    }

    static final class Hanging {
        public static void main(String[] arguments) throws InterruptedException {
            System.out.println("at " + arguments[0]);
            new CountDownLatch(1).await();
        }
    }

    static final class Ending {
        public static void main(String[] arguments) {
            System.out.println("bye");
            System.exit(3);
        }
    }

    static final class ServerOwner {
        public static void main(String[] arguments) throws InterruptedException {
            RedisServer.builder().start();
            ProcessHandle redis = ProcessHandle.current()
                    .children()
                    .filter(child -> child.info().command().orElse("").contains("redis"))
                    .findFirst()
                    .orElseThrow();
            System.out.println("server " + redis.pid());
            new CountDownLatch(1).await();
        }
    }
}

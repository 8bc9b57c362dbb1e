package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerPort;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;

class ContainerServersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void sharedPostgresIsOneContainerOnLoopback() {
        int port = PostgresServer.shared().port();

        assertThat(publishedOn(port)).containsExactly("127.0.0.1");
        assertThat(PostgresServer.shared().port()).isEqualTo(port);
    }

    @Test
    void sharedRedisIsOneContainerOnLoopback() {
        int port = RedisServer.shared().port();

        assertThat(publishedOn(port)).containsExactly("127.0.0.1");
        assertThat(RedisServer.shared().port()).isEqualTo(port);
    }

    @Test
    void containersEndWithAJvmThatIsKilled() {
        String image = Objects.requireNonNullElse(System.getProperty("wellhead.test.redis.image"), "redis:7");
        try (ChildJvm child = ChildJvm.start(Owner.class, image)) {
            String session = child.awaitLine("session ", PATIENCE).substring("session ".length());
            assertThat(containers(session)).isNotEmpty();

            child.kill();

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(containers(session)).isEmpty());
        }
    }

    @Test
    void missingEngineIsNamedWithTheCure() {
        ContainerServers servers = new ContainerServers(() -> false);

        assertThatThrownBy(servers::startPostgres)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no Docker engine answers")
                .hasMessageContaining("DOCKER_HOST")
                .hasMessageContaining("leave out -Pcontainers");
    }

    @Test
    void imageThatCannotBeHadIsNamedWithTheCure() {
        ContainerServers servers = new ContainerServers(() -> {
            throw new ContainerFetchException("no such image");
        });

        assertThatThrownBy(servers::startPostgres)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no such image")
                .hasMessageContaining("-Dwellhead.test.postgres.image")
                .hasMessageContaining("TESTCONTAINERS_RYUK_DISABLED");
    }

    private static List<String> publishedOn(int port) {
        return containers(DockerClientFactory.SESSION_ID).stream()
                .flatMap(container -> Arrays.stream(container.getPorts()))
                .filter(published -> Objects.equals(published.getPublicPort(), port))
                .map(ContainerPort::getIp)
                .toList();
    }

    private static List<Container> containers(String session) {
        return DockerClientFactory.lazyClient()
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of(DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL, session))
                .exec();
    }

    static final class Owner {
        public static void main(String[] arguments) throws InterruptedException {
            System.setProperty("wellhead.test.redis.image", arguments[0]);
            RedisServer.shared();
            System.out.println("session " + DockerClientFactory.SESSION_ID);
            new CountDownLatch(1).await();
        }
    }
}

package dev.wellhead.testkit;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports.Binding;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * PostgreSQL and Redis in containers, published on the loopback interface only. Their images are the system properties
 * {@code wellhead.test.postgres.image} and {@code wellhead.test.redis.image}.
 *
 * <p>Found by {@link java.util.ServiceLoader}, which wants it public. Thread-safe.
 */
public final class ContainerServers implements SharedServers.Source {
    private static final String LOOPBACK = "127.0.0.1";

    private final BooleanSupplier engineAnswers;

    /** Takes the engine that Testcontainers finds. */
    public ContainerServers() {
        this(() -> DockerClientFactory.instance().isDockerAvailable());
    }

    ContainerServers(BooleanSupplier engineAnswers) {
        this.engineAnswers = engineAnswers;
    }

    @Override
    public String startPostgres() {
        // A random password shows in any output that leaks it.
        String password = "canary-" + UUID.randomUUID();
        String image =
                System.getProperty("wellhead.test.postgres.image", "postgres:" + System.getProperty("postgres", "18"));
        Server server = new Server(image, 5432);
        server.withEnv(Map.of("POSTGRES_PASSWORD", password, "POSTGRES_INITDB_ARGS", "--encoding=UTF8 --no-locale"))
                // The servers that are started from the embedded binaries have the same.
                .withCommand(
                        "postgres",
                        "-cmax_connections=200",
                        "-cshared_buffers=64MB",
                        "-cpassword_encryption=scram-sha-256",
                        "-cfsync=off",
                        "-cfull_page_writes=off")
                // The image starts it once to create the database, and then for good.
                .waitingFor(Wait.forLogMessage(".*database system is ready to accept connections.*\\s", 2));
        int port = started(server);
        return "jdbc:postgresql://" + LOOPBACK + ":" + port + "/postgres?user=" + PostgresBinaries.SUPERUSER
                + "&password=" + password;
    }

    @Override
    public String startRedis() {
        Server server = new Server(System.getProperty("wellhead.test.redis.image", "redis:7"), 6379);
        server.withCommand("redis-server", "--save", "", "--appendonly", "no")
                .waitingFor(Wait.forLogMessage(".*Ready to accept connections.*\\s", 1));
        return "redis://" + LOOPBACK + ":" + started(server);
    }

    // Nobody stops the container: it ends with the JVM, and the guard sees to that.
    private int started(Server server) {
        try {
            if (!engineAnswers.getAsBoolean()) {
                throw new IllegalStateException("profile 'containers': no Docker engine answers (DOCKER_HOST is "
                        + Objects.requireNonNullElse(System.getenv("DOCKER_HOST"), "not set")
                        + "; also looked for the usual sockets and into ~/.testcontainers.properties); see that 'docker"
                        + " info' shows a server, or leave out -Pcontainers to test on the embedded servers");
            }
            ContainerGuard.ensure();
            server.start();
            return server.getMappedPort(server.port);
        } catch (ContainerFetchException | ContainerLaunchException e) {
            throw new IllegalStateException(
                    "profile 'containers': cannot start a container of " + server.image + " (" + e.getMessage()
                            + "); see that 'docker pull' gets the image, or name another one with"
                            + " -Dwellhead.test.postgres.image=... or -Dwellhead.test.redis.image=...; where Ryuk's"
                            + " cannot be had, set TESTCONTAINERS_RYUK_DISABLED=true",
                    e);
        }
    }

    private static final class Server extends GenericContainer<Server> {
        final String image;
        final int port;

        Server(String image, int port) {
            super(DockerImageName.parse(image));
            this.image = image;
            this.port = port;
            withExposedPorts(port);
            withCreateContainerCmdModifier(create -> Objects.requireNonNull(create.getHostConfig())
                    .withPortBindings(new PortBinding(Binding.bindIp(LOOPBACK), ExposedPort.tcp(port))));
        }
    }
}

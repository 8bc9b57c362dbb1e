package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Mending;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposeFileLabTest {
    @TempDir
    private Path work;

    private Mending solution() throws Exception {
        return Mending.ofSolution(new ComposeFileLab(), work);
    }

    @Test
    void dataInTheFolderOfAnotherVersionDoNotPass() throws Exception {
        solution()
                .with("compose.yaml", "postgres-data:/var/lib/postgresql", "postgres-data:/var/lib/postgresql/data")
                .play()
                .misses("the data outlive the container");
    }

    @Test
    void newFolderWithAnOldVersionDoesNotPass() throws Exception {
        solution()
                .with("compose.yaml", "postgres:18", "postgres:16-alpine")
                .play()
                .misses("the data outlive the container");
    }

    @Test
    void oldVersionWithItsFolderPassesAsWell() throws Exception {
        solution()
                .with("compose.yaml", "postgres:18", "postgres:16-alpine")
                .with("compose.yaml", "postgres-data:/var/lib/postgresql", "postgres-data:/var/lib/postgresql/data")
                .play()
                .isSolved();
    }

    @Test
    void volumeThatIsNotDeclaredDoesNotPass() throws Exception {
        solution()
                .with("compose.yaml", "volumes:\n  postgres-data:\n", "volumes:\n")
                .play()
                .misses("the data outlive the container");
    }

    @Test
    void passwordFromTheEnvironmentOfTheHostDoesNotPass() throws Exception {
        solution()
                .with(
                        "compose.yaml",
                        "POSTGRES_PASSWORD_FILE: /run/secrets/database-password",
                        "POSTGRES_PASSWORD: ${DATABASE_PASSWORD}")
                .play()
                .misses("passwords come from files");
    }

    @Test
    void noPasswordAtAllDoesNotPass() throws Exception {
        solution()
                .with("compose.yaml", "POSTGRES_DB: shop", "POSTGRES_DB: shop\n      POSTGRES_HOST_AUTH_METHOD: trust")
                .play()
                .misses("passwords come from files");
    }

    @Test
    void passwordInTheUrlDoesNotPass() throws Exception {
        solution()
                .with("compose.yaml", "redis://redis:6379/0", "redis://:change-me@redis:6379/0")
                .play()
                .misses("passwords come from files");
    }

    @Test
    void dependsOnWithoutConditionDoesNotPass() throws Exception {
        solution()
                .with("compose.yaml", "condition: service_healthy", "condition: service_started")
                .play()
                .misses("servers have healthchecks");
    }

    @Test
    void healthcheckThatIsTurnedOffDoesNotPass() throws Exception {
        solution()
                .with("compose.yaml", "test: [\"CMD-SHELL\", ", "disable: true\n      test: [\"CMD-SHELL\", ")
                .play()
                .misses("servers have healthchecks");
    }

    @Test
    void portForTheWholeNetworkDoesNotPass() throws Exception {
        solution()
                .with("compose.yaml", "\"127.0.0.1:8080:8080\"", "{target: 8080, published: 8080}")
                .play()
                .misses("ports are published on this machine only");
    }

    @Test
    void latestByDefaultDoesNotPass() throws Exception {
        solution()
                .with("compose.yaml", "redis:7", "redis:${REDIS_VERSION:-latest}")
                .play()
                .misses("images name the version");
    }

    @Test
    void otherWaysToSayItPassAsWell() throws Exception {
        solution()
                .with("compose.yaml", "\"127.0.0.1:8080:8080\"", "{target: 8080, published: 8080, host_ip: 127.0.0.1}")
                .with("compose.yaml", "- redis-data:/data", "- {type: volume, source: redis-data, target: /data}")
                .with("compose.yaml", "image: redis:7", "image: ${REDIS_IMAGE:-docker.io/library/redis:7.4}")
                .play()
                .isSolved();
    }

    @Test
    void whatIsNoYamlIsAMessage() throws Exception {
        solution()
                .with("compose.yaml", "services:\n", "services: [\n")
                .play()
                .misses("the exercise can be used: this is no YAML");
    }

    @Test
    void composeFileOfThisProjectPasses() throws Exception {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("compose.yaml"))) {
            root = root.getParent();
        }

        solution()
                .with("compose.yaml", Files.readString(root.resolve("compose.yaml")))
                .play()
                .isSolved();
    }
}

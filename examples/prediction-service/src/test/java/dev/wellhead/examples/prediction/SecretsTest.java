package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No secret comes to light, whatever is asked for and whatever fails, in a process that uses every module. */
class SecretsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final List<Canary> secrets = Stream.of(
                    SecretsHost.DATABASE,
                    SecretsHost.WRONG,
                    SecretsHost.REDIS,
                    SecretsHost.KEY,
                    SecretsHost.TOKEN,
                    SecretsHost.LITERAL,
                    SecretsHost.PLACEHOLDER)
            .map(Canary::hatched)
            .toList();
    private final Canary decoy = Canary.hatched(SecretsHost.DECOY);

    @TempDir
    private Path folder;

    @Test
    void noSecretIsInAnyAnswerLogExceptionObjectProcessOrFileWhileAllModulesFail() throws IOException {
        List<Canary> given = new ArrayList<>(secrets);
        given.add(decoy);
        try (ChildJvm host = ChildJvm.start(Canary.environment(given), SecretsHost.class, folder.toString())) {
            assertThat(host.awaitExit(PATIENCE)).as(host.output()).isZero();
            List<String> seen = host.output().lines().toList();

            assertThatEverythingIsLookedAt(seen);
            for (Canary secret : secrets) {
                assertThat(seen.stream().filter(line -> !secret.formsIn(line).isEmpty()))
                        .as("lines that show " + secret.name())
                        .isEmpty();
                assertThat(secret.formsBelow(folder))
                        .as("files that hold " + secret.name())
                        .isEmpty();
            }
        }
    }

    /** Silence means something only where something was said, and where it would have been heard. */
    private void assertThatEverythingIsLookedAt(List<String> seen) throws IOException {
        assertThat(seen).contains(SecretsHost.DONE).noneMatch(line -> line.equals("0 slow queries"));
        for (String place : SecretsHost.PLACES) {
            assertThat(seen.stream()
                            .filter(line -> line.contains(place))
                            .filter(line -> !decoy.formsIn(line).isEmpty()))
                    .as("the decoy in " + place)
                    .isNotEmpty();
        }
        assertThat(decoy.formsBelow(folder.resolve("backups")))
                .as("backups hold the users' names")
                .isNotEmpty();
        assertThat(decoy.formsIn(Files.readString(folder.resolve("seen").resolve("processes"))))
                .as("the process list")
                .isNotEmpty();
        assertThat(folder.resolve("seen").resolve("environment")).content().contains("PGPASSFILE=");

        String all = String.join("\n", seen);
        assertThat(all)
                .contains(" TRACE ", " DEBUG ", " WARN ")
                .contains("28P01", "WRONGPASS")
                .contains("WH-POOL-", "WH-MIG-", "WH-BACKUP-", "WH-REDIS-");
        assertThat(seen).anyMatch(line -> line.startsWith("503 ")).anyMatch(line -> line.startsWith("401 "));
    }
}

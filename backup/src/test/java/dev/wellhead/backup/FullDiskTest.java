package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant: a backup or verification for which the disk of the store has no room, wherever it runs out, says so and leaves
 * everything as it was; once there is room the next one goes well. The disk is a small file system in memory that only the process
 * sees which fills it, and that is gone with it.
 */
class FullDiskTest {
    private static final List<String> ON_A_SMALL_DISK = List.of(
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o size=\"$0\" none \"$1\" && shift && exec \"$@\"");
    private static final int ATTEMPTS = 9;

    @TempDir
    Path folder;

    private Path disk;

    @BeforeEach
    void makePlace() throws IOException {
        disk = Files.createDirectory(folder.resolve("disk"));
    }

    private List<String> launcher() throws IOException, InterruptedException {
        List<String> launcher = new ArrayList<>(ON_A_SMALL_DISK);
        launcher.addAll(List.of("16m", disk.toString()));
        List<String> nothing = new ArrayList<>(launcher);
        nothing.add("true");
        try {
            Process trial =
                    new ProcessBuilder(nothing).redirectErrorStream(true).start();
            boolean ended = trial.waitFor(20, TimeUnit.SECONDS);
            trial.destroyForcibly();
            Assumptions.assumeTrue(ended && trial.exitValue() == 0, "no file system can be mounted here");
        } catch (IOException e) {
            Assumptions.abort("no file system can be mounted here: " + e.getMessage());
        }
        return launcher;
    }

    private void isFailedAndLeavesEverything(Map<String, String> environment, String... arguments) throws Exception {
        try (ChildJvm child = ChildJvm.start(launcher(), environment, FullDisk.class, arguments)) {
            int status = child.awaitExit(Duration.ofSeconds(120));
            String said = child.output();

            assertThat(status).as(said).isZero();
            List<String> lines = Arrays.asList(said.split("\n", -1));
            assertThat(lines.stream().filter(line -> line.contains("left: []")))
                    .as(said)
                    .hasSize(ATTEMPTS);
            assertThat(lines.stream().filter(line -> line.contains("create with 0 KB")))
                    .singleElement()
                    .asString()
                    .contains("failed with WH-BACKUP-001");
            assertThat(lines.stream().filter(line -> line.matches(".* with \\d+ KB .*")))
                    .hasSize(2 * ATTEMPTS)
                    .allMatch(line -> line.contains("create with") && line.contains("failed with WH-BACKUP-001")
                            || line.contains("verify with") && line.matches(".*failed with WH-BACKUP-01[02].*")
                            || line.contains("went well"));
            assertThat(said).contains("No space left on device").doesNotContain("is suspect");
            assertThat(lines.stream().filter(line -> line.contains("at last: ") || line.contains("the first: ")))
                    .hasSize(2)
                    .allMatch(line -> line.contains("verified"));
        }
    }

    @Test
    void storeOfSqliteIsFull() throws Exception {
        Path file = folder.resolve("app.db");
        SqliteClient.execute(
                file,
                "create table filling (id integer primary key, body blob)",
                "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000)"
                        + " insert into filling select i, randomblob(1000) from n");

        isFailedAndLeavesEverything(Map.of(), disk.toString(), file.toString());
    }

    @Test
    void storeOfPostgresIsFull() throws Exception {
        try (TestDatabase source = TestDatabase.postgres()) {
            source.execute("create table filling as select i, (select string_agg(md5(i::text || '/' || j), '')"
                    + " from generate_series(1, 60) j) as body from generate_series(1, 1500) i");

            isFailedAndLeavesEverything(
                    Map.of("DB_URL", source.url(), "DB_USER", source.user(), "DB_PASSWORD", source.password()),
                    disk.toString());
        }
    }
}

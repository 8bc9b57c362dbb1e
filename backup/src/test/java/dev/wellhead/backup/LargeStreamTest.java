package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant: what a backup holds at a time does not grow with the database. */
class LargeStreamTest {
    private static final Duration PATIENCE = Duration.ofMinutes(40);

    @TempDir
    Path folder;

    @Test
    void databaseLargerThanTheHeapIsBackedUpAndVerified() {
        isVerifiedInASmallHeap(300);
    }

    @Test
    @Tag("thorough")
    void tenGigabytesAreBackedUpAndVerified() {
        isVerifiedInASmallHeap(10_240);
    }

    /** @param megabytes how many are sent; on the disk the server packs them to a hundredth */
    private void isVerifiedInASmallHeap(int megabytes) {
        try (TestDatabase source = TestDatabase.postgres()) {
            for (int part = 0; part < 2; part++) {
                source.execute("create table part_" + part + " as select i, repeat(md5(i::text), 32768) as body"
                        + " from generate_series(1, " + megabytes / 2 + ") i");
            }

            try (ChildJvm child = ChildJvm.start(
                    Map.of(
                            "_JAVA_OPTIONS",
                            "-Xmx64m",
                            "DB_URL",
                            source.url(),
                            "DB_USER",
                            source.user(),
                            "DB_PASSWORD",
                            source.password()),
                    LargeStream.class,
                    folder.resolve("store").toString())) {
                String line = child.awaitLine(LargeStream.RESULT, PATIENCE);

                assertThat(line)
                        .contains(LargeStream.RESULT + "64 MB: " + megabytes + " rows")
                        .endsWith(" verified");
            }
        }
    }
}

package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.TestDatabase;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts larger than the heap. */
class LargeFileTest {
    // A row of 100 bytes, 640 of them in a statement.
    private static final String ROW = "x".repeat(92);
    private static final int ROWS = 640;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    @Test
    void copyLargerThanTheHeapPasses() throws IOException {
        long rows = writeCopy(138L << 20);

        try (TestDatabase database = TestDatabase.postgres()) {
            migrate(database);

            assertThat(database.queryOne("select count(*) from t")).isEqualTo("" + rows);
        }
    }

    @Test
    void insertsLargerThanTheHeapPassOnSqlite() throws IOException {
        insertsPass(TestDatabase.sqlite(), 138L << 20);
    }

    @Test
    @Tag("thorough")
    void insertsLargerThanTheHeapPassOnPostgres() throws IOException {
        insertsPass(TestDatabase.postgres(), 138L << 20);
    }

    private void insertsPass(TestDatabase created, long bytes) throws IOException {
        long rows = writeInserts(bytes);

        try (TestDatabase database = created) {
            migrate(database);

            assertThat(database.queryOne("select count(*) from t")).isEqualTo("" + rows);
        }
    }

    private void migrate(TestDatabase database) {
        try (ChildJvm child = ChildJvm.start(
                Map.of("_JAVA_OPTIONS", "-Xmx64m"),
                LargeFileVictim.class,
                folder.toString(),
                database.url(),
                database.user(),
                database.password())) {
            String line = child.awaitLine(LargeFileVictim.RESULT, PATIENCE);

            assertThat(line).contains(LargeFileVictim.RESULT + "1 with a heap of 64 MB");
        }
    }

    private long writeCopy(long bytes) throws IOException {
        long rows = bytes / 100;
        try (BufferedWriter file = Files.newBufferedWriter(folder.resolve("V1__rows.sql"))) {
            file.write("create table t (n bigint, a text);\ncopy t from stdin;\n");
            for (long row = 0; row < rows; row++) {
                file.write(Long.toString(1_000_000 + row));
                file.write('\t');
                file.write(ROW);
                file.write('\n');
            }
            file.write("\\.\nselect 1;\n");
        }
        return rows;
    }

    private long writeInserts(long bytes) throws IOException {
        long statements = bytes / 100 / ROWS;
        try (BufferedWriter file = Files.newBufferedWriter(folder.resolve("V1__rows.sql"))) {
            file.write("create table t (a text);\n");
            for (long statement = 0; statement < statements; statement++) {
                file.write("insert into t values\n");
                for (int row = 0; row < ROWS; row++) {
                    file.write("('");
                    file.write(ROW);
                    file.write(row == ROWS - 1 ? "');\n" : "'),\n");
                }
            }
        }
        return statements * ROWS;
    }
}

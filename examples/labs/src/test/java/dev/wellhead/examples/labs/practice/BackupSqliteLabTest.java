package dev.wellhead.examples.labs.practice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Mending;
import dev.wellhead.examples.labs.Played;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupSqliteLabTest {
    @TempDir
    private Path work;

    private Mending solution() throws Exception {
        return Mending.ofSolution(new BackupSqliteLab(), work);
    }

    /** The copy is made by these statements on the database; a sum is kept beside it. */
    private static String byHand(String copy) {
        return """
                import dev.wellhead.examples.labs.practice.FileBackup;
                import java.nio.file.Files;
                import java.nio.file.Path;
                import java.sql.Connection;
                import java.sql.DriverManager;
                import java.sql.Statement;
                import java.util.zip.CRC32;

                public final class BankBackup implements FileBackup {
                    @Override
                    public void backUp(Path database, Path folder) throws Exception {
                        Files.createDirectories(folder);
                        Path copy = folder.resolve("bank.db");
                        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                                Statement statement = connection.createStatement()) {
                            COPY
                        }
                        Files.writeString(folder.resolve("sum"), sum(copy));
                    }

                    @Override
                    public void restore(Path folder, Path database) throws Exception {
                        Path copy = folder.resolve("bank.db");
                        if (!Files.readString(folder.resolve("sum")).equals(sum(copy))) {
                            throw new IllegalStateException("the backup is damaged");
                        }
                        Files.copy(copy, database);
                    }

                    private static String sum(Path file) throws Exception {
                        CRC32 sum = new CRC32();
                        sum.update(Files.readAllBytes(file));
                        return "" + sum.getValue();
                    }
                }
                """.replace("COPY", copy);
    }

    @Test
    void checkpointAndCopyDoesNotPass() throws Exception {
        String copy = "statement.execute(\"pragma wal_checkpoint(passive)\"); Files.copy(database, copy);";

        Played outcome = solution().with("BankBackup.java", byHand(copy)).play();

        // Whether a copy under a writer is torn is a matter of luck.
        assertThat(outcome.unmet()).anyMatch(goal -> goal.contains("everything that was committed comes back"));
    }

    @Test
    void copyWithoutASumDoesNotPass() throws Exception {
        solution()
                .with(
                        "BankBackup.java",
                        byHand("statement.execute(\"vacuum into '\" + copy + \"'\");")
                                .replace(
                                        "if (!Files.readString(folder.resolve(\"sum\")).equals(sum(copy)))",
                                        "if (false)"))
                .play()
                .misses("a damaged backup is refused");
    }

    @Test
    void vacuumIntoWithASumPassesAsWell() throws Exception {
        solution()
                .with("BankBackup.java", byHand("statement.execute(\"vacuum into '\" + copy + \"'\");"))
                .play()
                .isSolved();
    }
}

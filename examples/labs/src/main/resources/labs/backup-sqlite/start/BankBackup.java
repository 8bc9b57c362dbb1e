import dev.wellhead.examples.labs.practice.FileBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Copies the file. */
public final class BankBackup implements FileBackup {
    @Override
    public void backUp(Path database, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.copy(database, folder.resolve("bank.db"));
    }

    @Override
    public void restore(Path folder, Path database) throws IOException {
        Files.copy(folder.resolve("bank.db"), database);
    }
}

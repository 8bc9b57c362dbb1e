package dev.wellhead.backup;

import dev.wellhead.backup.BackupException.Kind;
import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.Engine.Outcome;
import dev.wellhead.backup.internal.LeasedDirectory;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.backup.internal.PartReader;
import dev.wellhead.backup.internal.PrivateFiles;
import dev.wellhead.backup.internal.Storage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Brings one backup of SQLite back into a file, and compares. For one thread. */
final class SqliteRestore {
    static final String PART = "database";

    private final Storage storage;
    private final Manifest manifest;
    private final Progress progress;

    SqliteRestore(Storage storage, Manifest manifest, Progress progress) {
        this.storage = storage;
        this.manifest = manifest;
        this.progress = progress;
    }

    Manifest manifest() {
        return manifest;
    }

    /**
     * Returns a private folder beside a file, and so on its file system, removing those that restores which died have left
     * there.
     */
    static LeasedDirectory workspaceBeside(Path file) throws IOException {
        Path folder = folderOf(file);
        String prefix = "." + file.getFileName() + ".restoring-";
        LeasedDirectory.sweep(folder, prefix);
        return LeasedDirectory.create(folder, prefix + UUID.randomUUID());
    }

    static Path folderOf(Path file) throws IOException {
        Path folder = file.getParent();
        if (folder == null) {
            throw new IOException(file + " is no file in a folder");
        }
        return folder;
    }

    /** Returns what differs; then, and if it throws, the file may be there in any state. Else it is whole and durable. */
    List<String> into(Path file) throws SQLException, IOException {
        Manifest.Part database = manifest.partNamed(PART);
        FreeSpace.require(folderOf(file), database.rawBytes(), "the restored file");
        progress.begin(Phase.LOAD, manifest.rawBytes());
        try (PartReader part = PartReader.open(storage, manifest.id(), database);
                OutputStream out = PrivateFiles.createDurable(file)) {
            new Passing(part, file.toString(), progress).transferTo(out);
        }
        List<String> schema = SchemaPart.read(storage, manifest);
        List<String> differences = new ArrayList<>();
        try (Connection connection = SqliteFile.open(file)) {
            differences.addAll(SqliteFile.checkIntegrity(connection));
            if (differences.isEmpty()) {
                differences.addAll(SqliteFile.compare(connection, manifest, schema));
            }
        } catch (SQLException e) {
            differences.add("the restored file cannot be read: " + BackupException.say(e));
        }
        for (String suffix : SqliteFile.SIDE_FILES) {
            if (SqliteFile.exists(SqliteFile.side(file, suffix))) {
                differences.add("the restored file is not whole without a " + suffix + " file");
            }
        }
        return differences;
    }

    /** Makes a file where there is none; if anything fails or differs there is none afterwards either. */
    Outcome toNew(Path file) throws SQLException, IOException {
        requireFree(file);
        try (LeasedDirectory work = workspaceBeside(file)) {
            Path fresh = work.path().resolve("fresh.db");
            List<String> differences = into(fresh);
            if (!differences.isEmpty()) {
                return Outcome.differing(differences, file + " was not created");
            }
            requireFree(file);
            giveName(fresh, file);
            PrivateFiles.syncFolder(folderOf(file));
            return Outcome.EQUAL;
        }
    }

    private void requireFree(Path file) {
        List<Path> taken = new ArrayList<>();
        if (SqliteFile.exists(file)) {
            taken.add(file);
        }
        for (String suffix : SqliteFile.SIDE_FILES) {
            // A stale one would be replayed onto the restored file.
            if (SqliteFile.exists(SqliteFile.side(file, suffix))) {
                taken.add(SqliteFile.side(file, suffix));
            }
        }
        if (!taken.isEmpty()) {
            throw taken(taken.toString(), null);
        }
    }

    /** Unless somebody has taken it meanwhile: a link, unlike a renaming, never replaces. */
    private void giveName(Path fresh, Path file) throws IOException {
        try {
            Files.createLink(file, fresh);
        } catch (FileAlreadyExistsException e) {
            throw taken(file.toString(), e);
        } catch (UnsupportedOperationException e) {
            // The file system has no hard links; this refuses to replace as well, though not in one step.
            Files.move(fresh, file);
        }
    }

    private BackupException taken(String what, @Nullable Throwable cause) {
        return new BackupException(
                Kind.TARGET_TAKEN,
                "restore of " + manifest.id() + ": " + what
                        + " exists; choose another path, or RestoreTarget.replacingFile once nobody has it open",
                cause);
    }
}

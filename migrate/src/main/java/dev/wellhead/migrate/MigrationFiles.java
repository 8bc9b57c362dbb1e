package dev.wellhead.migrate;

import dev.wellhead.core.Redaction;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.internal.FileName;
import dev.wellhead.migrate.internal.Version;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes migrations of named files: reads the names, pairs up and down, refuses what is unclear. For one thread. */
final class MigrationFiles {
    private static final long LARGEST_IN_MEMORY = 1 << 20;
    private static final String SQL = ".sql";

    private final String folder;
    private final SortedMap<Version, File> ups = new TreeMap<>();
    private final SortedMap<Version, File> downs = new TreeMap<>();

    private record File(String name, FileName meaning, SqlText sql) {}

    /** Starts with no files. The folder is for messages. */
    MigrationFiles(String folder) {
        this.folder = folder;
    }

    static List<Migration> inDirectory(Path folder) {
        MigrationFiles files = new MigrationFiles(folder.toString());
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            SortedMap<String, Path> named = new TreeMap<>();
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (isSql(name)) {
                    named.put(name, entry);
                }
            }
            for (Map.Entry<String, Path> file : named.entrySet()) {
                SqlText sql = files.read(file.getKey(), file.getValue());
                if (sql != null) {
                    files.add(file.getKey(), sql);
                }
            }
        } catch (IOException e) {
            throw files.refusal("cannot be read: " + e, "check that the folder exists and may be read", e);
        }
        return files.migrations();
    }

    // Null for a folder, and for a link that leads nowhere. Opened at once: asking before costs as much again.
    private @Nullable SqlText read(String name, Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            if (channel.size() > LARGEST_IN_MEMORY) {
                return SqlText.in(file);
            }
            ByteBuffer content = ByteBuffer.allocate((int) channel.size() + 1);
            while (channel.read(content) >= 0) {
                if (!content.hasRemaining()) {
                    // It grew meanwhile.
                    return decoded(name, ByteBuffer.wrap(Files.readAllBytes(file)));
                }
            }
            return decoded(name, content.flip());
        } catch (IOException e) {
            if (!Files.isRegularFile(file)) {
                return null;
            }
            throw e;
        }
    }

    static boolean isSql(String name) {
        return name.regionMatches(true, name.length() - SQL.length(), SQL, 0, SQL.length());
    }

    void add(String name, byte[] content) {
        add(name, decoded(name, ByteBuffer.wrap(content)));
    }

    private void add(String name, SqlText sql) {
        FileName meaning = FileName.parse(name);
        if (meaning == null) {
            String repeatable = name.startsWith("R__") ? " (there are no repeatable migrations)" : "";
            throw refusal(
                    "file " + Redaction.printable(name) + " follows no scheme of names" + repeatable,
                    "name it as " + FileName.SCHEMES,
                    null);
        }
        File file = new File(name, meaning, sql);
        Version version = Version.parse(meaning.version());
        File other = (meaning.down() ? downs : ups).putIfAbsent(version, file);
        if (other != null) {
            throw refusal(
                    "files " + Redaction.printable(other.name) + " and " + Redaction.printable(name)
                            + " have the same version " + version,
                    "give one of them another",
                    null);
        }
    }

    private SqlText decoded(String name, ByteBuffer content) {
        try {
            return SqlText.of(
                    StandardCharsets.UTF_8.newDecoder().decode(content).toString());
        } catch (CharacterCodingException e) {
            throw refusal("file " + Redaction.printable(name) + " is not UTF-8", "save it as UTF-8", e);
        }
    }

    List<Migration> migrations() {
        List<Migration> migrations = new ArrayList<>();
        for (Map.Entry<Version, File> entry : ups.entrySet()) {
            File up = entry.getValue();
            File down = downs.remove(entry.getKey());
            Migration migration = Migration.ofFile(
                    up.meaning.version(), up.meaning.description(), Redaction.printable(up.name), up.sql);
            migrations.add(down == null ? migration : migration.withDown(Redaction.printable(down.name), down.sql));
        }
        for (File orphan : downs.values()) {
            throw refusal(
                    "file " + Redaction.printable(orphan.name) + " takes back a version that no file applies",
                    "add the file that applies it, or remove this one",
                    null);
        }
        return migrations;
    }

    private MigrationException refusal(String what, String cure, @Nullable Exception cause) {
        return new MigrationException(
                Reason.SOURCE,
                "migrations in " + Redaction.url(folder) + ": " + what + "; nothing was run; " + cure,
                cause);
    }
}

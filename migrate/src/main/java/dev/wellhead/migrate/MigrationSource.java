package dev.wellhead.migrate;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Where migrations come from. Read anew by every run, so an implementation keeps no copy; it must be thread-safe if the
 * migrator is used by several threads.
 *
 * <p>All files of a folder follow one convention: {@code 001_name.sql} with {@code 001_name.down.sql}; {@code
 * 001_name.up.sql} with {@code 001_name.down.sql}; {@code V1__name.sql} with {@code U1__name.sql}; {@code
 * 001_name/up.sql} with {@code 001_name/down.sql}; or {@code 001_name.sql} that holds both, parted by the comments of
 * dbmate ({@code -- migrate:up}) or goose ({@code -- +goose Up}). The second of each pair may be missing. Beside any of
 * them, {@code R__name.sql} is a {@linkplain Migration#repeatable repeatable} migration. They hold UTF-8. Files that do
 * not end in {@code .sql}, and other folders below, are passed over.
 */
@FunctionalInterface
public interface MigrationSource {
    /**
     * Returns all migrations, in any order.
     *
     * @throws MigrationException if they cannot be read, a file that ends in {@code .sql} follows no convention or another
     *     than the rest, two files have the same version, one takes back a migration that is not there, or a comment of
     *     dbmate or goose is misspelled
     */
    List<Migration> load();

    /** Returns the files of a folder in the file system. */
    static MigrationSource directory(Path folder) {
        return () -> MigrationFiles.inDirectory(folder);
    }

    /**
     * Returns the files of a folder on the class path or module path, as {@code migrations} or {@code db/migrations}.
     *
     * <p>If the folder holds a resource {@code migrations.index}, it lists the files, one name a line ({@code #} starts a
     * comment), and nothing is searched. Otherwise modules of the boot layer that contain the folder are listed, whether
     * they open it or not; else folders and jars that the thread's context class loader finds.
     *
     * @param folder names between slashes
     */
    static MigrationSource classpath(String folder) {
        String path = folder.replaceAll("^/+|/+$", "");
        if (path.isEmpty()) {
            throw new IllegalArgumentException("folder must name a folder on the class path, was '" + folder + "'");
        }
        return () -> new ClasspathFolder(path, ModuleLayer.boot(), ClasspathFolder.contextLoader()).load();
    }

    /**
     * Returns files that are in memory, as those of a folder.
     *
     * @param files the texts by name, folder of the version included if there is one
     */
    static MigrationSource of(Map<String, String> files) {
        SortedMap<String, String> copy = new TreeMap<>(files);
        return () -> {
            MigrationFiles given = new MigrationFiles("memory");
            copy.forEach((name, text) -> {
                if (MigrationFiles.mayBe(name)) {
                    given.add(name, text.getBytes(StandardCharsets.UTF_8));
                }
            });
            return given.migrations();
        };
    }

    /** Returns a source that has the migrations of both, as files and those in Java. */
    default MigrationSource and(MigrationSource more) {
        Objects.requireNonNull(more, "more");
        return () -> Stream.concat(load().stream(), more.load().stream()).toList();
    }

    /** Returns the migrations given here. */
    static MigrationSource of(Migration... migrations) {
        List<Migration> copy = List.of(migrations);
        return () -> copy;
    }
}

package dev.wellhead.benchmarks;

import dev.wellhead.benchmarks.migrate.Corpus;
import dev.wellhead.benchmarks.migrate.MigrateProgram;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A PostgreSQL, SQLite files, and folders of migrations, all in memory where the system has a place for that, so that no disk
 * is measured. Used by one thread at a time.
 */
final class MigrateDatabases implements AutoCloseable {
    static final String POSTGRES = "postgres";
    static final List<String> KINDS = List.of(POSTGRES, "sqlite");

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final String TESTKIT_FOLDER = "wellhead.testkit.dir";

    private final Path folder;
    private final PostgresServer postgres;
    private final Map<String, Fresh> migrated = new HashMap<>();

    private MigrateDatabases(Path folder, PostgresServer postgres) {
        this.folder = folder;
        this.postgres = postgres;
    }

    static MigrateDatabases open() throws BenchmarkException {
        String before = System.getProperty(TESTKIT_FOLDER);
        try {
            Path parent = Files.isWritable(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
            Path folder = Files.createTempDirectory(parent.toAbsolutePath(), "wellhead-bench-");
            // The server runs as another user.
            folder.toFile().setExecutable(true, false);
            folder.toFile().setReadable(true, false);
            System.setProperty(TESTKIT_FOLDER, folder.resolve("testkit").toString());
            return new MigrateDatabases(folder, PostgresServer.builder().start());
        } catch (IOException | RuntimeException e) {
            throw new BenchmarkException("no place for databases: " + e, e);
        } finally {
            if (before == null) {
                System.clearProperty(TESTKIT_FOLDER);
            } else {
                System.setProperty(TESTKIT_FOLDER, before);
            }
        }
    }

    /** An empty database, dropped by closing it. */
    record Fresh(String url, AutoCloseable database) implements AutoCloseable {
        @Override
        public void close() throws BenchmarkException {
            try {
                database.close();
            } catch (Exception e) {
                throw new BenchmarkException("database cannot be dropped: " + e, e);
            }
        }
    }

    Fresh fresh(String kind) throws BenchmarkException {
        if (kind.equals(POSTGRES)) {
            TestDatabase database = postgres.createDatabase();
            String url = postgres.url(database.name());
            return new Fresh(
                    url + (url.contains("?") ? "&" : "?") + "user=" + postgres.user() + "&password="
                            + postgres.password(),
                    database);
        }
        Path place = place();
        return new Fresh("jdbc:sqlite:" + place.resolve("bench.db"), () -> delete(place));
    }

    /** Returns a database to which this contender has applied this folder, once for all rounds. */
    String migrated(String kind, String contender, Path migrations, MigrateRun run, Jdk jdk)
            throws BenchmarkException, InterruptedException {
        String key = kind + " " + contender + " " + migrations;
        Fresh known = migrated.get(key);
        if (known == null) {
            known = fresh(kind);
            migrated.put(key, known);
            double errors = run.metrics(jdk, known.url(), 0, List.of(MigrateProgram.ERRORS))
                    .getOrDefault(MigrateProgram.ERRORS, 1.0);
            if (errors > 0) {
                throw new BenchmarkException("'" + contender + "' could not apply " + migrations + " to " + kind);
            }
        }
        return known.url();
    }

    /** Returns a new empty folder. */
    Path place() throws BenchmarkException {
        try {
            return Files.createTempDirectory(folder, "place-");
        } catch (IOException e) {
            throw new BenchmarkException("no folder: " + e, e);
        }
    }

    Path folder(int files) throws BenchmarkException {
        try {
            return Corpus.folder(folder, files);
        } catch (IOException e) {
            throw new BenchmarkException("migrations cannot be written: " + e, e);
        }
    }

    Path large(long bytes) throws BenchmarkException {
        try {
            return Corpus.large(folder, bytes);
        } catch (IOException e) {
            throw new BenchmarkException("script cannot be written: " + e, e);
        }
    }

    @Override
    public void close() {
        postgres.close();
        try {
            delete(folder);
        } catch (IOException e) {
            throw new IllegalStateException(folder + " cannot be removed", e);
        }
    }

    private static void delete(Path tree) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(tree)) {
            all = new ArrayList<>(files.toList());
        }
        Collections.reverse(all);
        for (Path each : all) {
            Files.delete(each);
        }
    }
}

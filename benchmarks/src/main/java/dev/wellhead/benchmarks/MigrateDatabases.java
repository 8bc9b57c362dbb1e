package dev.wellhead.benchmarks;

import dev.wellhead.benchmarks.migrate.Corpus;
import dev.wellhead.benchmarks.migrate.MigrateProgram;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A PostgreSQL, SQLite files, and folders of migrations, all in memory where the system has a place for that, so that no disk
 * is measured. Used by one thread at a time.
 */
final class MigrateDatabases implements AutoCloseable {
    static final String POSTGRES = "postgres";
    static final List<String> KINDS = List.of(POSTGRES, "sqlite");

    private final MemoryFolder folder;
    private final PostgresServer postgres;
    private final Map<String, Fresh> migrated = new HashMap<>();

    private MigrateDatabases(MemoryFolder folder, PostgresServer postgres) {
        this.folder = folder;
        this.postgres = postgres;
    }

    static MigrateDatabases open() throws BenchmarkException {
        MemoryFolder folder = MemoryFolder.create();
        try {
            return new MigrateDatabases(folder, folder.start(PostgresServer.builder()));
        } catch (BenchmarkException e) {
            try (folder) {
                throw e;
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
        return new Fresh("jdbc:sqlite:" + place.resolve("bench.db"), () -> MemoryFolder.delete(place));
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
        return folder.place();
    }

    Path folder(int files) throws BenchmarkException {
        try {
            return Corpus.folder(folder.path(), files);
        } catch (IOException e) {
            throw new BenchmarkException("migrations cannot be written: " + e, e);
        }
    }

    Path large(long bytes) throws BenchmarkException {
        try {
            return Corpus.large(folder.path(), bytes);
        } catch (IOException e) {
            throw new BenchmarkException("script cannot be written: " + e, e);
        }
    }

    @Override
    public void close() {
        postgres.close();
        folder.close();
    }
}

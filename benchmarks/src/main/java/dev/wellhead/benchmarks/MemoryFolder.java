package dev.wellhead.benchmarks;

import dev.wellhead.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder in memory where the system has a place for that, so that no disk is measured. Used by one thread, which closes it:
 * it is then gone with all that is in it.
 */
final class MemoryFolder implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final String TESTKIT_FOLDER = "wellhead.testkit.dir";

    private final Path path;

    private MemoryFolder(Path path) {
        this.path = path;
    }

    static MemoryFolder create() throws BenchmarkException {
        try {
            Path parent = Files.isWritable(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
            Path path = Files.createTempDirectory(parent.toAbsolutePath(), "wellhead-bench-");
            // Servers may run as another user.
            path.toFile().setExecutable(true, false);
            path.toFile().setReadable(true, false);
            return new MemoryFolder(path);
        } catch (IOException e) {
            throw new BenchmarkException("no place for databases: " + e, e);
        }
    }

    Path path() {
        return path;
    }

    /** Returns a new empty folder in it. */
    Path place() throws BenchmarkException {
        try {
            return Files.createTempDirectory(path, "place-");
        } catch (IOException e) {
            throw new BenchmarkException("no folder: " + e, e);
        }
    }

    /** Starts a server whose programs and data are in this folder; to be closed before it. */
    PostgresServer start(PostgresServer.Builder server) throws BenchmarkException {
        String before = System.getProperty(TESTKIT_FOLDER);
        System.setProperty(TESTKIT_FOLDER, path.resolve("testkit").toString());
        try {
            return server.usualLogins().start();
        } catch (RuntimeException e) {
            throw new BenchmarkException("no PostgreSQL: " + e, e);
        } finally {
            if (before == null) {
                System.clearProperty(TESTKIT_FOLDER);
            } else {
                System.setProperty(TESTKIT_FOLDER, before);
            }
        }
    }

    /** Removes a tree of files. */
    static void delete(Path tree) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(tree)) {
            all = new ArrayList<>(files.toList());
        }
        Collections.reverse(all);
        for (Path each : all) {
            Files.delete(each);
        }
    }

    @Override
    public void close() {
        try {
            delete(path);
        } catch (IOException e) {
            throw new IllegalStateException(path + " cannot be removed", e);
        }
    }
}

package dev.wellhead.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The folder below which the testkit keeps everything: unpacked binaries for later runs, data while a server runs. */
final class WorkDirectory {
    // File locks are held by the whole JVM, so its own threads need a lock besides.
    private static final ReentrantLock ONE_THREAD = new ReentrantLock();

    private WorkDirectory() {}

    static Path root() {
        String configured = System.getProperty("wellhead.testkit.dir");
        Path root = configured == null
                ? Path.of(System.getProperty("java.io.tmpdir"), "wellhead-testkit")
                : Path.of(configured);
        try {
            return Files.createDirectories(root.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + root + "; is the disk full or read-only?", e);
        }
    }

    /** Makes a new empty folder for the data of one server. */
    static Path fresh(String prefix) {
        try {
            return Files.createTempDirectory(root(), prefix + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a folder below " + root(), e);
        }
    }

    /** Fills a folder. */
    @FunctionalInterface
    interface Filler {
        void fill(Path folder) throws IOException;
    }

    /**
     * Returns the folder of this name, filled once for all JVMs that share the root: the folder appears under its name
     * only when it is complete.
     */
    static Path once(String name, Filler filler) throws IOException {
        Path done = root().resolve(name);
        if (Files.isDirectory(done)) {
            return done;
        }
        ONE_THREAD.lock();
        try (FileChannel channel = FileChannel.open(
                        root().resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            assert held.isValid();
            if (!Files.isDirectory(done)) {
                Path partial = fresh(name + ".partial");
                try {
                    filler.fill(partial);
                    Files.move(partial, done);
                } catch (IOException | RuntimeException e) {
                    delete(partial);
                    throw e;
                }
            }
            return done;
        } finally {
            ONE_THREAD.unlock();
        }
    }

    static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Path target = to.resolve(from.relativize(directory).toString());
                if (!Files.isDirectory(target)) {
                    Files.createDirectory(target);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Removes a tree. A server that is still on its way out may remove files at the same time. */
    static void delete(Path tree) {
        try {
            Files.walkFileTree(tree, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + tree, e);
        }
    }
}

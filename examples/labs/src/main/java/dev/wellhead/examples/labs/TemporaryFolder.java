package dev.wellhead.examples.labs;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder that goes, with all that is in it, when it is closed. */
public final class TemporaryFolder implements AutoCloseable {
    private final Path path;

    private TemporaryFolder(Path path) {
        this.path = path;
    }

    /** Makes an empty one. */
    public static TemporaryFolder create() throws IOException {
        return new TemporaryFolder(Files.createTempDirectory("lab-"));
    }

    /** Returns where it is. */
    public Path path() {
        return path;
    }

    /** Changes one bit in the middle of the largest file below a folder, as a bad disk does. Returns that file. */
    public static Path damageLargest(Path folder) throws IOException {
        Path largest;
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> bySize = files.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing((Path file) -> file.toFile().length())
                            .reversed()
                            .thenComparing(Comparator.naturalOrder()))
                    .toList();
            if (bySize.isEmpty()) {
                throw new IOException("there is no file in " + folder);
            }
            largest = bySize.get(0);
        }
        byte[] bytes = Files.readAllBytes(largest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(largest, bytes);
        return largest;
    }

    @Override
    public void close() throws IOException {
        remove(path);
    }

    /** Removes a folder and all below it, if it is there. */
    public static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}

package dev.wellhead.examples.labs.debugging;

import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.TemporaryFolder;
import dev.wellhead.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a container is to data: a process, and a folder of its own that is removed with it. A volume is a folder outside,
 * which is seen at one place inside and stays. For one thread.
 */
final class Container implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Path ROOT = Path.of("/");

    private final Path layer;
    private final Path volume;
    private final @Nullable Path mount;

    /**
     * Creates a container; nothing runs yet.
     *
     * @param layer its own folder, which is made
     * @param volume the folder that stays
     * @param mount where in the container the volume is seen; null if nowhere
     */
    Container(Path layer, Path volume, @Nullable Path mount) throws IOException {
        this.layer = Files.createDirectory(layer);
        this.volume = volume;
        this.mount = mount;
    }

    /** Returns a path of a container without {@code ..} and the like. */
    static Path inside(String what, String path) throws ExerciseException {
        Path inside = Path.of(path).normalize();
        if (!inside.isAbsolute() || inside.equals(ROOT)) {
            throw new ExerciseException(
                    what + " must be a path of the container from its root on, and not the root itself; it is '" + path
                            + "'");
        }
        return inside;
    }

    /** Returns where a file of the container really lies. */
    Path resolve(Path inside) throws ExerciseException {
        if (mount == null || !inside.startsWith(mount)) {
            return layer.resolve(ROOT.relativize(inside));
        }
        if (inside.equals(mount)) {
            throw new ExerciseException(
                    "a volume is a folder: " + inside + " cannot be a file and the place where a volume is mounted");
        }
        return volume.resolve(mount.relativize(inside));
    }

    /**
     * Starts the program on a database file, has it take orders, and kills it.
     *
     * @return how many orders it found, and the number of the last it took
     */
    Run run(Path file, int orders) throws IOException, ExerciseException {
        Path real = resolve(file);
        Files.createDirectories(real.getParent());
        Path temporary = Files.createDirectories(layer.resolve("tmp"));
        try (ChildJvm process = ChildJvm.start(OrderDesk.class, real.toString(), "" + orders, temporary.toString())) {
            return new Run(number(process, OrderDesk.FOUND), number(process, OrderDesk.LAST));
        }
    }

    private static long number(ChildJvm process, String before) throws ExerciseException {
        try {
            return Long.parseLong(process.awaitLine(before, PATIENCE).substring(before.length()));
        } catch (AssertionError e) {
            throw new ExerciseException("the program in the container does not run: " + e.getMessage(), e);
        }
    }

    /** What a program said. */
    record Run(long found, long last) {}

    /** Removes the container with all that it has written, the volume not. */
    @Override
    public void close() throws IOException {
        TemporaryFolder.remove(layer);
    }
}

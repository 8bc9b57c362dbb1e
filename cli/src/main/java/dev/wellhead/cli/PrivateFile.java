package dev.wellhead.cli;

import dev.wellhead.cli.CliException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Files that hold secrets: only their owner may read them. */
final class PrivateFile {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);
    // What container engines mount there only the container sees, with a mode that cannot be changed.
    private static final List<Path> MOUNTED = List.of(Path.of("/run/secrets"), Path.of("/var/run/secrets"));

    private PrivateFile() {}

    /**
     * Checks who may read it.
     *
     * @param what says why it matters, as "holds a password"
     * @throws CliException if others than the owner may
     */
    static void require(Path file, String what) {
        if (MOUNTED.stream().anyMatch(file.toAbsolutePath().normalize()::startsWith)) {
            return;
        }
        try {
            if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                return;
            }
            Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
            mode.addAll(Files.getPosixFilePermissions(file));
            mode.retainAll(OTHERS);
            if (!mode.isEmpty()) {
                throw new CliException(
                        Kind.CONFIGURATION,
                        file + " " + what + ", and others than its owner may read or write it; run: chmod 600 " + file);
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * Returns the text of a file that only its owner may read, without the line end at its end.
     *
     * @throws CliException if others may, or it cannot be read
     */
    static String read(Path file, String what) {
        require(file, what);
        try {
            return Files.readString(file, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static CliException unreadable(Path file, IOException e) {
        return e instanceof NoSuchFileException
                ? new CliException(Kind.NO_SUCH_FILE, "there is no file " + file)
                : new CliException(
                        Kind.CONFIGURATION,
                        "cannot read " + file + " (" + e.getClass().getSimpleName() + ")",
                        e);
    }
}

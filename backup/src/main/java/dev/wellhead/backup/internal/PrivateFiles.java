package dev.wellhead.backup.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files and folders that nobody but their owner may read, from their first moment on, and that outlast a power cut. */
public final class PrivateFiles {
    private static final Set<OpenOption> CREATE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> OPEN_OR_CREATE = Set.of(
            StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private PrivateFiles() {}

    /** Creates a file with mode 0600; whatever stands there, a link included, is an error. */
    public static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, CREATE, attributes(file, "rw-------"));
    }

    /** Opens a file to read and write it, or creates it with mode 0600; a link is an error. */
    public static FileChannel openOrCreate(Path file) throws IOException {
        return FileChannel.open(file, OPEN_OR_CREATE, attributes(file, "rw-------"));
    }

    /** Gives a file the owner, group and mode of another one, so that it can take that one's place. */
    public static void copyAccess(Path from, Path to) throws IOException {
        if (!isPosix(from)) {
            return;
        }
        PosixFileAttributes wanted = Files.readAttributes(from, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributes present = Files.readAttributes(to, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        // To set what is so already may need rights as well.
        if (!present.owner().equals(wanted.owner())) {
            Files.setOwner(to, wanted.owner());
        }
        if (!present.group().equals(wanted.group())) {
            Files.setAttribute(to, "posix:group", wanted.group());
        }
        Files.setPosixFilePermissions(to, wanted.permissions());
    }

    /** Creates a folder with mode 0700. */
    public static void createFolder(Path folder) throws IOException {
        Files.createDirectory(folder, attributes(folder, "rwx------"));
    }

    /** Creates a file as {@link #create(Path)} does; closing it first makes what was written durable. */
    public static OutputStream createDurable(Path file) throws IOException {
        FileChannel channel = create(file);
        return new OutputStream() {
            private final OutputStream out = Channels.newOutputStream(channel);

            @Override
            public void write(int b) throws IOException {
                out.write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                if (channel.isOpen()) {
                    try (channel) {
                        channel.force(true);
                    }
                }
            }
        };
    }

    /** Makes the names within a folder durable. Does nothing where folders cannot be opened, as on Windows. */
    public static void syncFolder(Path folder) throws IOException {
        if (isPosix(folder)) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Removes a folder and all below it, following no link. What is gone already is no error. */
    public static void deleteTree(Path tree) throws IOException {
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
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] attributes(Path path, String mode) {
        return isPosix(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }
}

package dev.wellhead.jdbc.internal;

import dev.wellhead.jdbc.DirectDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An SQLite database for a while, in a folder of its own below the system's folder for temporary files, which only the
 * owner can read. Gone when it is closed.
 */
public final class ScratchFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchFile.class);

    private final Path folder;
    private final Path file;

    private ScratchFile(Path folder) {
        this.folder = folder;
        this.file = folder.resolve("scratch.db");
    }

    /**
     * Creates an empty one.
     *
     * @throws UncheckedIOException if the folder cannot be made
     */
    public static ScratchFile create() {
        try {
            return new ScratchFile(Files.createTempDirectory("wellhead-scratch-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Creates another one with all that is in this one now, to which nobody may be connected meanwhile.
     *
     * @throws UncheckedIOException if it cannot be copied
     */
    public ScratchFile copy() {
        ScratchFile copy = create();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            // Side files, too: a write-ahead log may be left.
            for (Path each : files) {
                Files.copy(each, copy.folder.resolve(String.valueOf(each.getFileName())));
            }
            return copy;
        } catch (IOException e) {
            copy.close();
            throw new UncheckedIOException(e);
        }
    }

    /** Returns connections to it. */
    public DirectDataSource dataSource() {
        return DirectDataSource.of("jdbc:sqlite:" + file);
    }

    /** Removes it. A failure is logged: it must not hide what the database was for. */
    @Override
    public void close() {
        try {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path each : files) {
                    Files.delete(each);
                }
            }
            Files.delete(folder);
        } catch (IOException e) {
            LOG.warn("scratch database {} could not be removed; remove it by hand", folder, e);
        }
    }
}

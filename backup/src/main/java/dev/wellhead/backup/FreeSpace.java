package dev.wellhead.backup;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What can be told of a disk before anything is written to it. */
final class FreeSpace {
    private FreeSpace() {}

    /**
     * Looks whether there is room.
     *
     * @param folder where it will be written
     * @param bytes how many it will be at least
     * @param what it will be, for messages
     * @throws IOException if there is not
     */
    static void require(Path folder, long bytes, String what) throws IOException {
        FileStore disk = Files.getFileStore(folder);
        // Some file systems do not tell.
        if (disk.getTotalSpace() > 0 && disk.getUsableSpace() < bytes) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "%s needs %.1f MB in %s, where %.1f MB are free; make room there",
                    what,
                    bytes / 1e6,
                    folder,
                    disk.getUsableSpace() / 1e6));
        }
    }
}

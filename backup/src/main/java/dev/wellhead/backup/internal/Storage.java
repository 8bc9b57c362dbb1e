package dev.wellhead.backup.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * Where backups lie. A backup is there from the moment of {@link Draft#publish} on, with everything it consists of, or
 * not at all. Thread-safe, also across processes.
 */
public interface Storage {
    /** Begins a backup that nobody sees until it is published. */
    Draft begin(String id) throws IOException;

    /** Returns the ids of the published backups, ascending. */
    List<String> ids() throws IOException;

    /**
     * Reads a small file of a published backup.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws DamagedException if it is larger than {@code limit}, or no plain file
     */
    byte[] read(String id, String file, int limit) throws IOException;

    /**
     * Opens a part of a published backup.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws DamagedException if it is no plain file
     */
    InputStream open(String id, String part) throws IOException;

    /** Puts a small file beside the manifest of a published backup, or replaces it, in one step. */
    void annotate(String id, String file, byte[] content) throws IOException;

    /** Removes a published backup: it is gone at once, and its files soon. */
    void delete(String id) throws IOException;

    /** Removes what processes that are gone have left behind unfinished. */
    void sweep() throws IOException;

    /** Returns a private local folder for files on the way, removed when it is closed. */
    LeasedDirectory workspace() throws IOException;

    /** A backup in the making. For one thread. */
    interface Draft extends AutoCloseable {
        /** Creates a part. What was written is durable when the stream has been closed. */
        OutputStream create(String part) throws IOException;

        /** Writes the manifest and makes the backup appear. Nothing may follow but {@link #close()}. */
        void publish(byte[] manifest) throws IOException;

        /** Removes everything unless it was published. */
        @Override
        void close() throws IOException;
    }
}

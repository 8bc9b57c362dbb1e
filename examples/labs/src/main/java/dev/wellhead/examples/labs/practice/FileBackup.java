package dev.wellhead.examples.labs.practice;

import java.nio.file.Path;

/** Backs up an SQLite database and brings it back. */
public interface FileBackup {
    /**
     * Writes a backup of one moment of the database, while others write.
     *
     * @param database its file
     * @param folder for this backup alone; not there yet
     */
    void backUp(Path database, Path folder) throws Exception;

    /**
     * Brings a backup back. One that is damaged is refused by an exception, and leaves no file.
     *
     * @param folder with the backup
     * @param database the file to make; not there yet
     */
    void restore(Path folder, Path database) throws Exception;
}

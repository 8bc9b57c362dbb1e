package dev.wellhead.examples.labs.practice;

import java.nio.file.Path;

/** Backs up a PostgreSQL database and brings it back. */
public interface ServerBackup {
    /**
     * Where a database is.
     *
     * @param url its JDBC URL
     * @param user who may do everything there
     * @param password of the user
     */
    record Place(String url, String user, String password) {
        @Override
        public String toString() {
            return url;
        }
    }

    /**
     * Writes a backup of one moment of the database, while others write.
     *
     * @param folder for this backup alone; not there yet
     */
    void backUp(Place from, Path folder) throws Exception;

    /**
     * Brings a backup back. One that is damaged is refused by an exception, and nothing of it reaches the database.
     *
     * @param folder with the backup
     * @param to an empty database on the same server
     */
    void restore(Path folder, Place to) throws Exception;
}

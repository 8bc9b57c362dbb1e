package dev.wellhead.backup;

import dev.wellhead.jdbc.DirectDataSource;
import java.nio.file.Path;

/**
 * Where a backup is restored to: always somewhere new or empty. Nothing that holds data is ever overwritten; a target
 * that is taken is refused, naming what is there. An immutable value.
 */
public sealed interface RestoreTarget {
    /** Returns a database to be created under this name, on the server that the backups come from. */
    static RestoreTarget newDatabase(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the name of a database must not be empty nor hold a NUL character");
        }
        return new NewDatabase(name);
    }

    /** Returns an existing PostgreSQL database that holds no tables or other objects; extensions may be there. */
    static RestoreTarget emptyDatabase(DirectDataSource dataSource) {
        return new EmptyDatabase(dataSource);
    }

    /**
     * Returns an SQLite file to be created. Neither it nor a file beside it that ends in {@code -wal}, {@code -shm} or
     * {@code -journal} may exist.
     *
     * @throws IllegalArgumentException if the path holds a question mark
     */
    static RestoreTarget file(Path file) {
        return new NewFile(SqliteFile.usable(file));
    }

    /**
     * A PostgreSQL database to be created.
     *
     * @param name its name
     */
    record NewDatabase(String name) implements RestoreTarget {
        @Override
        public String toString() {
            return "database " + name;
        }
    }

    /**
     * An empty PostgreSQL database.
     *
     * @param dataSource leads to it
     */
    record EmptyDatabase(DirectDataSource dataSource) implements RestoreTarget {
        @Override
        public String toString() {
            return dataSource.url();
        }
    }

    /**
     * An SQLite file to be created.
     *
     * @param file its path
     */
    record NewFile(Path file) implements RestoreTarget {
        @Override
        public String toString() {
            return "file " + file;
        }
    }
}

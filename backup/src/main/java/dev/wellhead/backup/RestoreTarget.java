package dev.wellhead.backup;

import dev.wellhead.jdbc.DirectDataSource;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a backup is restored to: somewhere new or empty, and a target that is taken is refused, naming what is there; or in
 * the place of something that a token names, which is kept beside it. An immutable value.
 */
public sealed interface RestoreTarget {
    /** Returns a database to be created under this name, on the server that the backups come from. */
    static RestoreTarget newDatabase(String name) {
        return new NewDatabase(named(name));
    }

    /** Returns an existing PostgreSQL database that holds no tables or other objects; extensions may be there. */
    static RestoreTarget emptyDatabase(DirectDataSource dataSource) {
        return new EmptyDatabase(dataSource);
    }

    /**
     * Returns a database that is there and is to be replaced, on the server that the backups come from. The backup is restored
     * beside it and compared; then both are renamed in one step, and what was there is kept under a name that begins with its
     * own and {@code _replaced_}. Nobody may be connected to it.
     *
     * @param token says what is to be replaced: system identifier, name and number of objects. A restore with another one is
     *     refused, and its message says which one is right
     */
    static RestoreTarget replacingDatabase(String name, String token) {
        return new ReplacedDatabase(named(name), Objects.requireNonNull(token, "token"));
    }

    private static String named(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the name of a database must not be empty nor hold a NUL character");
        }
        return name;
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
     * Returns an existing SQLite file whose place the restored one takes, with its owner, group and mode. It must not be in use:
     * stop the service first. At any moment there is one whole database under the name, the old or the new. The old one stays
     * beside it, as {@code <file>.replaced-by-<backup id>}; remove it when it is not wanted any more.
     *
     * @param file leads to it, over links too
     * @param token says what is lost; a restore with another one is refused, naming the right one. It fits one file on one
     *     machine, until its schema or the number of rows in a table changes
     * @throws IllegalArgumentException if the path holds a question mark
     */
    static RestoreTarget replacingFile(Path file, String token) {
        return new ReplacedFile(SqliteFile.usable(file), Objects.requireNonNull(token, "token"));
    }

    /**
     * Returns this database, to be restored to without owners, privileges, settings and comment of the database: everything then
     * belongs to the role that restores, and roles that the server lacks do not matter, but those that policies name.
     *
     * @throws UnsupportedOperationException if it is an SQLite file, which has none of these
     */
    default RestoreTarget withoutPrivileges() {
        if (this instanceof NewFile || this instanceof ReplacedFile) {
            throw new UnsupportedOperationException("an SQLite file has no privileges to be left away");
        }
        return new WithoutPrivileges(this);
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
     * A PostgreSQL database to be replaced.
     *
     * @param name its name
     * @param token says what is to be replaced
     */
    record ReplacedDatabase(String name, String token) implements RestoreTarget {
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

    /**
     * An SQLite file to be replaced.
     *
     * @param file its path
     * @param token says what it holds
     */
    record ReplacedFile(Path file, String token) implements RestoreTarget {
        @Override
        public String toString() {
            return "file " + file + ", replacing it";
        }
    }

    /**
     * A PostgreSQL database whose rights are left as they come.
     *
     * @param place where it is
     */
    record WithoutPrivileges(RestoreTarget place) implements RestoreTarget {
        @Override
        public RestoreTarget withoutPrivileges() {
            return this;
        }

        @Override
        public String toString() {
            return place + " without privileges";
        }
    }
}

package dev.wellhead.spring;

import java.nio.file.Path;
import java.util.Optional;

/** The URLs of SQLite. */
final class SqliteUrl {
    static final String PREFIX = "jdbc:sqlite:";

    private SqliteUrl() {}

    /** Returns the file; empty if the database is in memory. */
    static Optional<Path> file(String url) {
        String location = url.substring(PREFIX.length());
        return location.isEmpty() || location.equals(":memory:") ? Optional.empty() : Optional.of(Path.of(location));
    }
}

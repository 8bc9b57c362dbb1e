package dev.wellhead.benchmarks;

import dev.wellhead.benchmarks.backup.SqliteRows;
import dev.wellhead.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * What is backed up: a PostgreSQL and an SQLite database of the same size, half a gigabyte at full effort, and folders for
 * what comes of them, in memory where the system has a place for that. Used by one thread at a time.
 */
final class BackupDatabases implements AutoCloseable {
    private static final int FULL_ACCOUNTS = 2_000_000;
    private static final int FULL_DOCUMENTS = 150_000;
    private static final int QUICK_PART = 40;

    private final MemoryFolder folder;
    private final PostgresServer server;
    private final Optional<ClientPrograms> programs;
    private final Map<String, Path> prepared = new HashMap<>();
    private final AtomicInteger targets = new AtomicInteger();

    private BackupDatabases(MemoryFolder folder, PostgresServer server, Optional<ClientPrograms> programs) {
        this.folder = folder;
        this.server = server;
        this.programs = programs;
    }

    static BackupDatabases open() throws BenchmarkException, InterruptedException {
        MemoryFolder folder = MemoryFolder.create();
        try {
            Optional<ClientPrograms> programs = ClientPrograms.installed();
            PostgresServer.Builder server =
                    PostgresServer.builder().setting("shared_buffers", "1GB").setting("max_wal_size", "4GB");
            programs.ifPresent(here -> server.installation(here.installation()));
            return new BackupDatabases(folder, folder.start(server), programs);
        } catch (BenchmarkException e) {
            try (folder) {
                throw e;
            }
        }
    }

    PostgresServer server() {
        return server;
    }

    /** Returns the programs of the server's own installation; empty if this machine has none. */
    Optional<ClientPrograms> programs() {
        return programs;
    }

    /** Returns the name of the filled PostgreSQL database. */
    String source(Effort effort) throws BenchmarkException, InterruptedException {
        String name = "source_" + effort.name().toLowerCase(Locale.ROOT);
        once(name, place -> {
            server.administrate("create database " + name);
            try (Connection connection = server.connect(name);
                    Statement statement = connection.createStatement()) {
                for (String sql : schemaAndRows(size(effort, FULL_ACCOUNTS), size(effort, FULL_DOCUMENTS))) {
                    statement.execute(sql);
                }
            }
        });
        return name;
    }

    /** Returns the filled SQLite database. */
    Path sqlite(Effort effort) throws BenchmarkException, InterruptedException {
        return once("sqlite-" + effort, place -> {
                    try (Connection connection =
                            DriverManager.getConnection("jdbc:sqlite:" + place.resolve("source.db"))) {
                        SqliteRows.fill(connection, size(effort, FULL_DOCUMENTS));
                    }
                })
                .resolve("source.db");
    }

    /** What is made once for all rounds, in a folder of its own. */
    @FunctionalInterface
    interface Preparation {
        void make(Path place) throws BenchmarkException, InterruptedException, SQLException;
    }

    /** Returns the folder in which this has been made. */
    Path once(String name, Preparation preparation) throws BenchmarkException, InterruptedException {
        Path known = prepared.get(name);
        if (known == null) {
            known = folder.place();
            try {
                preparation.make(known);
            } catch (SQLException e) {
                throw new BenchmarkException(name + " cannot be made: " + e, e);
            }
            prepared.put(name, known);
        }
        return known;
    }

    /** What is done with a folder, or with the name of a database. */
    @FunctionalInterface
    interface Use<T> {
        Map<String, Double> of(T thing) throws BenchmarkException, InterruptedException;
    }

    /** Has an empty folder used, and removes it. */
    Map<String, Double> inPlace(Use<Path> use) throws BenchmarkException, InterruptedException {
        try (Place place = new Place(folder.place())) {
            server.administrate("checkpoint");
            return use.of(place.path);
        }
    }

    private record Place(Path path) implements AutoCloseable {
        @Override
        public void close() throws BenchmarkException {
            try {
                MemoryFolder.delete(path);
            } catch (IOException e) {
                throw new BenchmarkException(path + " cannot be removed: " + e, e);
            }
        }
    }

    /** Has the name of a database used, and drops it if it is there then. */
    Map<String, Double> forTarget(Use<String> use) throws BenchmarkException, InterruptedException {
        String name = "target_" + targets.incrementAndGet();
        try {
            server.administrate("checkpoint");
            return use.of(name);
        } finally {
            server.administrate("drop database if exists " + name + " with (force)");
        }
    }

    /** Returns how many bytes the files of a tree have. */
    static double bytes(Path tree) throws BenchmarkException {
        try (Stream<Path> files = Files.walk(tree)) {
            long bytes = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return (double) bytes;
        } catch (IOException e) {
            throw new BenchmarkException(tree + " cannot be read: " + e, e);
        }
    }

    private static int size(Effort effort, int full) {
        return effort == Effort.FULL ? full : full / QUICK_PART;
    }

    // The accounts of pgbench, which pack well, and documents of every common type, which do not.
    private static List<String> schemaAndRows(int accounts, int documents) {
        return List.of(
                "create table branches (id integer primary key, name text not null)",
                "insert into branches select i, 'branch ' || i from generate_series(1, 20) i",
                "create table accounts (id integer primary key, branch integer not null references branches,"
                        + " balance integer not null, filler character(84))",
                "insert into accounts select i, i % 20 + 1, 0, '' from generate_series(1, " + accounts + ") i",
                "create index accounts_by_branch on accounts (branch)",
                "create table documents (id bigint primary key, at timestamptz not null, title text not null,"
                        + " body text not null, fields jsonb not null, content bytea not null, tags integer[] not null)",
                "insert into documents select i, timestamptz '2026-01-01' + i * interval '1 minute', 'Document ' || i,"
                        + " md5(i || 'a') || ' ' || md5(i || 'b') || ' ' || md5(i || 'c') || repeat(' lorem ipsum', 15),"
                        + " jsonb_build_object('author', md5((i % 500)::text), 'words', i % 3000, 'draft', i % 7 = 0,"
                        + " 'links', jsonb_build_array(i, i + 1, i + 2)), sha512(i::text::bytea) || sha512((i || 'x')::bytea),"
                        + " array[i % 10, i % 100, i % 1000] from generate_series(1, " + documents + ") i",
                "create index documents_by_title on documents (title)",
                "create unique index documents_by_time on documents (at)",
                "vacuum analyze");
    }

    @Override
    public void close() {
        server.close();
        folder.close();
    }
}

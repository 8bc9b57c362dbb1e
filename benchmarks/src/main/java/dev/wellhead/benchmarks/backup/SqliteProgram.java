package dev.wellhead.benchmarks.backup;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.BackupListener;
import dev.wellhead.backup.BackupProgress;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.benchmarks.program.Output;
import dev.wellhead.benchmarks.program.Parking;
import dev.wellhead.core.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/** Copies an SQLite database in one way, while a thread commits as fast as it can, and says what it took. */
public final class SqliteProgram {
    /** The metric: milliseconds until there is a copy. */
    public static final String MILLIS = "ms";
    /** The metric: milliseconds until all is done that comes with it: of ours, until it is compared, packed and published. */
    public static final String WHOLE = "whole-ms";
    /** The metric: bytes of the result. */
    public static final String BYTES = "bytes";
    /** The metric: how much of its commits a second the writer kept meanwhile. */
    public static final String WRITER = "writer.of-alone";

    /** All of them, in the order in which they are shown. */
    public static final List<String> METRICS = List.of(MILLIS, WHOLE, BYTES, WRITER);

    /** Ours. */
    public static final String OURS = "wellhead";
    /** Ours, told to copy no more than so much a second. */
    public static final String HELD_BACK = OURS + ".100-mb-a-second";
    /** The statement, through JDBC. */
    public static final String VACUUM_INTO = "vacuum-into";
    /** The same in SQLite's own shell. */
    public static final String SHELL_VACUUM_INTO = "sqlite3.vacuum-into";
    /** The floor: the file is read and nothing is made of it. */
    public static final String READ = "read";

    /** The snapshot alone, for as long as ours holds one that is held back. */
    public static final String SNAPSHOT = "snapshot.5-s";

    private static final long HELD_BACK_BYTES = 100_000_000;
    private static final Duration HELD = Duration.ofSeconds(5);
    private static final Duration ALONE = Duration.ofMillis(1500);

    private SqliteProgram() {}

    /** Runs it: contender, database file, empty folder. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[1]);
        Path place = Path.of(arguments[2]);
        try (Writer writer = Writer.start(file)) {
            // Once for the code to be compiled.
            writer.rate(ALONE);
            double alone = writer.rate(ALONE);
            long commits = writer.commits();
            long began = System.nanoTime();
            Copied copied = copy(arguments[0], file, place);
            long nanos = System.nanoTime() - began;
            Output.say(MILLIS, Output.millis(copied.at - began));
            Output.say(WHOLE, Output.millis(nanos));
            Output.say(BYTES, copied.bytes);
            Output.say(WRITER, (writer.commits() - commits) / (nanos / 1e9) / alone);
        }
        Output.end();
    }

    /**
     * What came of it.
     *
     * @param at when there was a copy, on the clock of {@link System#nanoTime()}
     * @param bytes size of the result
     */
    private record Copied(long at, double bytes) {
        static Copied now(long bytes) {
            return new Copied(System.nanoTime(), bytes);
        }
    }

    private static Copied backedUp(Path file, Path store, long bytesPerSecond) {
        AtomicLong copied = new AtomicLong();
        AtomicLong looks = new AtomicLong();
        BackupInfo made = Backups.builder(Database.sqlite(file), BackupStore.directory(store))
                .bytesPerSecond(bytesPerSecond)
                // Progress is told at most five times a second: one of these has a second between any two looks, and
                // the other has to know the time.
                .ticker(
                        bytesPerSecond == Long.MAX_VALUE
                                ? () -> Duration.ofSeconds(looks.incrementAndGet())
                                        .toNanos()
                                : Ticker.system())
                .listener(new BackupListener() {
                    @Override
                    public void progressed(BackupProgress progress) {
                        if (progress.phase() == BackupProgress.Phase.COPY) {
                            copied.set(System.nanoTime());
                        }
                    }
                })
                .build()
                .create();
        return new Copied(copied.get(), made.bytes());
    }

    private static Copied copy(String contender, Path file, Path place) throws Exception {
        Path copy = place.resolve("copy.db");
        switch (contender) {
            case OURS -> {
                return backedUp(file, place.resolve("store"), Long.MAX_VALUE);
            }
            case HELD_BACK -> {
                return backedUp(file, place.resolve("store"), HELD_BACK_BYTES);
            }
            case VACUUM_INTO -> {
                try (Connection connection = open(file)) {
                    SqliteRows.execute(connection, "vacuum into '" + copy + "'");
                }
                return Copied.now(Files.size(copy));
            }
            case SHELL_VACUUM_INTO -> {
                Process shell = new ProcessBuilder(
                                "sqlite3", file.toString(), ".timeout 10000", "vacuum into '" + copy + "'")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                if (shell.waitFor() != 0) {
                    throw new IOException("sqlite3 ended with exit code " + shell.exitValue());
                }
                return Copied.now(Files.size(copy));
            }
            case READ -> {
                try (InputStream in = Files.newInputStream(file)) {
                    return Copied.now(in.transferTo(OutputStream.nullOutputStream()));
                }
            }
            case SNAPSHOT -> {
                try (Connection connection = open(file)) {
                    connection.setAutoCommit(false);
                    SqliteRows.execute(connection, "select 1 from sqlite_master");
                    Parking.nanos(HELD.toNanos());
                }
                return Copied.now(0);
            }
            default -> throw new IllegalArgumentException(contender);
        }
    }

    private static Connection open(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(10_000);
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        return config.createConnection("jdbc:sqlite:" + file);
    }

    /** Commits in a thread of its own until it is closed. */
    private static final class Writer implements AutoCloseable {
        private final AtomicLong commits = new AtomicLong();
        private final Connection connection;
        private final Thread thread;
        private volatile boolean closed;
        private volatile @Nullable SQLException failure;

        private Writer(Connection connection) {
            this.connection = connection;
            this.thread = new Thread(this::write, "writer");
        }

        static Writer start(Path file) throws SQLException {
            Writer writer = new Writer(open(file));
            writer.thread.start();
            return writer;
        }

        private void write() {
            try {
                while (!closed) {
                    SqliteRows.write(connection, commits.get());
                    commits.incrementAndGet();
                }
            } catch (SQLException e) {
                failure = e;
            }
        }

        long commits() {
            return commits.get();
        }

        /** Returns how many a second there are. */
        double rate(Duration time) {
            long began = System.nanoTime();
            long before = commits.get();
            Parking.nanos(time.toNanos());
            return (commits.get() - before) / ((System.nanoTime() - began) / 1e9);
        }

        @Override
        public void close() throws Exception {
            closed = true;
            thread.join();
            connection.close();
            SQLException broken = failure;
            if (broken != null) {
                throw broken;
            }
        }
    }
}

package dev.wellhead.benchmarks.migrate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteDataSource;

/** Lets one contender migrate one database in this fresh JVM, and says what it took. */
public final class MigrateProgram {
    /** The metric: milliseconds of the first call, connecting and loading classes included. */
    public static final String COLD = "cold-ms";
    /** The metric: milliseconds of the fastest of later calls, which find nothing pending. */
    public static final String WARM = "warm-ms";
    /** The metric: when the call began, on the clock that all processes of this machine have. */
    public static final String BEGAN = "began-ns";
    /** The metric: when it ended. */
    public static final String ENDED = "ended-ns";
    /** The metric: 1 if it broke. */
    public static final String ERRORS = "errors";

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private MigrateProgram() {}

    /**
     * Runs it: contender, JDBC URL, folder, later calls to make (0 for none); and, if several processes are to begin together,
     * a folder for them to meet in and how many they are.
     */
    public static void main(String[] arguments) throws Exception {
        BenchedMigrator contender = BenchedMigrator.named(arguments[0]);
        DataSource dataSource = dataSource(arguments[1]);
        Path folder = Path.of(arguments[2]);
        if (arguments.length > 4) {
            connect(dataSource);
            meet(Path.of(arguments[4]), Integer.parseInt(arguments[5]));
        }
        long began = System.nanoTime();
        int errors = 0;
        try {
            contender.migrate(dataSource, folder);
        } catch (Exception | OutOfMemoryError e) {
            errors = 1;
            System.err.println(e);
        }
        long ended = System.nanoTime();
        say(COLD, (ended - began) / 1e6);
        say(ERRORS, errors);
        System.out.println(BEGAN + "=" + began);
        System.out.println(ENDED + "=" + ended);
        long fastest = Long.MAX_VALUE;
        int calls = Integer.parseInt(arguments[3]);
        for (int i = 0; i < calls; i++) {
            long start = System.nanoTime();
            contender.migrate(dataSource, folder);
            fastest = Math.min(fastest, System.nanoTime() - start);
        }
        if (calls > 0) {
            say(WARM, fastest / 1e6);
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static DataSource dataSource(String url) {
        if (url.startsWith("jdbc:sqlite:")) {
            SQLiteDataSource sqlite = new SQLiteDataSource();
            sqlite.setUrl(url);
            return sqlite;
        }
        PGSimpleDataSource postgres = new PGSimpleDataSource();
        postgres.setUrl(url);
        return postgres;
    }

    private static void connect(DataSource dataSource) throws Exception {
        try (Connection connection = dataSource.getConnection()) {
            if (!connection.isValid(1)) {
                throw new IllegalStateException("the database does not answer");
            }
        }
    }

    private static void meet(Path place, int parties) throws IOException {
        Files.createFile(place.resolve(Long.toString(ProcessHandle.current().pid())));
        while (arrived(place).size() < parties) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static List<Path> arrived(Path place) {
        try (Stream<Path> files = Files.list(place)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void say(String metric, double value) {
        System.out.println(metric + "=" + value);
    }
}

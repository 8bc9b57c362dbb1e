package dev.wellhead.benchmarks.backup;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.BackupListener;
import dev.wellhead.backup.BackupProgress;
import dev.wellhead.backup.BackupProgress.Phase;
import dev.wellhead.backup.BackupStore;
import dev.wellhead.backup.Backups;
import dev.wellhead.backup.Database;
import dev.wellhead.backup.RestoreTarget;
import dev.wellhead.benchmarks.program.Output;
import dev.wellhead.jdbc.DirectDataSource;
import java.io.OutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;

/** Makes one backup of a PostgreSQL database, or restores one, in this fresh JVM, and says what it took. */
public final class BackupProgram {
    /** The metric: milliseconds of the call, connecting and loading classes included. */
    public static final String MILLIS = "ms";
    /** The metric: bytes in the store. */
    public static final String BYTES = "bytes";
    /** The metric: milliseconds until every stored byte was read and checked. */
    public static final String CHECKED = "checked-ms";
    /** The metric: milliseconds until schema, rows and indexes were there. */
    public static final String LOADED = "loaded-ms";

    private BackupProgram() {}

    /** Runs it: what to do, JDBC URL, user, password, folder of the store, workers, and the name of a new database. */
    public static void main(String[] arguments) throws Exception {
        DirectDataSource source = DirectDataSource.of(arguments[1], arguments[2], arguments[3]);
        Path store = Path.of(arguments[4]);
        Phases phases = new Phases();
        Backups backups = Backups.builder(Database.postgres(source), BackupStore.directory(store))
                .workers(Integer.parseInt(arguments[5]))
                .listener(phases)
                .build();
        switch (arguments[0]) {
            case "create" -> {
                BackupInfo made = backups.create();
                Output.say(MILLIS, phases.sinceStart());
                Output.say(BYTES, made.bytes());
            }
            case "restore" -> {
                String id = backups.list().get(0).id();
                phases.start();
                backups.restore(id, RestoreTarget.newDatabase(arguments[6]));
                Output.say(MILLIS, phases.sinceStart());
                Output.say(CHECKED, phases.begun(Phase.LOAD));
                Output.say(LOADED, phases.begun(Phase.COMPARE));
            }
            case "read" -> {
                double bytes = read(source);
                Output.say(MILLIS, phases.sinceStart());
                Output.say(BYTES, bytes);
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        Output.end();
    }

    /** The floor: every table comes over one connection and nothing is made of it. */
    private static double read(DirectDataSource source) throws Exception {
        Counting counting = new Counting();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(
                    "select oid::regclass::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
            for (String table : tables) {
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyOut("copy " + table + " to stdout (format binary)", counting);
            }
        }
        return counting.bytes;
    }

    private static final class Counting extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] some, int offset, int length) {
            bytes += length;
        }
    }

    /** Notes when each phase was first heard of, which is at most a fifth of a second late. */
    private static final class Phases implements BackupListener {
        private final Map<Phase, Double> begun = new EnumMap<>(Phase.class);
        private long start = System.nanoTime();

        synchronized void start() {
            start = System.nanoTime();
            begun.clear();
        }

        synchronized double sinceStart() {
            return Output.millis(System.nanoTime() - start);
        }

        /** Returns when it was, or now if nothing was heard of it. */
        synchronized double begun(Phase phase) {
            return begun.getOrDefault(phase, sinceStart());
        }

        @Override
        public synchronized void progressed(BackupProgress progress) {
            begun.putIfAbsent(
                    progress.phase(),
                    sinceStart() - Output.millis(progress.elapsed().toNanos()));
        }
    }
}

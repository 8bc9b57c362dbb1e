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
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes one backup of a PostgreSQL database, or restores one, in this fresh JVM or after it has done the same once before, and says
 * what it took.
 */
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
            case "create-again" -> {
                backups.create();
                phases.start();
                BackupInfo made = backups.create();
                Output.say(MILLIS, phases.sinceStart());
                Output.say(BYTES, (double) made.bytes());
            }
            case "create" -> {
                BackupInfo made = backups.create();
                Output.say(MILLIS, phases.sinceStart());
                Output.say(BYTES, (double) made.bytes());
            }
            case "restore" -> restore(backups, arguments[6], phases);
            case "restore-again" -> {
                String target = arguments[6];
                backups.restore(backups.list().get(0).id(), RestoreTarget.newDatabase(target));
                try (Connection connection = source.getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("drop database " + target);
                    statement.execute("checkpoint");
                }
                restore(backups, target, phases);
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

    private static void restore(Backups backups, String target, Phases phases) {
        String id = backups.list().get(0).id();
        phases.start();
        backups.restore(id, RestoreTarget.newDatabase(target));
        double all = phases.sinceStart();
        Output.say(MILLIS, all);
        Output.say(CHECKED, phases.begun(Phase.LOAD, all));
        Output.say(LOADED, phases.begun(Phase.COMPARE, all));
    }

    /** The floor: the server puts every table into the form in which it is sent, and sends nothing. */
    private static double read(DirectDataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            Map<String, Long> sizes = new LinkedHashMap<>();
            try (ResultSet rows = statement.executeQuery("select oid::regclass::text, pg_table_size(oid) from pg_class"
                    + " where relkind = 'r' and relnamespace = 'public'::regnamespace")) {
                while (rows.next()) {
                    sizes.put(rows.getString(1), rows.getLong(2));
                }
            }
            for (String table : sizes.keySet()) {
                statement.execute("copy " + table + " to '/dev/null' (format binary)");
            }
            return sizes.values().stream().mapToDouble(Long::doubleValue).sum();
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

        /** Returns when it was, or this if it was over before anything was heard of it. */
        synchronized double begun(Phase phase, double unheard) {
            return begun.getOrDefault(phase, unheard);
        }

        @Override
        public synchronized void progressed(BackupProgress progress) {
            begun.putIfAbsent(
                    progress.phase(),
                    sinceStart() - Output.millis(progress.elapsed().toNanos()));
        }
    }
}

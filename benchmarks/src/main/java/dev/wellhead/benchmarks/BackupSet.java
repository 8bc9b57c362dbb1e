package dev.wellhead.benchmarks;

import dev.wellhead.benchmarks.backup.BackupProgram;
import dev.wellhead.benchmarks.backup.SqliteProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Our backups beside PostgreSQL's own programs and SQLite's own ways: half a gigabyte out and in again, a small heap, and a
 * writer that wants to go on. Where the programs are not installed, what needs them is left out and nothing is judged by it.
 */
final class BackupSet implements BenchmarkSet {
    private static final String OURS = "wellhead";
    private static final String GZIP = "wellhead.gzip";
    private static final String TWO_WORKERS = "wellhead.2-workers";
    private static final String AGAIN = "wellhead.again";
    private static final String SMALL_HEAP = "wellhead.64m-heap";
    private static final String READ = "read";
    private static final String CUSTOM = "pg_dump.Fc";
    private static final String CUSTOM_PLAIN = "pg_dump.Fc-Z0";
    private static final String RESTORE = "pg_restore.Fd-j2";
    private static final String RESTORE_ONE = "pg_restore.Fc";
    private static final String ERRORS = "errors";

    private static final String ZSTD = "zstd-jni";
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final List<String> DUMP_METRICS = List.of(BackupProgram.MILLIS, BackupProgram.BYTES);
    private static final List<String> RESTORE_METRICS =
            List.of(BackupProgram.MILLIS, BackupProgram.CHECKED, BackupProgram.LOADED);

    private @Nullable BackupDatabases databases;

    @Override
    public String name() {
        return "backup";
    }

    @Override
    public String description() {
        return "half a gigabyte out and in, a small heap, SQLite under a writer; beside pg_dump, pg_restore, VACUUM INTO";
    }

    @Override
    public int rounds(Effort effort) {
        return effort == Effort.FULL ? 5 : 1;
    }

    @Override
    public List<Scenario> open() throws BenchmarkException, InterruptedException {
        BackupDatabases open = BackupDatabases.open();
        databases = open;
        return List.of(
                new Postgres(open).dump(), new Postgres(open).restore(), new Postgres(open).heap(), sqlite(open));
    }

    @Override
    public void close() {
        if (databases != null) {
            databases.close();
        }
    }

    /** The scenarios of PostgreSQL. */
    private record Postgres(BackupDatabases databases) {
        Scenario dump() {
            List<Contender> contenders = new ArrayList<>();
            contenders.add(create(OURS, "create", 1, each -> true));
            contenders.add(create(AGAIN, "create-again", 1, each -> true));
            contenders.add(create(TWO_WORKERS, "create", 2, each -> true));
            contenders.add(create(GZIP, "create", 1, each -> !each.contains(ZSTD)));
            contenders.add(new Contender(
                    READ,
                    (jdk, effort) -> databases.inPlace(place ->
                            program("read", effort, place, 1, List.of()).metrics(jdk, DUMP_METRICS))));
            List<Goal> goals = new ArrayList<>();
            databases.programs().ifPresent(programs -> {
                contenders.add(dump(programs, CUSTOM, List.of("--format=custom")));
                contenders.add(dump(programs, CUSTOM_PLAIN, List.of("--format=custom", "--compress=0")));
                goals.add(faster("dump.of-Fc", OURS, CUSTOM, 3));
                goals.add(faster("dump.of-Fc-Z0", OURS, CUSTOM_PLAIN, 0.75));
                goals.add(faster("dump.again.of-Fc", AGAIN, CUSTOM, 3));
                goals.add(faster("dump.again.of-Fc-Z0", AGAIN, CUSTOM_PLAIN, 0.75));
                goals.add(goal(
                        "dump.size.of-Fc",
                        Figure.ratio(OURS, CUSTOM, BackupProgram.BYTES),
                        Comparison.AT_MOST,
                        1,
                        "x"));
            });
            return new Scenario("dump", contenders, goals);
        }

        private Contender create(String name, String what, int workers, Predicate<String> classPath) {
            return new Contender(
                    name,
                    (jdk, effort) -> databases.inPlace(place -> program(what, effort, place, workers, List.of())
                            .withClassPath(classPath)
                            .metrics(jdk, DUMP_METRICS)));
        }

        private Contender dump(ClientPrograms programs, String name, List<String> options) {
            return new Contender(
                    name,
                    (jdk, effort) -> databases.inPlace(place -> {
                        Map<String, Double> metrics = new LinkedHashMap<>();
                        metrics.put(
                                BackupProgram.MILLIS,
                                programs.run(
                                        databases.server(),
                                        "pg_dump",
                                        with(options, "--file=" + place.resolve("dump"), databases.source(effort))));
                        metrics.put(BackupProgram.BYTES, BackupDatabases.bytes(place));
                        return metrics;
                    }));
        }

        Scenario restore() {
            List<Contender> contenders = new ArrayList<>();
            contenders.add(restore(OURS, "restore", 1));
            contenders.add(restore(TWO_WORKERS, "restore", 2));
            contenders.add(restore(AGAIN, "restore-again", 2));
            List<Goal> goals = new ArrayList<>();
            databases.programs().ifPresent(programs -> {
                contenders.add(restore(programs, RESTORE, List.of("--format=directory"), List.of("--jobs=2")));
                contenders.add(restore(programs, RESTORE_ONE, List.of("--format=custom"), List.of()));
                goals.add(goal(
                        "restore.of-Fd-j2",
                        Figure.ratio(TWO_WORKERS, RESTORE, BackupProgram.MILLIS),
                        Comparison.AT_MOST,
                        1.2,
                        "x"));
                goals.add(goal(
                        "restore.again.of-Fd-j2",
                        Figure.ratio(AGAIN, RESTORE, BackupProgram.MILLIS),
                        Comparison.AT_MOST,
                        1.2,
                        "x"));
            });
            return new Scenario("restore", contenders, goals);
        }

        private Contender restore(String name, String what, int workers) {
            return new Contender(name, (jdk, effort) -> {
                Path store = databases.once(
                        "store-" + effort,
                        place -> program("create", effort, place, 1, List.of()).run(jdk));
                return databases.forTarget(target ->
                        program(what, effort, store, workers, List.of(), target).metrics(jdk, RESTORE_METRICS));
            });
        }

        private Contender restore(
                ClientPrograms programs, String name, List<String> dumpOptions, List<String> options) {
            return new Contender(name, (jdk, effort) -> {
                Path dump = databases.once(
                        name + "-" + effort,
                        place -> programs.run(
                                databases.server(),
                                "pg_dump",
                                with(dumpOptions, "--file=" + place.resolve("dump"), databases.source(effort))));
                return databases.forTarget(target -> {
                    databases.server().administrate("create database " + target + " template template0");
                    double millis = programs.run(
                            databases.server(),
                            "pg_restore",
                            with(
                                    options,
                                    "--exit-on-error",
                                    "--dbname=" + target,
                                    dump.resolve("dump").toString()));
                    return Map.of(BackupProgram.MILLIS, millis);
                });
            });
        }

        Scenario heap() {
            return new Scenario(
                    "heap",
                    List.of(new Contender(
                            SMALL_HEAP,
                            (jdk, effort) -> databases.inPlace(place -> {
                                program("create", effort, place, 2, List.of("-Xmx64m"))
                                        .run(jdk);
                                return databases.forTarget(target -> {
                                    program("restore", effort, place, 2, List.of("-Xmx64m"), target)
                                            .run(jdk);
                                    return Map.of(ERRORS, 0.0);
                                });
                            }))),
                    List.of(goal("heap.errors", Figure.metric(SMALL_HEAP, ERRORS), Comparison.AT_MOST, 0, "errors")));
        }

        private Worker program(String what, Effort effort, Path store, int workers, List<String> flags, String... more)
                throws BenchmarkException, InterruptedException {
            List<String> arguments = new ArrayList<>(List.of(
                    what,
                    databases.server().url(databases.source(effort)),
                    databases.server().user(),
                    databases.server().password(),
                    store.toString(),
                    Integer.toString(workers)));
            arguments.addAll(List.of(more));
            return new Worker(
                    BackupProgram.class, with(Worker.QUIET, flags.toArray(String[]::new)), arguments, TIMEOUT);
        }
    }

    private static Scenario sqlite(BackupDatabases databases) throws InterruptedException {
        List<String> contenders = new ArrayList<>(List.of(
                SqliteProgram.OURS,
                SqliteProgram.HELD_BACK,
                SqliteProgram.VACUUM_INTO,
                SqliteProgram.READ,
                SqliteProgram.SNAPSHOT));
        if (hasShell()) {
            contenders.add(SqliteProgram.SHELL_VACUUM_INTO);
        }
        return new Scenario(
                "sqlite",
                contenders.stream()
                        .map(name -> new Contender(
                                name,
                                (jdk, effort) -> databases.inPlace(place -> {
                                    Path file = copied(databases.sqlite(effort), place);
                                    return new Worker(
                                                    SqliteProgram.class,
                                                    Worker.QUIET,
                                                    List.of(name, file.toString(), place.toString()),
                                                    TIMEOUT)
                                            .metrics(jdk, SqliteProgram.METRICS);
                                })))
                        .toList(),
                List.of(
                        faster("sqlite.of-vacuum-into", SqliteProgram.OURS, SqliteProgram.VACUUM_INTO, 0.4),
                        goal(
                                "sqlite.writer.of-alone",
                                Figure.metric(SqliteProgram.OURS, SqliteProgram.WRITER),
                                Comparison.AT_LEAST,
                                0.85,
                                "x")));
    }

    private static boolean hasShell() throws InterruptedException {
        try {
            return new ProcessBuilder("sqlite3", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path copied(Path file, Path place) throws BenchmarkException {
        try {
            return Files.copy(file, place.resolve("source.db"));
        } catch (IOException e) {
            throw new BenchmarkException(file + " cannot be copied: " + e, e);
        }
    }

    private static List<String> with(List<String> options, String... more) {
        return Stream.concat(options.stream(), Stream.of(more)).toList();
    }

    // How often what takes longer takes the time of the other.
    private static Goal faster(String id, String quick, String slow, double least) {
        return goal(id, Figure.ratio(slow, quick, BackupProgram.MILLIS), Comparison.AT_LEAST, least, "x");
    }

    private static Goal goal(String id, Figure figure, Comparison comparison, double target, String unit) {
        return new Goal("backup." + id, figure, comparison, target, unit);
    }
}

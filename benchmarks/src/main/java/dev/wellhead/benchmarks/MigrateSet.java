package dev.wellhead.benchmarks;

import dev.wellhead.benchmarks.migrate.MigrateProgram;
import dev.wellhead.migrate.Migrator;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/**
 * Our migrator beside Flyway and Liquibase, on the same files and the same server in memory: applying, finding nothing to do,
 * racing, size, and one large script.
 */
final class MigrateSet implements BenchmarkSet {
    private static final String OURS = "wellhead";
    private static final String FLOOR = "floor";
    private static final String FLYWAY = "Flyway";
    private static final String LIQUIBASE = "Liquibase";
    private static final List<String> ALL = List.of(FLOOR, OURS, FLYWAY, LIQUIBASE);

    private static final int FILES = 1000;
    private static final int MANY_FILES = 5000;
    private static final int FEW_FILES = 100;
    private static final int WARM_CALLS = 30;
    private static final long LARGE_BYTES = 138_000_000;
    private static final double MOST_OF_FLOOR_APPLYING = 1.3;
    private static final double MOST_OF_FLOOR_COLD = 1.3;
    private static final double MOST_OF_FLOOR_WARM = 1.2;
    private static final double MOST_OF_ALONE = 1.2;
    private static final double MOST_JAR_KILOBYTES = 200;

    private @Nullable MigrateDatabases databases;

    @Override
    public String name() {
        return "migrate";
    }

    @Override
    public String description() {
        return "apply, nothing pending, a race of 8, a large script, size; beside Flyway, Liquibase and plain JDBC";
    }

    @Override
    public int rounds(Effort effort) {
        return effort == Effort.FULL ? 5 : 1;
    }

    @Override
    public List<Scenario> open() throws BenchmarkException {
        MigrateDatabases open = MigrateDatabases.open();
        databases = open;
        List<Scenario> scenarios = new ArrayList<>();
        scenarios.add(size());
        for (String kind : MigrateDatabases.KINDS) {
            scenarios.add(apply(open, kind));
        }
        for (String kind : MigrateDatabases.KINDS) {
            scenarios.add(nothing(open, kind, FILES, ALL));
        }
        for (String kind : MigrateDatabases.KINDS) {
            scenarios.add(race(open, kind));
        }
        // What the peers take with more files is known to grow with their number; applying them would take minutes.
        for (String kind : MigrateDatabases.KINDS) {
            scenarios.add(nothing(open, kind, MANY_FILES, List.of(FLOOR, OURS)));
        }
        for (String kind : MigrateDatabases.KINDS) {
            scenarios.add(large(open, kind));
        }
        return scenarios;
    }

    @Override
    public void close() {
        if (databases != null) {
            databases.close();
        }
    }

    private static Scenario apply(MigrateDatabases databases, String kind) {
        String name = "apply-" + kind;
        return new Scenario(
                name,
                contenders(ALL, (contender, jdk, effort) -> {
                    MigrateRun run = new MigrateRun(contender, databases.folder(files(effort, FILES)), List.of());
                    try (MigrateDatabases.Fresh fresh = databases.fresh(kind)) {
                        return run.metrics(jdk, fresh.url(), 0, List.of(MigrateProgram.COLD));
                    }
                }),
                List.of(ofFloor(name, MigrateProgram.COLD, MOST_OF_FLOOR_APPLYING)));
    }

    private static Scenario nothing(MigrateDatabases databases, String kind, int files, List<String> contenders) {
        String name = "nothing-" + files + "-" + kind;
        return new Scenario(
                name,
                contenders(contenders, (contender, jdk, effort) -> {
                    Path folder = databases.folder(files(effort, files));
                    MigrateRun run = new MigrateRun(contender, folder, List.of());
                    String url = databases.migrated(kind, contender, folder, run, jdk);
                    return run.metrics(
                            jdk,
                            url,
                            effort == Effort.FULL ? WARM_CALLS : 2,
                            List.of(MigrateProgram.COLD, MigrateProgram.WARM));
                }),
                List.of(
                        ofFloor(name, MigrateProgram.COLD, MOST_OF_FLOOR_COLD),
                        ofFloor(name, MigrateProgram.WARM, MOST_OF_FLOOR_WARM)));
    }

    private static Scenario race(MigrateDatabases databases, String kind) {
        String name = "race-" + kind;
        return new Scenario(
                name,
                // Not Liquibase: some of its processes die, and the others wait for minutes.
                contenders(
                        List.of(OURS, FLYWAY),
                        (contender, jdk, effort) ->
                                new MigrateRace(databases, kind, contender).measure(jdk, files(effort, FILES))),
                List.of(
                        new Goal(
                                "migrate." + name + ".of-alone",
                                Figure.metric(OURS, MigrateRace.OF_ALONE),
                                Comparison.AT_MOST,
                                MOST_OF_ALONE,
                                "x"),
                        new Goal(
                                "migrate." + name + ".errors",
                                Figure.metric(OURS, MigrateRace.ERRORS),
                                Comparison.AT_MOST,
                                0,
                                "errors")));
    }

    private static Scenario large(MigrateDatabases databases, String kind) {
        String name = "large-" + kind;
        return new Scenario(
                name,
                contenders(List.of(OURS, FLYWAY), (contender, jdk, effort) -> {
                    Path folder = databases.large(effort == Effort.FULL ? LARGE_BYTES : LARGE_BYTES / 100);
                    MigrateRun run = new MigrateRun(contender, folder, List.of("-Xmx64m"));
                    try (MigrateDatabases.Fresh fresh = databases.fresh(kind)) {
                        return run.metrics(jdk, fresh.url(), 0, List.of(MigrateProgram.ERRORS, MigrateProgram.COLD));
                    }
                }),
                List.of(new Goal(
                        "migrate." + name + ".errors",
                        Figure.metric(OURS, MigrateProgram.ERRORS),
                        Comparison.AT_MOST,
                        0,
                        "errors")));
    }

    private static Scenario size() {
        return new Scenario(
                "size",
                List.of(
                        new Contender(OURS, (jdk, effort) -> Map.of("kB", kilobytes(Migrator.class))),
                        new Contender(FLYWAY, (jdk, effort) -> Map.of("kB", kilobytes(Flyway.class))),
                        new Contender(LIQUIBASE, (jdk, effort) -> Map.of("kB", kilobytes(liquibase.Scope.class)))),
                List.of(new Goal(
                        "migrate.size.kB", Figure.metric(OURS, "kB"), Comparison.AT_MOST, MOST_JAR_KILOBYTES, "kB")));
    }

    /** Returns the size of the jar that a class comes from; of a folder of classes, their sum. */
    private static double kilobytes(Class<?> type) throws BenchmarkException {
        try {
            Path place = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            try (Stream<Path> files = Files.walk(place)) {
                long bytes = 0;
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    bytes += Files.size(file);
                }
                return bytes / 1000.0;
            }
        } catch (URISyntaxException | IOException e) {
            throw new BenchmarkException("jar of " + type + " cannot be read: " + e, e);
        }
    }

    private static int files(Effort effort, int full) {
        return effort == Effort.FULL ? full : FEW_FILES;
    }

    private static Goal ofFloor(String scenario, String metric, double most) {
        return new Goal(
                "migrate." + scenario + "." + metric + ".of-floor",
                Figure.ratio(OURS, FLOOR, metric),
                Comparison.AT_MOST,
                most,
                "x");
    }

    /** What is done with each contender of a scenario. */
    @FunctionalInterface
    private interface EachMeasurement {
        Map<String, Double> measure(String contender, Jdk jdk, Effort effort)
                throws BenchmarkException, InterruptedException;
    }

    private static List<Contender> contenders(List<String> names, EachMeasurement each) {
        return names.stream()
                .map(name -> new Contender(name, (jdk, effort) -> each.measure(name, jdk, effort)))
                .toList();
    }
}

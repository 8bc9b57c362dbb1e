package dev.wellhead.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs a benchmark set and writes down what it found: what {@code ./bench} starts. */
final class Bench {
    private static final String QUICK = "--quick";
    private static final String USAGE = """
            usage: ./bench NAME [SCENARIO] [--quick]

              Runs the benchmark set NAME beside its peers, prints what was measured, and ends with one line a goal:
                goal <id>@<JDK> <median of all rounds> <comparison> <target> met|missed|tie
              met, missed: all rounds lie on the same side of the target, but for one in five at most; tie: they do not.
              The values of all rounds go to benchmarks/results/NAME.json.

              SCENARIO  only those scenarios whose names begin so; written to benchmarks/target/bench/NAME.json instead
              --quick   few and short rounds, on the current JDK only, to see that it works: no evidence;
                        also written there

              Runs on the JDK that starts it and on the newest one at hand (JAVA_HOME_NEWEST names one elsewhere).
              A contender that fails is measured again, up to twice.
              Exit code: 0 if it ran to the end, whatever became of the goals; 1 if not: what was measured until then is
              written to benchmarks/target/bench/NAME.json.

            sets:
            """;

    private final Path checkout;
    private final String commit;
    private final PrintStream out;
    private final PrintStream err;

    /**
     * Prepares a run.
     *
     * @param checkout the folder that holds {@code benchmarks/}
     * @param commit what is checked out there
     */
    Bench(Path checkout, String commit, PrintStream out, PrintStream err) {
        this.checkout = checkout;
        this.commit = commit;
        this.out = out;
        this.err = err;
    }

    /** Runs from the checkout's root; ends with exit code 0 if it ran to the end, 1 if not. */
    public static void main(String[] arguments) throws InterruptedException {
        // Ctrl-C may end this JVM in the middle of a measurement.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly),
                        "bench-shutdown"));
        String commit = System.getProperty("wellhead.bench.commit", "unknown");
        System.exit(new Bench(Path.of(""), commit, System.out, System.err).run(List.of(arguments)));
    }

    /** Returns the exit code. */
    int run(List<String> arguments) throws InterruptedException {
        List<String> names = new ArrayList<>(arguments);
        Effort effort = names.remove(QUICK) ? Effort.QUICK : Effort.FULL;
        if (names.isEmpty() || names.contains("--help")) {
            out.print(usage());
            return 0;
        }
        Optional<BenchmarkSet> found = names.size() <= 2 ? BenchmarkSets.named(names.get(0)) : Optional.empty();
        if (found.isEmpty()) {
            err.println("bench: no such set: " + String.join(" ", names));
            err.print(usage());
            return 1;
        }
        return run(found.get(), names.size() == 2 ? names.get(1) : "", effort);
    }

    /**
     * Runs a set, closes it and returns the exit code.
     *
     * @param only what the names of the scenarios that are run begin with; empty for all
     */
    int run(BenchmarkSet toRun, String only, Effort effort) throws InterruptedException {
        try (BenchmarkSet set = toRun) {
            measure(set, only, effort);
            return 0;
        } catch (BenchmarkException | IOException e) {
            err.println("bench: " + e.getMessage());
            return 1;
        }
    }

    private void measure(BenchmarkSet set, String only, Effort effort)
            throws BenchmarkException, IOException, InterruptedException {
        List<Jdk> jdks = effort == Effort.FULL ? Jdk.currentAndNewest() : List.of(Jdk.current());
        Report.Run run = new Report.Run(
                set.name(),
                only,
                effort,
                "./bench " + set.name() + (only.isEmpty() ? "" : " " + only)
                        + (effort == Effort.QUICK ? " " + QUICK : ""),
                commit,
                Instant.now(),
                Machine.current(),
                jdks,
                Versions.all());
        if (run.machine().isBusy()) {
            out.println("load " + Numbers.shown(run.machine().load()) + " on "
                    + run.machine().cores() + " cores: others work on this machine, rounds will scatter");
        }
        List<Report.Result> results = new ArrayList<>();
        try {
            for (Scenario scenario : chosen(set.open(), only)) {
                measure(scenario, set, run, results);
            }
        } catch (BenchmarkException e) {
            if (!results.isEmpty()) {
                print("not run to the end; what there is: ", new Report(run, results, false));
            }
            throw e;
        }
        print("all rounds: ", new Report(run, results, true));
    }

    private void print(String where, Report report) throws IOException {
        out.println(where + write(report));
        if (report.run().effort() == Effort.QUICK) {
            out.println("--quick: too few and too short rounds to say anything; these lines are no evidence");
        }
        report.goalLines().forEach(out::println);
    }

    private void measure(Scenario scenario, BenchmarkSet set, Report.Run run, List<Report.Result> results)
            throws BenchmarkException, InterruptedException {
        for (Jdk jdk : run.jdks()) {
            if (scenario.runsOn(jdk)) {
                results.add(measure(scenario, jdk, run.effort(), set.rounds(run.effort())));
            } else {
                out.println(
                        scenario.name() + " needs a JDK " + scenario.leastFeature() + ", " + jdk + " is passed over");
            }
        }
    }

    private static List<Scenario> chosen(List<Scenario> all, String only) throws BenchmarkException {
        List<Scenario> chosen = all.stream()
                .filter(scenario -> scenario.name().startsWith(only))
                .toList();
        if (chosen.isEmpty()) {
            throw new BenchmarkException("no scenario begins with '" + only + "'; there are "
                    + String.join(", ", all.stream().map(Scenario::name).toList()));
        }
        return chosen;
    }

    private Report.Result measure(Scenario scenario, Jdk jdk, Effort effort, int rounds)
            throws BenchmarkException, InterruptedException {
        out.print("measuring " + scenario.name() + " on " + jdk + " ");
        out.flush();
        long start = System.nanoTime();
        List<Round> measured = new Rounds(jdk, effort, rounds, this::again).run(scenario.contenders(), this::progress);
        out.println(" " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) + " s");
        Report.Result result = new Report.Result(scenario, jdk, measured);
        out.println(ResultTable.of(result));
        return result;
    }

    private void progress() {
        out.print('.');
        out.flush();
    }

    private void again(String complaint) {
        out.println();
        out.println("measured again: " + complaint.lines().findFirst().orElse(""));
    }

    private Path write(Report report) throws IOException {
        String folder = report.isEvidence() ? "benchmarks/results" : "benchmarks/target/bench";
        Path file = checkout.resolve(folder).resolve(report.run().set() + ".json");
        Files.createDirectories(file.getParent());
        return Files.writeString(file, report.json());
    }

    private static String usage() {
        StringBuilder usage = new StringBuilder(USAGE);
        for (BenchmarkSet set : BenchmarkSets.all()) {
            usage.append(String.format(Locale.ROOT, "  %-12s %s%n", set.name(), set.description()));
        }
        return usage.toString();
    }
}

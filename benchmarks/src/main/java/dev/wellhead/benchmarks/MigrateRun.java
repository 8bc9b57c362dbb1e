package dev.wellhead.benchmarks;

import dev.wellhead.benchmarks.migrate.MigrateProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One contender and one folder; run in JVMs of their own.
 *
 * @param contender who migrates
 * @param folder the migrations
 * @param jvmFlags flags of the JVM
 */
record MigrateRun(String contender, Path folder, List<String> jvmFlags) {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    /**
     * Runs it once.
     *
     * @param laterCalls how often it is called again
     */
    Map<String, Double> metrics(Jdk jdk, String url, int laterCalls, List<String> metrics)
            throws BenchmarkException, InterruptedException {
        return worker(url, Integer.toString(laterCalls)).metrics(jdk, metrics);
    }

    /** Returns it as a process that waits for others before it begins. */
    Worker racing(String url, Path place, int parties) {
        return worker(url, "0", place.toString(), Integer.toString(parties));
    }

    private Worker worker(String url, String... more) {
        List<String> flags = new ArrayList<>(jvmFlags);
        // What is printed, and how fast, is the host's affair.
        flags.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        List<String> arguments = new ArrayList<>(List.of(contender, url, folder.toString()));
        arguments.addAll(List.of(more));
        return new Worker(MigrateProgram.class, flags, arguments, TIMEOUT);
    }
}

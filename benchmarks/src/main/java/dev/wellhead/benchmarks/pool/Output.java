package dev.wellhead.benchmarks.pool;

import java.util.Map;
import java.util.logging.LogManager;

/** How the programs of this package say what they found. */
final class Output {
    private Output() {}

    /** Takes the handlers from {@code java.util.logging}: what is logged, and how fast, is the host's affair. */
    static void silenceLogs() {
        LogManager.getLogManager().reset();
    }

    /** Prints one line a metric. */
    static void print(Map<String, Double> metrics) {
        print("", metrics);
    }

    /** Prints one line a metric, each with this before it. */
    static void print(String prefix, Map<String, Double> metrics) {
        metrics.forEach((name, value) -> System.out.println(prefix + name + "=" + value));
    }

    /** Ends this JVM: a pool that does not stop its threads is not what is measured. */
    static void end() {
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}

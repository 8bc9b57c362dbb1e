package dev.wellhead.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where it was measured.
 *
 * @param system the operating system and its architecture
 * @param processor the model, or {@code unknown}
 * @param cores how many of them the JVM may use
 * @param load how many threads wanted a core in the last minute, all programs together; below zero if unknown
 */
record Machine(String system, String processor, int cores, double load) {
    /** Returns this machine as it is now. */
    static Machine current() {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        return new Machine(system, modelName(), Runtime.getRuntime().availableProcessors(), loadOfLastMinute());
    }

    /** Returns whether others keep this machine busy, so that rounds will scatter. */
    boolean isBusy() {
        return load > cores / 2.0;
    }

    private static double loadOfLastMinute() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static String modelName() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            // Only Linux has this file.
            return "unknown";
        }
    }
}

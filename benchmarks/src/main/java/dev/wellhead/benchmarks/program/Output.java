package dev.wellhead.benchmarks.program;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;
import java.util.stream.Collectors;

/** What a program says to the one that started it: one line a metric. */
public final class Output {
    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private Output() {}

    /** Takes the handlers from {@code java.util.logging}: what is logged, and how fast, is the host's affair. */
    public static void silenceLogs() {
        LogManager.getLogManager().reset();
    }

    /** Says a number. */
    public static void say(String metric, double value) {
        System.out.println(metric + "=" + value);
    }

    /** Says many numbers, in milliseconds. */
    public static void say(String metric, long[] nanos) {
        System.out.println(metric + "="
                + Arrays.stream(nanos)
                        .mapToObj(each -> Double.toString(millis(each)))
                        .collect(Collectors.joining(",")));
    }

    /** Says numbers by their metrics. */
    public static void say(Map<String, Double> metrics) {
        say("", metrics);
    }

    /** Says numbers by their metrics, each with this before it. */
    public static void say(String prefix, Map<String, Double> metrics) {
        metrics.forEach((metric, value) -> say(prefix + metric, value));
    }

    /** Returns milliseconds. */
    public static double millis(long nanos) {
        return nanos / NANOS_PER_MILLI;
    }

    /** Ends this JVM: what peers leave running is neither waited for nor measured. */
    public static void end() {
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}

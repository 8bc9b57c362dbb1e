package dev.wellhead.benchmarks.cache;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What a program says to the one that started it. */
final class Output {
    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private Output() {}

    /** Says a number. */
    static void say(String metric, double value) {
        System.out.println(metric + "=" + value);
    }

    /** Says many numbers, in milliseconds. */
    static void say(String metric, long[] nanos) {
        System.out.println(metric + "="
                + Arrays.stream(nanos)
                        .mapToObj(each -> Double.toString(millis(each)))
                        .collect(Collectors.joining(",")));
    }

    static double millis(long nanos) {
        return nanos / NANOS_PER_MILLI;
    }

    /** Ends this JVM: what peers leave running is not waited for. */
    static void end() {
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}

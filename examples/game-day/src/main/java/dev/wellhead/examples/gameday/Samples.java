package dev.wellhead.examples.gameday;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What became of each request. Thread-safe. */
final class Samples {
    private static final String OK = "ok";

    private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();

    /**
     * One request.
     *
     * @param intended when it should have been sent, by {@link System#nanoTime()}
     * @param nanos from then until its answer
     * @param outcome ok, or what a user would call it
     */
    private record Sample(long intended, long nanos, String outcome) {
        boolean failed() {
            return !outcome.equals(OK);
        }
    }

    /**
     * What became of the requests of some time.
     *
     * @param requests how many were to be sent
     * @param failures how many failed, by what a user would call it
     * @param p50 milliseconds from the moment at which a request should have been sent, failed ones included
     */
    record Summary(int requests, Map<String, Long> failures, double p50, double p99, double max) {
        long failed() {
            return failures.values().stream().mapToLong(Long::longValue).sum();
        }

        /** Returns the share of those that failed, in per cent. */
        double errorRate() {
            return requests == 0 ? 0 : 100.0 * failed() / requests;
        }
    }

    void ok(long intended, long nanos) {
        samples.add(new Sample(intended, nanos, OK));
    }

    void failed(long intended, long nanos, String outcome) {
        samples.add(new Sample(intended, nanos, outcome));
    }

    /** Forgets what should have been sent before this moment. */
    void forgetBefore(long moment) {
        samples.removeIf(sample -> sample.intended - moment < 0);
    }

    /** Returns what became of those that should have been sent from the one moment until before the other. */
    Summary summary(long from, long to) {
        List<Sample> chosen = samples.stream()
                .filter(sample -> sample.intended - from >= 0 && sample.intended - to < 0)
                .toList();
        Map<String, Long> failures = new TreeMap<>();
        chosen.stream().filter(Sample::failed).forEach(sample -> failures.merge(sample.outcome, 1L, Long::sum));
        long[] sorted = chosen.stream().mapToLong(Sample::nanos).sorted().toArray();
        return new Summary(chosen.size(), failures, millis(sorted, 0.50), millis(sorted, 0.99), millis(sorted, 1));
    }

    /** The smallest value that at least this share of all do not exceed; NaN of none. */
    private static double millis(long[] sorted, double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        assert Arrays.stream(sorted).allMatch(value -> value >= 0);
        return sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
    }
}

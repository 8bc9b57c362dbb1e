package dev.wellhead.benchmarks;

import java.time.Duration;
import java.util.List;

/** Measures what is known before, to see whether this machine and this frame can be trusted. */
final class CalibrationSet implements BenchmarkSet {
    private static final JmhMeasurement.Length LENGTH = new JmhMeasurement.Length(3, 5, Duration.ofMillis(200));

    @Override
    public String name() {
        return "calibration";
    }

    @Override
    public String description() {
        return "the frame itself: nothing, a known allocation, and the same thing twice";
    }

    @Override
    public int rounds(Effort effort) {
        return effort == Effort.FULL ? 7 : 2;
    }

    @Override
    public List<Scenario> open() {
        Figure array = Figure.metric("array", JmhMeasurement.BYTES);
        Figure twins = Figure.ratio("twin", "array", JmhMeasurement.NANOS);
        return List.of(new Scenario(
                "jmh",
                List.of(contender("nothing"), contender("array"), contender("twin")),
                List.of(
                        new Goal(
                                "calibration.nothing.bytes",
                                Figure.metric("nothing", JmhMeasurement.BYTES),
                                Comparison.AT_MOST,
                                0.5,
                                "B"),
                        new Goal(
                                "calibration.array.bytes.most",
                                array,
                                Comparison.AT_MOST,
                                CalibrationBenchmark.ARRAY_BYTES + 0.5,
                                "B"),
                        new Goal(
                                "calibration.array.bytes.least",
                                array,
                                Comparison.AT_LEAST,
                                CalibrationBenchmark.ARRAY_BYTES - 0.5,
                                "B"),
                        new Goal("calibration.twins.most", twins, Comparison.AT_MOST, 1.1, "x"),
                        new Goal("calibration.twins.least", twins, Comparison.AT_LEAST, 0.9, "x"))));
    }

    private static Contender contender(String method) {
        return new Contender(
                method, JmhMeasurement.of(CalibrationBenchmark.class, method).withLength(LENGTH));
    }
}

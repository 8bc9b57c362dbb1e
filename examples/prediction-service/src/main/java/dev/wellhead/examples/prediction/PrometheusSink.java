package dev.wellhead.examples.prediction;

import dev.wellhead.core.MetricSink;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * Keeps what the modules measure and writes it in Prometheus' text format, version 0.0.4. Thread-safe; an instrument is
 * one atomic add.
 */
final class PrometheusSink implements MetricSink {
    private static final double[] BUCKET_SECONDS = {
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };

    // Series by name and labels, so that a family's lines stand together.
    private final Map<Series, LongAdder> counters = new ConcurrentSkipListMap<>();
    private final Map<Series, Histogram> timers = new ConcurrentSkipListMap<>();
    private final Map<Series, DoubleSupplier> gauges = new ConcurrentSkipListMap<>();

    private record Series(String name, String labels) implements Comparable<Series> {
        static Series of(String dotted, String suffix, String... tags) {
            StringBuilder labels = new StringBuilder();
            Map<String, String> sorted = new TreeMap<>();
            for (int i = 0; i + 1 < tags.length; i += 2) {
                sorted.put(underscored(tags[i]), tags[i + 1]);
            }
            sorted.forEach((key, value) -> labels.append(labels.length() == 0 ? "" : ",")
                    .append(key)
                    .append("=\"")
                    .append(escaped(value))
                    .append('"'));
            return new Series(underscored(dotted) + suffix, labels.toString());
        }

        /** Returns the labels in braces, with one more in front if it is not empty. */
        String braces(String more) {
            String all = more.isEmpty() || labels.isEmpty() ? more + labels : more + "," + labels;
            return all.isEmpty() ? "" : "{" + all + "}";
        }

        private static String underscored(String dotted) {
            return dotted.replaceAll("[^A-Za-z0-9_]", "_");
        }

        private static String escaped(String value) {
            return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        }

        @Override
        public int compareTo(Series other) {
            int byName = name.compareTo(other.name);
            return byName != 0 ? byName : labels.compareTo(other.labels);
        }
    }

    private static final class Histogram {
        private final AtomicLongArray buckets = new AtomicLongArray(BUCKET_SECONDS.length + 1);
        private final LongAdder nanos = new LongAdder();

        void record(long duration) {
            int at = Arrays.binarySearch(BUCKET_SECONDS, duration / 1e9);
            buckets.incrementAndGet(at < 0 ? -at - 1 : at);
            nanos.add(duration);
        }
    }

    @Override
    public Counter counter(String name, String... tags) {
        return counters.computeIfAbsent(Series.of(name, "_total", tags), series -> new LongAdder())::add;
    }

    @Override
    public Timer timer(String name, String... tags) {
        return timers.computeIfAbsent(Series.of(name, "_seconds", tags), series -> new Histogram())::record;
    }

    @Override
    public Registration gauge(String name, DoubleSupplier value, String... tags) {
        Series series = Series.of(name, "", tags);
        gauges.put(series, value);
        return () -> gauges.remove(series, value);
    }

    /** Returns everything as text. Reads the gauges, so it may take as long as they do. */
    String text() {
        StringBuilder out = new StringBuilder(8192);
        String[] family = {""};
        counters.forEach((series, value) -> {
            type(out, family, series.name(), "counter");
            line(out, series.name() + series.braces(""), (double) value.sum());
        });
        timers.forEach((series, histogram) -> {
            type(out, family, series.name(), "histogram");
            write(out, series, histogram);
        });
        gauges.forEach((series, value) -> {
            type(out, family, series.name(), "gauge");
            line(out, series.name() + series.braces(""), value.getAsDouble());
        });
        return out.toString();
    }

    private static void write(StringBuilder out, Series series, Histogram histogram) {
        long count = 0;
        for (int i = 0; i <= BUCKET_SECONDS.length; i++) {
            count += histogram.buckets.get(i);
            String bound = i == BUCKET_SECONDS.length ? "+Inf" : number(BUCKET_SECONDS[i]);
            line(out, series.name() + "_bucket" + series.braces("le=\"" + bound + "\""), (double) count);
        }
        line(out, series.name() + "_sum" + series.braces(""), histogram.nanos.sum() / 1e9);
        line(out, series.name() + "_count" + series.braces(""), (double) count);
    }

    private static void type(StringBuilder out, String[] family, String name, String type) {
        if (!family[0].equals(name)) {
            family[0] = name;
            out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        }
    }

    private static void line(StringBuilder out, String series, double value) {
        out.append(series).append(' ').append(number(value)).append('\n');
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
        return whole ? String.format(Locale.ROOT, "%.0f", value) : Double.toString(value);
    }
}

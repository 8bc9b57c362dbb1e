package dev.wellhead.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Prometheus reads of all modules after each has worked, and after Redis has gone. */
final class Scraped {
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final String text;
    private final Map<String, String> types = new TreeMap<>();
    private final Map<String, Set<String>> labels = new TreeMap<>();
    private final List<Sample> samples = new ArrayList<>();
    private final List<Meter.Id> meters;
    private final List<String> afterClosing;
    private final int afterClosingTheSink;

    /** One line. */
    record Sample(String name, Map<String, String> labels, double value) {}

    private static final class Once {
        static final Scraped RESULT = run();
    }

    static Scraped get() {
        return Once.RESULT;
    }

    private static Scraped run() {
        try {
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            MicrometerSink sink = MicrometerSink.builder(registry).hikariNames().build();
            Path folder = Files.createTempDirectory("backups");
            String text;
            List<Meter.Id> meters;
            try (AllModules modules = new AllModules(sink, folder)) {
                modules.work();
                modules.loseRedis();
                text = registry.scrape();
                meters = registry.getMeters().stream().map(Meter::getId).toList();
            }
            List<String> left = registry.getMeters().stream()
                    .filter(meter -> meter.getId().getType() == Meter.Type.GAUGE)
                    .map(meter -> meter.getId().getName())
                    .toList();
            sink.close();
            return new Scraped(text, meters, left, registry.getMeters().size());
        } catch (Exception e) {
            throw new IllegalStateException("the modules could not be run", e);
        }
    }

    private Scraped(String text, List<Meter.Id> meters, List<String> afterClosing, int afterClosingTheSink) {
        this.text = text;
        this.meters = meters;
        this.afterClosing = afterClosing;
        this.afterClosingTheSink = afterClosingTheSink;
        text.lines().forEach(this::read);
    }

    private void read(String line) {
        Matcher type = TYPE.matcher(line);
        if (type.matches()) {
            types.put(type.group(1), type.group(2));
            return;
        }
        Matcher sample = SAMPLE.matcher(line);
        if (sample.matches()) {
            Map<String, String> found = new LinkedHashMap<>();
            if (sample.group(2) != null) {
                LABEL.matcher(sample.group(2)).results().forEach(label -> found.put(label.group(1), label.group(2)));
            }
            labels.computeIfAbsent(sample.group(1), name -> new TreeSet<>()).addAll(found.keySet());
            samples.add(new Sample(
                    sample.group(1), found, Double.parseDouble(sample.group(3).replace("Inf", "Infinity"))));
        }
    }

    String text() {
        return text;
    }

    /** Types by family. */
    Map<String, String> types() {
        return types;
    }

    /** Keys of labels by the name of a sample. */
    Map<String, Set<String>> labels() {
        return labels;
    }

    List<Meter.Id> meters() {
        return meters;
    }

    /** Names of the gauges that were left when all modules were closed. */
    List<String> afterClosing() {
        return afterClosing;
    }

    /** How many meters were left when the sink was closed, too. */
    int afterClosingTheSink() {
        return afterClosingTheSink;
    }

    /** Returns the sum of the samples of this name with all of these labels. */
    double sum(String name, String... wanted) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name))
                .filter(sample -> {
                    for (int i = 0; i < wanted.length; i += 2) {
                        if (!wanted[i + 1].equals(sample.labels().get(wanted[i]))) {
                            return false;
                        }
                    }
                    return true;
                })
                .mapToDouble(Sample::value)
                .sum();
    }
}

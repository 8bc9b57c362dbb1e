package dev.wellhead.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What it costs a starting service to build the main object of each module, without I/O: time and loaded classes in a fresh
 * JVM that has loaded the driver, beside a JVM that stops there, and beside the peer.
 */
final class StartupSet implements BenchmarkSet {
    /** The metric: milliseconds of the build, without the start of the JVM. */
    static final String MILLIS = "ms";
    /** The metric: classes loaded during the build, those of the JDK included. */
    static final String CLASSES = "classes";
    /** The metric: all classes that the JVM has loaded in the end. */
    static final String JVM_CLASSES = "classes.jvm";

    private static final List<String> METRICS = List.of(MILLIS, CLASSES, JVM_CLASSES);
    private static final double MOST_MILLIS = 60;
    private static final double MOST_CLASSES = 400;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    // Whether INFO is printed, and how fast, is the host's affair.
    private static final List<String> FLAGS = List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

    @Override
    public String name() {
        return "startup";
    }

    @Override
    public String description() {
        return "time and classes to build each module's main object in a fresh JVM, beside HikariCP and Flyway";
    }

    @Override
    public int rounds(Effort effort) {
        return effort == Effort.FULL ? 11 : 2;
    }

    @Override
    public List<Scenario> open() {
        return List.of(
                scenario("pool", "driver", List.of("pool"), List.of("HikariCP")),
                scenario("migrate", "driver", List.of("migrate"), List.of("Flyway")),
                scenario("backup", "driver", List.of("backup"), List.of()),
                scenario("in-memory", "jvm", List.of("cache.local", "ratelimit.memory"), List.of()),
                // Our client's driver is Lettuce; what that costs over a bare JVM is shown, not judged.
                scenario("redis", "lettuce", List.of("redis"), List.of(), "jvm"),
                scenario("on-redis", "client", List.of("cache.redis", "ratelimit.redis"), List.of()));
    }

    /**
     * Returns a scenario that judges each of ours by what it takes over the floor, and beside each peer.
     *
     * @param others are measured only
     */
    private static Scenario scenario(
            String name, String floor, List<String> ours, List<String> peers, String... others) {
        List<Goal> goals = new ArrayList<>();
        for (String our : ours) {
            goals.add(over(floor, our, MILLIS, MOST_MILLIS));
            goals.add(over(floor, our, CLASSES, MOST_CLASSES));
            for (String peer : peers) {
                goals.add(beside(peer, our, MILLIS));
                goals.add(beside(peer, our, CLASSES));
            }
        }
        List<Contender> contenders = Stream.of(List.of(floor), ours, peers, List.of(others))
                .flatMap(List::stream)
                .map(contender -> new Contender(contender, (jdk, effort) -> measure(contender, jdk)))
                .toList();
        return new Scenario(name, contenders, goals);
    }

    private static Goal over(String floor, String our, String metric, double most) {
        return new Goal(
                "startup." + our + "." + metric, Figure.over(floor, our, metric), Comparison.AT_MOST, most, metric);
    }

    private static Goal beside(String peer, String our, String metric) {
        return new Goal(
                "startup." + our + "." + metric + ".of-" + peer,
                Figure.ratio(our, peer, metric),
                Comparison.AT_MOST,
                1,
                "x");
    }

    private static Map<String, Double> measure(String startupCase, Jdk jdk)
            throws BenchmarkException, InterruptedException {
        return new Worker(StartupChild.class, FLAGS, List.of(startupCase), TIMEOUT).metrics(jdk, METRICS);
    }
}

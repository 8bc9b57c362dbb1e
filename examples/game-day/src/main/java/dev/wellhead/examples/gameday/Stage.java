package dev.wellhead.examples.gameday;

import dev.wellhead.examples.gameday.Outcome.Finding;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What a scene has to work with, and where it puts down what it saw. For one thread. */
final class Stage {
    private static final Duration LOG_PATIENCE = Duration.ofSeconds(15);
    // Each look reads the whole logs.
    static final Duration LOG_POLL = Duration.ofMillis(250);

    private static final int LONGEST_QUOTE = 260;

    private final Fleet fleet;
    private final Balancer balancer;
    private final Timing timing;
    private final Instant begun;
    private final long begunNanos = System.nanoTime();
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, Double> counted = new HashMap<>();

    Stage(Fleet fleet, Balancer balancer, Timing timing, Clock clock) {
        this.fleet = fleet;
        this.balancer = balancer;
        this.timing = timing;
        this.begun = clock.instant();
    }

    Fleet fleet() {
        return fleet;
    }

    Balancer balancer() {
        return balancer;
    }

    Timing timing() {
        return timing;
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** Puts down what was measured, whatever it was. */
    void note(String text) {
        expect(true, text);
    }

    /** Puts down what should be so. */
    void expect(boolean seen, String text) {
        findings.add(new Finding(seen, fleet.withoutPlaces(text)));
    }

    /** Remembers how far a counter of all replicas is, for {@link #expectGrowth}. */
    void count(String metric, String label) {
        counted.put(metric + label, fleet.sum(metric, label));
    }

    /** Puts down by how much a counter has grown since {@link #count}, which should be by something. */
    void expectGrowth(String metric, String label) {
        double grown = fleet.sum(metric, label) - counted.getOrDefault(metric + label, 0.0);
        expect(
                grown > 0,
                String.format(
                        Locale.ROOT, "metric `%s%s`: %+.0f", metric, label.isEmpty() ? "" : "{" + label + "}", grown));
    }

    /** Puts down the first line of the scene that holds this text, which there should be. */
    void expectLog(String text) {
        expectLog(text, line -> line.contains(text));
    }

    /** Puts down the first line of the scene for which this holds, which there should be. */
    void expectLog(String what, Predicate<String> wanted) {
        boolean found =
                Waiting.until(LOG_PATIENCE, LOG_POLL, () -> logged(wanted).isPresent());
        expect(found, "log, " + (found ? logged(wanted).map(Stage::quoted).orElse("") : "a line about `" + what + "`"));
    }

    /** Returns the first line of the scene for which this holds. */
    Optional<LogLine> logged(Predicate<String> wanted) {
        return fleet.logSince(begun).stream()
                .filter(line -> wanted.test(line.message()))
                .findFirst();
    }

    /** Returns how many lines of the scene hold this text. */
    long countLogged(String text) {
        return fleet.logSince(begun).stream()
                .filter(line -> line.message().contains(text))
                .count();
    }

    /** Returns whether a replica has come to say this since the scene began. */
    boolean hasSaid(int replica, String status) {
        return balancer.status(replica).equals(status)
                || balancer.changesSince(begunNanos).stream()
                        .anyMatch(change ->
                                change.replica() == replica && change.status().equals(status));
    }

    /** A stack is quoted down to the frame that matters: the first that is not the library's own. */
    private static String quoted(LogLine line) {
        String[] lines = line.message().split("\n\tat ", -1);
        StringBuilder text = new StringBuilder(lines[0]);
        for (int i = 1; i < lines.length; i++) {
            if (lines[i].startsWith("dev.wellhead.examples.")) {
                text.append(" at ").append(lines[i]);
                break;
            }
        }
        String quote = text.toString().replaceAll("\\s+", " ").replace('`', '\'');
        return line.level() + ": `"
                + (quote.length() > LONGEST_QUOTE ? quote.substring(0, LONGEST_QUOTE) + "..." : quote) + "`";
    }
}

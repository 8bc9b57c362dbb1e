package dev.wellhead.examples.gameday;

import dev.wellhead.examples.gameday.Outcome.Finding;
import dev.wellhead.examples.gameday.Samples.Summary;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes what came of the day as Markdown. All methods are pure. */
final class Report {
    private Report() {}

    /** A scene and what came of it. */
    record Played(Scene scene, Outcome outcome) {}

    static String of(String command, Timing timing, List<Played> day) {
        StringBuilder text = new StringBuilder(8192);
        text.append("# A game day\n\nWritten by `")
                .append(command)
                .append("`. ")
                .append(setting(timing))
                .append("\n\n");
        text.append(
                "| what went wrong | requests | failed | p50 / p99 before, ms | during | after | all up again after |\n");
        text.append("|---|---|---|---|---|---|---|\n");
        day.forEach(played -> text.append(row(played)));
        day.forEach(played -> text.append(section(played)));
        return text.toString();
    }

    private static String setting(Timing timing) {
        return String.format(
                Locale.ROOT,
                "%d replicas of the [prediction service](../examples/prediction-service), each a JVM with a pool of %d"
                        + " connections, on one PostgreSQL and one Redis; %d requests a second from one load generator, all on one"
                        + " machine with %d cores (Java %d).%n%nThe load is open: each request is due at its moment, whether"
                        + " others were answered or not, and its time counts from then. A balancer asks each replica for"
                        + " `/health/ready` ten times a second, sends nothing to one that is not ready, and repeats nothing."
                        + " \"During\" ends when all replicas say `up` again; requests, failures and what was seen are those of"
                        + " that time. The last column counts from the moment at which things were mended.",
                Fleet.REPLICAS,
                Fleet.POOL_SIZE,
                timing.perSecond(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature());
    }

    private static String row(Played played) {
        Outcome outcome = played.outcome();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %s | %s | %s | %s | %s |%n",
                played.scene().title(),
                outcome.during().requests(),
                failed(outcome.during()),
                times(outcome.before()),
                times(outcome.during()),
                times(outcome.after()),
                readyAgain(outcome));
    }

    private static String section(Played played) {
        Outcome outcome = played.outcome();
        StringBuilder text = new StringBuilder(1024);
        text.append("\n## ").append(played.scene().title()).append("\n\n");
        text.append(played.scene().told()).append("\n\n");
        text.append("| | requests | failed | p50, ms | p99, ms | longest, ms |\n|---|---|---|---|---|---|\n");
        text.append(phase("before", outcome.before()));
        text.append(phase("during", outcome.during()));
        text.append(phase("after", outcome.after()));
        text.append("\nAll replicas up again after ")
                .append(readyAgain(outcome))
                .append(". What was seen:\n\n");
        for (Finding finding : outcome.findings()) {
            text.append("- ")
                    .append(finding.seen() ? "" : "**NOT SEEN**: ")
                    .append(finding.text())
                    .append('\n');
        }
        return text.append('\n')
                .append(played.scene().reading(outcome))
                .append('\n')
                .toString();
    }

    private static String phase(String name, Summary summary) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %s | %s | %s | %s |%n",
                name,
                summary.requests(),
                failed(summary),
                millis(summary.p50()),
                millis(summary.p99()),
                millis(summary.max()));
    }

    private static String failed(Summary summary) {
        if (summary.failed() == 0) {
            return "0";
        }
        String kinds = summary.failures().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(kind -> kind.getKey() + ": " + kind.getValue())
                .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "%.1f %% (%s)", summary.errorRate(), kinds);
    }

    private static String times(Summary summary) {
        return millis(summary.p50()) + " / " + millis(summary.p99());
    }

    private static String millis(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    }

    private static String readyAgain(Outcome outcome) {
        return outcome.readyAgain()
                .map(time -> String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3))
                .orElse("**not in time**");
    }
}

package dev.wellhead.cli.doctor;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The pools of a fleet, by their options' names. Immutable.
 *
 * @param size how many connections one of them may open
 * @param sizeIsGuessed whether nobody said so
 * @param instances how many of them there are
 * @param options as given, as {@code maxLifetime} with {@code 30m}
 */
public record PoolPlan(int size, boolean sizeIsGuessed, int instances, Map<String, String> options) {
    private static final int USUAL_SIZE = 10;
    private static final Duration USUAL_KEEPALIVE = Duration.ofMinutes(2);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h)");

    /**
     * Returns the pools that are described so.
     *
     * @param options those in the URL, as {@code maxSize} with {@code 20}
     * @param size said otherwise; null if not
     * @param instances null if not said
     */
    public static PoolPlan of(Map<String, String> options, @Nullable Integer size, @Nullable Integer instances) {
        String inUrl = options.getOrDefault("maxSize", "");
        boolean isNumber = inUrl.matches("\\d{1,6}");
        int given = isNumber ? Integer.parseInt(inUrl) : USUAL_SIZE;
        return new PoolPlan(
                size == null ? given : size,
                size == null && !isNumber,
                instances == null ? 1 : instances,
                Map.copyOf(options));
    }

    /** Looks at what can be seen without a server. */
    public void examine(Examination examination) {
        examination.check(
                Rule.ENDLESS_LIFE,
                isOff("maxLifetime"),
                "wellhead.maxLifetime in the URL",
                "maxLifetime=off",
                "leave it out for 30 minutes, or set it below what firewalls and failovers ask for");
        examination.check(
                Rule.LONG_WAIT,
                duration("acquireTimeout")
                        .map(wait -> wait.compareTo(LONGEST_WAIT) > 0)
                        .orElse(false),
                "wellhead.acquireTimeout in the URL",
                "acquireTimeout=" + options.getOrDefault("acquireTimeout", ""),
                "set it below the timeout of whoever calls the service: 5 s is the default");
        examination.check(
                Rule.LEAKS_UNSEEN,
                isOff("leakThreshold"),
                "wellhead.leakThreshold in the URL",
                "leakThreshold=off",
                "leave it out for 60 s, or set it above the longest honest loan");
    }

    /** Returns after which time an idle connection is used by the pool itself. */
    Duration keepalive() {
        return duration("keepalive").orElse(USUAL_KEEPALIVE);
    }

    /** Returns how many connections all of them may open. */
    long all() {
        return (long) size * instances;
    }

    /** Returns the sum in words. */
    String inWords() {
        return instances
                + (instances == 1 ? " pool of " : " pools of ")
                + size
                + (sizeIsGuessed ? " (the default; nobody said)" : "")
                + (instances == 1 ? "" : " = " + all());
    }

    private boolean isOff(String option) {
        return options.getOrDefault(option, "").equals("off");
    }

    private Optional<Duration> duration(String option) {
        Matcher parts = DURATION.matcher(options.getOrDefault(option, ""));
        if (!parts.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(parts.group(1));
        return Optional.of(
                switch (parts.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    default -> Duration.ofHours(amount);
                });
    }
}

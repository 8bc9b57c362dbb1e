package dev.wellhead.examples.prediction;

import dev.wellhead.core.Redaction;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them into an environment: {@code 500ms}, {@code 2s}, {@code 5m}, {@code 1h}. */
final class DurationText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private DurationText() {}

    /**
     * Reads a duration.
     *
     * @param name the setting that it stands in
     * @throws SettingsException if it is none
     */
    static Duration parse(String name, String text) {
        Matcher parts = FORM.matcher(text.strip());
        if (!parts.matches()) {
            throw new SettingsException(
                    name + " must be a duration such as 500ms, 2s, 5m or 1h, was '" + Redaction.printable(text) + "'");
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    /**
     * Reads a duration that is not zero.
     *
     * @throws SettingsException if it is none, or zero
     */
    static Duration positive(String name, String text) {
        Duration duration = parse(name, text);
        if (duration.isZero()) {
            throw new SettingsException(name + " must be above zero, was '" + Redaction.printable(text) + "'");
        }
        return duration;
    }
}

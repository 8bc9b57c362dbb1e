package dev.wellhead.pool;

import dev.wellhead.core.Redaction;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * A JDBC URL that says how its pool shall be: the URL the driver gets, and what the {@code wellhead.} parameters ask for,
 * by the option's name. Immutable.
 */
record PoolUrl(String driverUrl, Map<String, Consumer<ConnectionPool.Builder>> options) {
    private static final String PREFIX = "wellhead.";

    /**
     * Takes the URL apart. Parameters begin at the first question mark and stand between ampersands.
     *
     * @throws IllegalArgumentException if an option is unknown, set twice, or has a bad value; without the URL, which may
     *     hold secrets
     */
    static PoolUrl parse(String url) {
        int question = url.indexOf('?');
        if (question < 0 || url.indexOf(PREFIX, question) < 0) {
            return new PoolUrl(url, Map.of());
        }
        Map<String, Consumer<ConnectionPool.Builder>> options = new LinkedHashMap<>();
        StringJoiner rest = new StringJoiner("&", "?", "").setEmptyValue("");
        for (String parameter : url.substring(question + 1).split("&", -1)) {
            if (parameter.startsWith(PREFIX)) {
                read(parameter, options);
            } else {
                rest.add(parameter);
            }
        }
        return new PoolUrl(url.substring(0, question) + rest, options);
    }

    private static void read(String parameter, Map<String, Consumer<ConnectionPool.Builder>> options) {
        int equals = parameter.indexOf('=');
        String full = equals < 0 ? parameter : parameter.substring(0, equals);
        PoolOption<?> option = PoolOption.named(full.substring(PREFIX.length()));
        if (option == null) {
            throw new IllegalArgumentException("unknown option " + Redaction.printable(full) + " in the URL; known are "
                    + String.join(", ", PoolOption.names()));
        }
        if (options.put(option.name(), option.toText(equals < 0 ? "" : parameter.substring(equals + 1))) != null) {
            throw new IllegalArgumentException("option " + full + " stands twice in the URL; set it once");
        }
    }
}

package dev.wellhead.pool;

import dev.wellhead.core.Redaction;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An option of a pool that can be set by its name, as text does it: how its value is read, and which setter of the builder
 * takes it. The constants are the only list of them; an absent {@code Optional} switches an option off.
 */
final class PoolOption<T> {
    static final PoolOption<String> NAME = new PoolOption<>("name", Function.identity(), ConnectionPool.Builder::name);
    static final PoolOption<Integer> MAX_SIZE = whole("maxSize", ConnectionPool.Builder::maxSize);
    static final PoolOption<Integer> MIN_IDLE = whole("minIdle", ConnectionPool.Builder::minIdle);
    static final PoolOption<Integer> MAX_WAITERS = whole("maxWaiters", ConnectionPool.Builder::maxWaiters);
    static final PoolOption<Integer> PARALLEL_CONNECTS =
            whole("parallelConnects", ConnectionPool.Builder::parallelConnects);
    static final PoolOption<Duration> ACQUIRE_TIMEOUT =
            duration("acquireTimeout", ConnectionPool.Builder::acquireTimeout);
    static final PoolOption<Duration> CONNECT_TIMEOUT =
            duration("connectTimeout", ConnectionPool.Builder::connectTimeout);
    static final PoolOption<Duration> VALIDATION_TIMEOUT =
            duration("validationTimeout", ConnectionPool.Builder::validationTimeout);
    static final PoolOption<Optional<Duration>> MAX_LIFETIME = durationOrOff(
            "maxLifetime", ConnectionPool.Builder::maxLifetime, ConnectionPool.Builder::withoutMaxLifetime);
    static final PoolOption<Optional<Duration>> IDLE_TIMEOUT = durationOrOff(
            "idleTimeout", ConnectionPool.Builder::idleTimeout, ConnectionPool.Builder::withoutIdleTimeout);
    static final PoolOption<Optional<Duration>> KEEPALIVE =
            durationOrOff("keepalive", ConnectionPool.Builder::keepalive, ConnectionPool.Builder::withoutKeepalive);
    static final PoolOption<Optional<Duration>> LEAK_THRESHOLD = durationOrOff(
            "leakThreshold", ConnectionPool.Builder::leakThreshold, ConnectionPool.Builder::withoutLeakDetection);
    static final PoolOption<Duration> RECLAIM_AFTER = duration("reclaimAfter", ConnectionPool.Builder::reclaimAfter);
    static final PoolOption<Optional<Duration>> SLOW_QUERY_THRESHOLD = durationOrOff(
            "slowQueryThreshold",
            ConnectionPool.Builder::slowQueryThreshold,
            ConnectionPool.Builder::withoutSlowQueries);
    static final PoolOption<Integer> SLOW_QUERIES_KEPT =
            whole("slowQueriesKept", ConnectionPool.Builder::slowQueriesKept);
    static final PoolOption<Boolean> CAPTURE_PARAMETERS =
            flag("captureParameters", ConnectionPool.Builder::captureParameters);
    static final PoolOption<SessionReset> SESSION_RESET = new PoolOption<>(
            "sessionReset", text -> sessionReset("sessionReset", text), ConnectionPool.Builder::sessionReset);
    static final PoolOption<Boolean> PRIMARY_REQUIRED =
            flag("primaryRequired", ConnectionPool.Builder::primaryRequired);
    static final PoolOption<Boolean> JMX = flag("jmx", ConnectionPool.Builder::jmx);

    private static final Map<String, PoolOption<?>> BY_NAME = Stream.of(
                    NAME,
                    MAX_SIZE,
                    MIN_IDLE,
                    MAX_WAITERS,
                    PARALLEL_CONNECTS,
                    ACQUIRE_TIMEOUT,
                    CONNECT_TIMEOUT,
                    VALIDATION_TIMEOUT,
                    MAX_LIFETIME,
                    IDLE_TIMEOUT,
                    KEEPALIVE,
                    LEAK_THRESHOLD,
                    RECLAIM_AFTER,
                    SLOW_QUERY_THRESHOLD,
                    SLOW_QUERIES_KEPT,
                    CAPTURE_PARAMETERS,
                    SESSION_RESET,
                    PRIMARY_REQUIRED,
                    JMX)
            .collect(Collectors.toMap(PoolOption::name, Function.identity(), (a, b) -> a, LinkedHashMap::new));

    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h)");

    private final String name;
    private final Function<String, T> reader;
    private final BiConsumer<ConnectionPool.Builder, T> setter;

    private PoolOption(String name, Function<String, T> reader, BiConsumer<ConnectionPool.Builder, T> setter) {
        this.name = name;
        this.reader = reader;
        this.setter = setter;
    }

    static @Nullable PoolOption<?> named(String name) {
        return BY_NAME.get(name);
    }

    static Collection<String> names() {
        return BY_NAME.keySet();
    }

    String name() {
        return name;
    }

    /**
     * Returns what sets this option of a builder to the value.
     *
     * @throws IllegalArgumentException as the builder's setter does
     */
    Consumer<ConnectionPool.Builder> to(T value) {
        Consumer<ConnectionPool.Builder> assignment = builder -> setter.accept(builder, value);
        // The builder's setters check their values; this one builds nothing.
        assignment.accept(ConnectionPool.builder(""));
        return assignment;
    }

    /**
     * Returns what sets this option of a builder to the value that the text stands for.
     *
     * @throws IllegalArgumentException if the text stands for none, or as the builder's setter does
     */
    Consumer<ConnectionPool.Builder> toText(String text) {
        return to(reader.apply(text));
    }

    private static PoolOption<Integer> whole(String name, BiConsumer<ConnectionPool.Builder, Integer> setter) {
        return new PoolOption<>(name, text -> wholeNumber(name, text), setter);
    }

    private static PoolOption<Duration> duration(String name, BiConsumer<ConnectionPool.Builder, Duration> setter) {
        return new PoolOption<>(name, text -> parseDuration(name, text, ""), setter);
    }

    private static PoolOption<Optional<Duration>> durationOrOff(
            String name, BiConsumer<ConnectionPool.Builder, Duration> setter, Consumer<ConnectionPool.Builder> off) {
        return new PoolOption<>(
                name,
                text -> text.equals("off") ? Optional.empty() : Optional.of(parseDuration(name, text, ", or off")),
                (builder, value) ->
                        value.ifPresentOrElse(duration -> setter.accept(builder, duration), () -> off.accept(builder)));
    }

    private static PoolOption<Boolean> flag(String name, Consumer<ConnectionPool.Builder> on) {
        return new PoolOption<>(name, text -> truth(name, text), (builder, value) -> {
            if (value) {
                on.accept(builder);
            }
        });
    }

    private static int wholeNumber(String name, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw wrong(name, "a whole number", text);
        }
    }

    private static Duration parseDuration(String name, String text, String orElse) {
        Matcher parts = DURATION.matcher(text);
        if (!parts.matches()) {
            throw wrong(name, "a number with ms, s, m or h behind it, as 500ms or 2s" + orElse, text);
        }
        long amount = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static boolean truth(String name, String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw wrong(name, "true or false", text);
        }
        return text.equals("true");
    }

    private static SessionReset sessionReset(String name, String text) {
        return Stream.of(SessionReset.values())
                .filter(value -> value.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> wrong(name, "tracked, always or never", text));
    }

    // The text may hold more than its author thinks, say a password behind the wrong separator.
    private static IllegalArgumentException wrong(String name, String wanted, String text) {
        return new IllegalArgumentException(name + " must be " + wanted + ", was '" + Redaction.url(text) + "'");
    }
}

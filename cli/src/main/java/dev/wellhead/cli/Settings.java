package dev.wellhead.cli;

import dev.wellhead.cli.CliException.Kind;
import dev.wellhead.core.Redaction;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What stands for options that were not given: the environment, then a properties file. An option {@code --history-table} is
 * the variable {@code WELLHEAD_HISTORY_TABLE} and the property {@code history-table}. Immutable.
 */
final class Settings implements IDefaultValueProvider {
    /** The file that is read if it is there and no other one is named. */
    static final String USUAL_FILE = "wellhead.properties";

    private static final String PREFIX = "WELLHEAD_";
    private static final String CONFIG = PREFIX + "CONFIG";
    private static final String PLACEHOLDER = "placeholder.";
    private static final Set<String> SECRETS = Set.of("password", "redis-password");
    private static final Set<String> PATHS = Set.of(
            "migrations", "store", "password-file", "redis-password-file", "key-file", "client-programs", "app-libs");
    private static final Set<String> OTHERS = Set.of(
            "url",
            "user",
            "schema",
            "history-table",
            "lock-wait",
            "lock-timeout",
            "lock-retry",
            "schema-by",
            "workers",
            "rate",
            "keep-last",
            "keep-daily",
            "keep-weekly",
            "keep-monthly",
            "keep-yearly",
            "zone",
            "redis",
            "redis-user",
            "pool-size",
            "instances",
            "ignore",
            "timeout",
            "fail-on",
            "log-level");

    private final Map<String, String> environment;
    private final Map<String, String> properties;
    private final @Nullable Path file;

    private Settings(Map<String, String> environment, Map<String, String> properties, @Nullable Path file) {
        this.environment = environment;
        this.properties = properties;
        this.file = file;
    }

    /**
     * Reads the file that the arguments, the environment or its usual name lead to.
     *
     * @throws CliException if it cannot be read, has a property that there is not, or holds a password and others may read it;
     *     or if a variable is misspelt
     */
    static Settings load(Surroundings surroundings, List<String> arguments) {
        surroundings.environment().keySet().stream().sorted().forEach(Settings::requireNotMisspelt);
        String named = named(surroundings, arguments);
        Path file = surroundings.directory().resolve(named == null ? USUAL_FILE : named);
        if (named == null && !Files.exists(file)) {
            return new Settings(surroundings.environment(), Map.of(), null);
        }
        return new Settings(surroundings.environment(), read(file), file);
    }

    /** Other programs may have variables that begin with our name, so only what is nearly one of ours is refused. */
    private static void requireNotMisspelt(String variable) {
        if (!variable.startsWith(PREFIX)) {
            return;
        }
        Set<String> known = known().stream().map(Settings::variable).collect(Collectors.toCollection(TreeSet::new));
        known.add(CONFIG);
        String nearest = Misspelling.nearest(variable, known);
        if (nearest != null) {
            throw new CliException(
                    Kind.CONFIGURATION,
                    "there is no variable " + Redaction.printable(variable) + "; is it meant to be " + nearest
                            + "? If it is not for this program, unset it here");
        }
    }

    private static @Nullable String named(Surroundings surroundings, List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith("--config=")) {
                return argument.substring("--config=".length());
            }
            if (argument.equals("--config") && i + 1 < arguments.size()) {
                return arguments.get(i + 1);
            }
        }
        String variable = surroundings.environment().getOrDefault(CONFIG, "");
        return variable.isEmpty() ? null : variable;
    }

    private static Map<String, String> read(Path file) {
        Properties given = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            given.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new CliException(
                    Kind.CONFIGURATION,
                    "cannot read " + file + " (" + e.getClass().getSimpleName() + "); is it there?",
                    e);
        }
        Map<String, String> properties = new LinkedHashMap<>();
        for (String name : new TreeSet<>(given.stringPropertyNames())) {
            require(file, name);
            String value = given.getProperty(name).strip();
            boolean isPath = PATHS.contains(name) && !value.isEmpty();
            properties.put(name, isPath ? file.resolveSibling(value).toString() : value);
        }
        if (SECRETS.stream().anyMatch(properties::containsKey)
                || properties.keySet().stream().anyMatch(name -> name.startsWith(PLACEHOLDER))) {
            PrivateFile.require(file, "holds a password or values for placeholders");
        }
        return properties;
    }

    private static void require(Path file, String name) {
        if (!isKnown(name)) {
            throw new CliException(
                    Kind.CONFIGURATION,
                    file + ": there is no property " + Redaction.printable(name) + "; there are "
                            + String.join(", ", known()) + ", and " + PLACEHOLDER + "NAME");
        }
    }

    private static boolean isKnown(String name) {
        return known().contains(name) || isPlaceholder(name);
    }

    private static Set<String> known() {
        Set<String> known = new TreeSet<>(OTHERS);
        known.addAll(PATHS);
        known.addAll(SECRETS);
        return known;
    }

    private static boolean isPlaceholder(String name) {
        return name.startsWith(PLACEHOLDER) && name.length() > PLACEHOLDER.length();
    }

    /** Returns what the environment, else the file says; null if neither does, or it is empty. */
    @Nullable String get(String name) {
        String variable = environment.getOrDefault(variable(name), "");
        if (!variable.isEmpty()) {
            return variable;
        }
        String property = properties.getOrDefault(name, "");
        return property.isEmpty() ? null : property;
    }

    /** Returns where {@link #get} has a value from, for messages. */
    String source(String name) {
        return environment.getOrDefault(variable(name), "").isEmpty()
                ? name + " in " + (file == null ? USUAL_FILE : file)
                : variable(name);
    }

    /** Returns the values of placeholders that the file has. */
    Map<String, String> placeholders() {
        Map<String, String> values = new LinkedHashMap<>();
        properties.forEach((name, value) -> {
            if (isPlaceholder(name)) {
                values.put(name.substring(PLACEHOLDER.length()), value);
            }
        });
        return values;
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        // A switch says what to do now, whatever it is called.
        if (!argument.isOption() || argument.arity().max() == 0) {
            return null;
        }
        String name = ((OptionSpec) argument).longestName().replaceFirst("^-+", "");
        return OTHERS.contains(name) || PATHS.contains(name) ? get(name) : null;
    }

    private static String variable(String name) {
        return PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** Says nothing of the values. */
    @Override
    public String toString() {
        return "Settings[" + file + "]";
    }
}

package dev.wellhead.examples.labs.production;

import dev.wellhead.examples.labs.ExerciseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings with which each replica of the service is started: lines {@code NAME=value}, in which {@code $NAME} stands
 * for what only the lab knows. Immutable.
 */
final class EnvironmentFile {
    private static final Set<String> OF_THE_LAB =
            Set.of("DATABASE_URL", "DATABASE_PASSWORD_FILE", "HOST", "PORT", "MIGRATIONS_DIR");
    private static final Set<String> SETTINGS = Set.of(
            "BACKUP_DIR",
            "LEAK_THRESHOLD",
            "POOL_SIZE",
            "RECLAIM_AFTER",
            "REDIS_PASSWORD_FILE",
            "REDIS_URL",
            "SHUTDOWN_DELAY",
            "SHUTDOWN_TIMEOUT",
            "SLOW_QUERY_THRESHOLD",
            "TRUSTED_PROXIES");
    private static final Pattern LINE = Pattern.compile("([A-Za-z_]+)=(.*)");
    private static final Pattern PLACE = Pattern.compile("\\$\\{?([A-Za-z_]+)}?");

    private final String file;
    private final Map<String, String> settings;

    private EnvironmentFile(String file, Map<String, String> settings) {
        this.file = file;
        this.settings = settings;
    }

    /**
     * Reads a file.
     *
     * @throws ExerciseException if a line is no setting, or none of the service's
     */
    static EnvironmentFile read(Path path) throws IOException, ExerciseException {
        String file = String.valueOf(path.getFileName());
        Map<String, String> settings = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(path);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                read(line, file + ", line " + (i + 1) + ": ", settings);
            }
        }
        return new EnvironmentFile(file, settings);
    }

    private static void read(String line, String where, Map<String, String> settings) throws ExerciseException {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new ExerciseException(where + "this is no setting; write NAME=value, without blanks before the =");
        }
        String name = Objects.requireNonNull(parts.group(1));
        String value = Objects.requireNonNull(parts.group(2)).strip();
        if (OF_THE_LAB.contains(name)) {
            throw new ExerciseException(where + name + " is set by the lab; leave it away");
        }
        if (!SETTINGS.contains(name)) {
            throw new ExerciseException(
                    where + "the service has no setting " + name + "; it has " + new TreeSet<>(SETTINGS));
        }
        if (value.startsWith("\"") || value.startsWith("'")) {
            throw new ExerciseException(
                    where + "quotes would be a part of the value, as in an --env-file of Docker; leave them away");
        }
        settings.put(name, value);
    }

    /** Returns the settings as they stand in the file. */
    Map<String, String> settings() {
        return settings;
    }

    /**
     * Returns the settings of one replica.
     *
     * @param places what stands for each {@code $NAME}
     * @throws ExerciseException if something else stands behind a dollar sign
     */
    Map<String, String> with(Map<String, String> places) throws ExerciseException {
        Map<String, String> filled = new LinkedHashMap<>();
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            StringBuilder value = new StringBuilder();
            Matcher place = PLACE.matcher(setting.getValue());
            while (place.find()) {
                String text = places.get(Objects.requireNonNull(place.group(1)));
                if (text == null) {
                    throw new ExerciseException(file + ": " + setting.getKey() + " asks for " + place.group()
                            + "; there are only $" + String.join(", $", new TreeSet<>(places.keySet())));
                }
                place.appendReplacement(value, Matcher.quoteReplacement(text));
            }
            filled.put(setting.getKey(), place.appendTail(value).toString());
        }
        return filled;
    }
}

package dev.wellhead.examples.labs.basics;

import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.ExerciseException;
import dev.wellhead.examples.labs.Sql;
import dev.wellhead.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines of a {@code postgresql.conf}: {@code name = value}, the value in quotes or not, comments after {@code #}. */
final class ServerSettings {
    private static final Pattern LINE =
            Pattern.compile("([a-z_.]+)\\s*(?:=|\\s)\\s*(?:'((?:[^']|'')*)'|([^'#\\s]+))\\s*(?:#.*)?");

    private static final String LOADED = "select pg_conf_load_time()";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path file;
    private final Map<String, String> settings = new LinkedHashMap<>();

    private ServerSettings(Path file) {
        this.file = file;
    }

    static ServerSettings read(Path file) throws IOException, ExerciseException {
        ServerSettings read = new ServerSettings(file);
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            Matcher setting = LINE.matcher(text);
            if (!setting.matches()) {
                throw new ExerciseException(file + ":" + number + ": no setting, that is name = value: " + text);
            }
            String quoted = setting.group(2);
            read.settings.put(setting.group(1), quoted == null ? setting.group(3) : quoted.replace("''", "'"));
        }
        return read;
    }

    /**
     * Has a server take these settings; who connects after this finds them.
     *
     * @throws ExerciseException if PostgreSQL does not take one
     */
    void apply(PostgresServer server) throws SQLException, ExerciseException {
        try (Connection connection = server.connect("postgres")) {
            List<String> before = Sql.rows(connection, LOADED);
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                set(connection, setting.getKey(), setting.getValue());
            }
            Sql.run(connection, "select pg_reload_conf()");
            if (!Await.until(PATIENCE, () -> !loaded(server).equals(before))) {
                throw new IllegalStateException("PostgreSQL has not read its settings again after " + PATIENCE);
            }
        }
    }

    /** A new session says when the server, not the session, read its settings. */
    private static List<String> loaded(PostgresServer server) throws SQLException {
        try (Connection connection = server.connect("postgres")) {
            return Sql.rows(connection, LOADED);
        }
    }

    private void set(Connection connection, String name, String value) throws SQLException, ExerciseException {
        // A command line outdoes the file.
        List<String> fixed = Sql.rows(
                connection, "select setting from pg_settings where source = 'command line' and name = ?", name);
        if (fixed.equals(List.of(value))) {
            return;
        }
        if (!fixed.isEmpty()) {
            throw new ExerciseException(
                    file + ": " + name + " is not to be changed in this lab, it is " + fixed.get(0) + "; leave it out");
        }
        SQLException refusal =
                Sql.refusal(connection, "alter system set " + name + " = '" + value.replace("'", "''") + "'");
        if (refusal != null) {
            throw new ExerciseException(file + ": " + name + " = " + value + ": " + Sql.describe(refusal), refusal);
        }
    }
}

package dev.wellhead.cli;

import dev.wellhead.cli.CliException.Kind;
import dev.wellhead.core.Redaction;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a database is, in whichever form it was written. Immutable; carries no password. */
sealed interface Address {
    /** Returns the JDBC URL, without the options of a pool. */
    String jdbcUrl();

    /** Returns the parameters of the URL, but those of a pool. */
    Map<String, String> parameters();

    /** Returns the options of a pool in the URL, {@code wellhead.maxSize} as {@code maxSize}. */
    Map<String, String> poolOptions();

    /** Returns it for people. */
    String label();

    /**
     * A PostgreSQL database.
     *
     * @param jdbcUrl what the driver gets
     * @param hosts the names or addresses in it, without ports; empty if the driver's default is meant
     * @param user from the URL; null if there is none
     * @param parameters the URL's, for the driver
     * @param poolOptions the URL's, for a pool
     */
    record Postgres(
            String jdbcUrl,
            List<String> hosts,
            @Nullable String user,
            Map<String, String> parameters,
            Map<String, String> poolOptions)
            implements Address {
        @Override
        public String label() {
            int query = jdbcUrl.indexOf('?');
            return "PostgreSQL at "
                    + Redaction.url(query < 0 ? jdbcUrl : jdbcUrl.substring(0, query))
                            .replaceFirst("^jdbc:postgresql:/*", "");
        }
    }

    /**
     * An SQLite database.
     *
     * @param file the absolute path
     * @param parameters the URL's, for the driver
     * @param poolOptions the URL's, for a pool
     */
    record Sqlite(Path file, Map<String, String> parameters, Map<String, String> poolOptions) implements Address {
        @Override
        public String jdbcUrl() {
            return "jdbc:sqlite:" + file + query(parameters);
        }

        @Override
        public String label() {
            return "SQLite file " + file;
        }
    }

    /** What the forms have in common. */
    final class Forms {
        private static final Pattern POSTGRES = Pattern.compile("(?:jdbc:)?postgres(?:ql)?:(.*)", Pattern.DOTALL);
        private static final Pattern SQLITE = Pattern.compile("(?:jdbc:)?sqlite:(.*)", Pattern.DOTALL);
        private static final Pattern FILE = Pattern.compile("[^:?]+\\.(db|sqlite|sqlite3)");
        private static final Pattern AUTHORITY = Pattern.compile("//(?:([^/?@]*)@)?([^/?]*)(.*)", Pattern.DOTALL);

        private Forms() {}
    }

    /**
     * Reads {@code postgresql://user@host:5432/database}, {@code sqlite:app.db}, the name of a file that ends in {@code .db},
     * {@code .sqlite} or {@code .sqlite3}, or a JDBC URL of these.
     *
     * @param directory what the path of a file is relative to
     * @param source where the text comes from, for messages
     * @throws CliException if it is none of these, or carries a password
     */
    static Address parse(String text, Path directory, String source) {
        ShownSecrets.refuseInUrl(source, text);
        Matcher postgres = Forms.POSTGRES.matcher(text);
        if (postgres.matches()) {
            return postgres(postgres.group(1));
        }
        Matcher sqlite = Forms.SQLITE.matcher(text);
        if (sqlite.matches() || Forms.FILE.matcher(text).matches()) {
            return sqlite(sqlite.matches() ? sqlite.group(1) : text, directory);
        }
        throw new CliException(
                Kind.CONFIGURATION,
                source
                        + " must be as postgresql://user@host:5432/database or sqlite:app.db, or a JDBC URL of these, was '"
                        + Redaction.url(text) + "'");
    }

    private static Address postgres(String rest) {
        int question = rest.indexOf('?');
        String place = question < 0 ? rest : rest.substring(0, question);
        Map<String, String> all = parameters(question < 0 ? "" : rest.substring(question + 1));
        Map<String, String> pool = takePoolOptions(all);
        String user = all.get("user");
        List<String> hosts = new ArrayList<>();
        Matcher authority = Forms.AUTHORITY.matcher(place);
        if (authority.matches()) {
            user = authority.group(1) == null ? user : decoded(authority.group(1));
            place = "//" + authority.group(2) + authority.group(3);
            for (String host : authority.group(2).split(",", -1)) {
                hosts.add(host.replaceFirst(":\\d+$", "").replaceAll("^\\[|]$", ""));
            }
        }
        hosts.removeIf(String::isEmpty);
        return new Postgres("jdbc:postgresql:" + place + query(all), List.copyOf(hosts), user, kept(all), kept(pool));
    }

    private static Address sqlite(String rest, Path directory) {
        int question = rest.indexOf('?');
        String file = question < 0 ? rest : rest.substring(0, question);
        if (file.isEmpty() || file.startsWith(":") || file.startsWith("file:")) {
            throw new CliException(
                    Kind.CONFIGURATION,
                    "an SQLite database must be a file, as sqlite:app.db; nothing would be left of one in memory");
        }
        Map<String, String> all = parameters(question < 0 ? "" : rest.substring(question + 1));
        Map<String, String> pool = takePoolOptions(all);
        Path absolute = directory
                .resolve(file.replaceFirst("^//(?=/)", ""))
                .toAbsolutePath()
                .normalize();
        return new Sqlite(absolute, kept(all), kept(pool));
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            if (!parameter.isEmpty()) {
                parameters.put(
                        equals < 0 ? parameter : parameter.substring(0, equals),
                        equals < 0 ? "" : parameter.substring(equals + 1));
            }
        }
        return parameters;
    }

    private static Map<String, String> takePoolOptions(Map<String, String> parameters) {
        String prefix = "wellhead.";
        Map<String, String> options = new LinkedHashMap<>();
        parameters.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                options.put(name.substring(prefix.length()), value);
            }
        });
        parameters.keySet().removeIf(name -> name.startsWith(prefix));
        return options;
    }

    // In the order in which they were written.
    private static Map<String, String> kept(Map<String, String> parameters) {
        return Collections.unmodifiableMap(parameters);
    }

    private static String query(Map<String, String> parameters) {
        StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
        parameters.forEach((name, value) -> query.add(name + "=" + value));
        return query.toString();
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}

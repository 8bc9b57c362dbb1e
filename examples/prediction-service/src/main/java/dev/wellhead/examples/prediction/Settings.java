package dev.wellhead.examples.prediction;

import dev.wellhead.core.Redaction;
import dev.wellhead.ratelimit.ClientIp;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the service is told by its environment.
 *
 * @param database where the data lives: {@code DATABASE_URL}, the password in {@code DATABASE_PASSWORD_FILE} if not there
 * @param redis the Redis to share with other instances, or empty to go without: {@code REDIS_URL}, the password in
 *     {@code REDIS_PASSWORD_FILE} if not there
 * @param host the address to listen on: {@code HOST}, 127.0.0.1 by default
 * @param port the port there, 0 for any free one: {@code PORT}, 8080 by default
 * @param backups the folder for backups: {@code BACKUP_DIR}, {@code backups} by default
 * @param trustedProxies addresses and networks whose {@code X-Forwarded-For} and {@code X-User-Id} are believed: {@code
 *     TRUSTED_PROXIES}, comma-separated
 * @param pool how connections are used
 * @param shutdown how the service ends
 * @param moreMigrations a folder of migrations that come on top of the service's own: {@code MIGRATIONS_DIR}
 */
public record Settings(
        DatabaseUrl database,
        Optional<RedisURI> redis,
        String host,
        int port,
        Path backups,
        Set<String> trustedProxies,
        Pooling pool,
        Shutdown shutdown,
        Optional<Path> moreMigrations) {
    /**
     * Reads the environment.
     *
     * @throws SettingsException for the first value that is missing or wrong
     */
    public static Settings from(Map<String, String> environment) {
        @Nullable String database = environment.get("DATABASE_URL");
        if (database == null || database.isBlank()) {
            throw new SettingsException("DATABASE_URL is not set; give postgresql://user:secret@host:5432/database");
        }
        return new Settings(
                database(database, password("DATABASE_PASSWORD_FILE", environment)),
                redis(environment.get("REDIS_URL"), password("REDIS_PASSWORD_FILE", environment)),
                host(environment.getOrDefault("HOST", "127.0.0.1")),
                port(environment.getOrDefault("PORT", "8080")),
                path("BACKUP_DIR", environment.getOrDefault("BACKUP_DIR", "backups")),
                proxies(environment.getOrDefault("TRUSTED_PROXIES", "")),
                Pooling.from(environment),
                Shutdown.from(environment),
                Optional.ofNullable(environment.get("MIGRATIONS_DIR"))
                        .filter(text -> !text.isBlank())
                        .map(text -> path("MIGRATIONS_DIR", text)));
    }

    private static DatabaseUrl database(String text, Optional<String> password) {
        DatabaseUrl url = DatabaseUrl.parse(text);
        if (password.isEmpty()) {
            return url;
        }
        if (url.user().isEmpty() || !url.password().isEmpty()) {
            throw new SettingsException("DATABASE_PASSWORD_FILE is set, and DATABASE_URL "
                    + (url.user().isEmpty() ? "names no user in front of an @" : "holds a password as well")
                    + "; give postgresql://user@host:5432/database");
        }
        return new DatabaseUrl(url.jdbcUrl(), url.user(), password.get());
    }

    private static Optional<RedisURI> redis(@Nullable String url, Optional<String> password) {
        if (url == null || url.isBlank()) {
            if (password.isPresent()) {
                throw new SettingsException(
                        "REDIS_PASSWORD_FILE is set, and REDIS_URL is not; give redis://host:6379/0");
            }
            return Optional.empty();
        }
        RedisURI uri;
        try {
            uri = RedisURI.create(url.strip());
        } catch (RuntimeException e) {
            // Without a scheme nobody can tell what in it is secret.
            throw new SettingsException(
                    "REDIS_URL is malformed" + (url.contains("://") ? " (" + Redaction.url(url) + ")" : "")
                            + "; give redis://:secret@host:6379/0, or rediss:// for TLS");
        }
        password.ifPresent(secret -> authenticate(uri, secret));
        return Optional.of(uri);
    }

    private static void authenticate(RedisURI uri, String password) {
        RedisCredentials given =
                uri.getCredentialsProvider().resolveCredentials().block();
        if (given != null && given.hasPassword()) {
            throw new SettingsException(
                    "REDIS_PASSWORD_FILE is set, and REDIS_URL holds a password as well; give redis://host:6379/0");
        }
        uri.setAuthentication(password);
    }

    /** Docker and its like hand over secrets as files; an editor ends them with a line break, which is no part of them. */
    private static Optional<String> password(String name, Map<String, String> environment) {
        String file = environment.getOrDefault(name, "");
        if (file.isBlank()) {
            return Optional.empty();
        }
        String password;
        try {
            password =
                    Files.readString(path(name, file), StandardCharsets.UTF_8).stripTrailing();
        } catch (IOException e) {
            throw new SettingsException(
                    name + ": cannot read " + file + " (" + e.getClass().getSimpleName()
                            + "); does it exist, and may this user read it?",
                    e);
        }
        if (password.isEmpty()) {
            throw new SettingsException(name + ": " + file + " is empty; write the password into it");
        }
        return Optional.of(password);
    }

    private static String host(String text) {
        if (text.isBlank()) {
            throw new SettingsException("HOST is empty; give 127.0.0.1, or 0.0.0.0 for every interface");
        }
        return text.strip();
    }

    static int port(String text) {
        int port = number("PORT", text);
        if (port < 0 || port > 65_535) {
            throw new SettingsException("PORT must be from 0 to 65535, was " + port);
        }
        return port;
    }

    static int number(String name, String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new SettingsException(name + " must be a number, was '" + Redaction.printable(text) + "'", e);
        }
    }

    private static Path path(String name, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new SettingsException(name + " is no valid path: " + e.getReason(), e);
        }
    }

    private static Set<String> proxies(String text) {
        Set<String> addresses = new TreeSet<>();
        for (String address : text.split(",", -1)) {
            if (!address.isBlank()) {
                addresses.add(address.strip());
            }
        }
        try {
            ClientIp.behind(addresses);
            return addresses;
        } catch (IllegalArgumentException e) {
            throw new SettingsException("TRUSTED_PROXIES: " + Messages.firstLine(e), e);
        }
    }
}

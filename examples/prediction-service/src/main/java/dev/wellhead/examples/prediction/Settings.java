package dev.wellhead.examples.prediction;

import dev.wellhead.core.Redaction;
import io.lettuce.core.RedisURI;
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
 * @param database where the data lives: {@code DATABASE_URL}
 * @param redis the Redis to share with other instances, or empty to go without: {@code REDIS_URL}
 * @param port the port on the loopback interface, 0 for any free one: {@code PORT}, 8080 by default
 * @param backups the folder for backups: {@code BACKUP_DIR}, {@code backups} by default
 * @param trustedProxies addresses whose {@code X-Forwarded-For} is believed: {@code TRUSTED_PROXIES}, comma-separated
 */
public record Settings(
        DatabaseUrl database, Optional<RedisURI> redis, int port, Path backups, Set<String> trustedProxies) {
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
                DatabaseUrl.parse(database),
                redis(environment.get("REDIS_URL")),
                port(environment.getOrDefault("PORT", "8080")),
                path(environment.getOrDefault("BACKUP_DIR", "backups")),
                proxies(environment.getOrDefault("TRUSTED_PROXIES", "")));
    }

    private static Optional<RedisURI> redis(@Nullable String url) {
        if (url == null || url.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(RedisURI.create(url.strip()));
        } catch (RuntimeException e) {
            throw new SettingsException("REDIS_URL is malformed (" + Redaction.url(url)
                    + "); give redis://:secret@host:6379/0, or rediss:// for TLS");
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text.strip());
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new SettingsException("PORT must be a number, was '" + Redaction.printable(text) + "'", e);
        }
        throw new SettingsException("PORT must be from 0 to 65535, was " + text.strip());
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new SettingsException("BACKUP_DIR is no valid path: " + e.getReason(), e);
        }
    }

    private static Set<String> proxies(String text) {
        Set<String> addresses = new TreeSet<>();
        for (String address : text.split(",", -1)) {
            if (!address.isBlank()) {
                addresses.add(address.strip());
            }
        }
        return addresses;
    }
}

package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @Test
    void onlyTheDatabaseIsRequired() {
        Settings settings = Settings.from(Map.of("DATABASE_URL", "sqlite:x.db"));

        assertThat(settings.host()).isEqualTo("127.0.0.1");
        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.redis()).isEmpty();
        assertThat(settings.backups()).isEqualTo(Path.of("backups"));
        assertThat(settings.trustedProxies()).isEmpty();
        assertThat(settings.pool())
                .isEqualTo(new Pooling(10, Duration.ofSeconds(60), Optional.empty(), Duration.ofSeconds(1)));
        assertThat(settings.shutdown()).isEqualTo(new Shutdown(Duration.ZERO, Duration.ofSeconds(10)));
        assertThat(settings.moreMigrations()).isEmpty();
    }

    @Test
    void poolAndShutdownAreReadFromTheEnvironment() {
        Settings settings = Settings.from(Map.of(
                "DATABASE_URL", "sqlite:x.db",
                "POOL_SIZE", "25",
                "LEAK_THRESHOLD", "2m",
                "RECLAIM_AFTER", "1h",
                "SLOW_QUERY_THRESHOLD", "250ms",
                "SHUTDOWN_DELAY", "5s",
                "SHUTDOWN_TIMEOUT", "20s",
                "MIGRATIONS_DIR", "/etc/migrations"));

        assertThat(settings.pool())
                .isEqualTo(new Pooling(
                        25, Duration.ofMinutes(2), Optional.of(Duration.ofHours(1)), Duration.ofMillis(250)));
        assertThat(settings.shutdown()).isEqualTo(new Shutdown(Duration.ofSeconds(5), Duration.ofSeconds(20)));
        assertThat(settings.moreMigrations()).hasValue(Path.of("/etc/migrations"));
    }

    @Test
    void everythingIsReadFromTheEnvironment() {
        Settings settings = Settings.from(Map.of(
                "DATABASE_URL", "sqlite:x.db",
                "REDIS_URL", "redis://cache:6380/2",
                "HOST", "0.0.0.0",
                "PORT", "0",
                "BACKUP_DIR", "/var/backups",
                "TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2"));

        assertThat(settings.redis())
                .hasValueSatisfying(uri -> assertThat(uri.getPort()).isEqualTo(6380));
        assertThat(settings.host()).isEqualTo("0.0.0.0");
        assertThat(settings.port()).isZero();
        assertThat(settings.trustedProxies()).containsExactly("10.0.0.1", "10.0.0.2");
    }

    @Test
    void missingDatabaseIsNamed() {
        assertThatThrownBy(() -> Settings.from(Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("DATABASE_URL is not set");
    }

    @ParameterizedTest
    @CsvSource({
        "PORT, eighty, PORT must be a number",
        "PORT, 65536, 'PORT must be from 0 to 65535, was 65536'",
        "PORT, -1, 'PORT must be from 0 to 65535, was -1'",
        "HOST, '', HOST is empty",
        "POOL_SIZE, many, POOL_SIZE must be a number",
        "POOL_SIZE, 1, 'POOL_SIZE must be from 2 to 1000, was 1'",
        "LEAK_THRESHOLD, soon, 'LEAK_THRESHOLD must be a duration such as 500ms, 2s, 5m or 1h, was'",
        "SLOW_QUERY_THRESHOLD, 0s, SLOW_QUERY_THRESHOLD must be above zero",
        "RECLAIM_AFTER, 10, RECLAIM_AFTER must be a duration",
        "SHUTDOWN_TIMEOUT, -1s, SHUTDOWN_TIMEOUT must be a duration",
        "TRUSTED_PROXIES, proxy.example.org, TRUSTED_PROXIES: trusted proxy must be an address",
        "REDIS_URL, http://:canary@cache, REDIS_URL is malformed",
    })
    void wrongValueIsNamedWithoutSecrets(String name, String value, String message) {
        assertThatThrownBy(() -> Settings.from(Map.of("DATABASE_URL", "sqlite:x.db", name, value)))
                .isInstanceOf(SettingsException.class)
                .satisfies(e -> assertThat(e.getMessage()).startsWith(message).doesNotContain("canary"));
    }

    @Test
    void passwordsAreReadFromFilesWithoutTheLastLineBreak(@TempDir Path folder) throws IOException {
        Path database = Files.writeString(folder.resolve("database"), "s3 cret/@\n");
        Path redis = Files.writeString(folder.resolve("redis"), "other");

        Settings settings = Settings.from(Map.of(
                "DATABASE_URL",
                "postgresql://ann@db/app",
                "DATABASE_PASSWORD_FILE",
                database.toString(),
                "REDIS_URL",
                "redis://cache",
                "REDIS_PASSWORD_FILE",
                redis.toString()));

        assertThat(settings.database()).isEqualTo(new DatabaseUrl("jdbc:postgresql://db/app", "ann", "s3 cret/@"));
        assertThat(settings.redis())
                .hasValueSatisfying(uri -> assertThat(password(uri)).isEqualTo("other"));
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://db/app, redis://cache, 'DATABASE_PASSWORD_FILE is set, and DATABASE_URL names no user'",
        "sqlite:x.db, redis://cache, 'DATABASE_PASSWORD_FILE is set, and DATABASE_URL names no user'",
        "postgresql://ann:s3@db/app, redis://cache, 'DATABASE_PASSWORD_FILE is set, and DATABASE_URL holds a password'",
        "postgresql://ann@db/app, redis://:s3@cache, 'REDIS_PASSWORD_FILE is set, and REDIS_URL holds a password'",
        "postgresql://ann@db/app, '', 'REDIS_PASSWORD_FILE is set, and REDIS_URL is not'",
    })
    void passwordFileThatContradictsTheUrlIsRefused(String database, String redis, String message, @TempDir Path folder)
            throws IOException {
        String file = Files.writeString(folder.resolve("password"), "canary").toString();

        assertThatThrownBy(() -> Settings.from(Map.of(
                        "DATABASE_URL", database,
                        "DATABASE_PASSWORD_FILE", file,
                        "REDIS_URL", redis,
                        "REDIS_PASSWORD_FILE", file)))
                .isInstanceOf(SettingsException.class)
                .satisfies(e -> assertThat(e.getMessage())
                        .startsWith(message)
                        .doesNotContain("canary")
                        .doesNotContain("s3"));
    }

    @Test
    void passwordFileThatIsMissingOrEmptyIsNamed(@TempDir Path folder) throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        Path missing = folder.resolve("missing");

        assertThatThrownBy(() -> withPasswordFile(missing))
                .isInstanceOf(SettingsException.class)
                .hasMessage("DATABASE_PASSWORD_FILE: cannot read " + missing
                        + " (NoSuchFileException); does it exist, and may this user read it?");
        assertThatThrownBy(() -> withPasswordFile(empty))
                .isInstanceOf(SettingsException.class)
                .hasMessage("DATABASE_PASSWORD_FILE: " + empty + " is empty; write the password into it");
    }

    private static Settings withPasswordFile(Path file) {
        return Settings.from(
                Map.of("DATABASE_URL", "postgresql://ann@db/app", "DATABASE_PASSWORD_FILE", file.toString()));
    }

    private static String password(RedisURI uri) {
        return new String(
                uri.getCredentialsProvider().resolveCredentials().block().getPassword());
    }
}

package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @Test
    void onlyTheDatabaseIsRequired() {
        Settings settings = Settings.from(Map.of("DATABASE_URL", "sqlite:x.db"));

        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.redis()).isEmpty();
        assertThat(settings.backups()).isEqualTo(Path.of("backups"));
        assertThat(settings.trustedProxies()).isEmpty();
    }

    @Test
    void everythingIsReadFromTheEnvironment() {
        Settings settings = Settings.from(Map.of(
                "DATABASE_URL", "sqlite:x.db",
                "REDIS_URL", "redis://cache:6380/2",
                "PORT", "0",
                "BACKUP_DIR", "/var/backups",
                "TRUSTED_PROXIES", "10.0.0.1, 10.0.0.2"));

        assertThat(settings.redis())
                .hasValueSatisfying(uri -> assertThat(uri.getPort()).isEqualTo(6380));
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
        "REDIS_URL, http://:canary@cache, REDIS_URL is malformed",
    })
    void wrongValueIsNamedWithoutSecrets(String name, String value, String message) {
        assertThatThrownBy(() -> Settings.from(Map.of("DATABASE_URL", "sqlite:x.db", name, value)))
                .isInstanceOf(SettingsException.class)
                .satisfies(e -> assertThat(e.getMessage()).startsWith(message).doesNotContain("canary"));
    }
}

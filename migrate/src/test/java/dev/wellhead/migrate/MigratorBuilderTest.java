package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.jdbc.DirectDataSource;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MigratorBuilderTest {
    private final Migrator.Builder builder = Migrator.builder(DirectDataSource.of("jdbc:sqlite::memory:"));

    @Test
    void sourceIsRequired() {
        refuses(builder::build, "source must be set");
    }

    @Test
    void valuesOutsideTheirBoundsAreRefusedAtOnce() {
        refuses(() -> builder.lockTimeout(Duration.ZERO), "lockTimeout must be > 0");
        refuses(() -> builder.lockTimeout(Duration.ofNanos(10)), "lockTimeout must be 1 ms to 24 days");
        refuses(() -> builder.lockTimeout(Duration.ofDays(30)), "lockTimeout must be 1 ms to 24 days");
        refuses(() -> builder.lockWait(Duration.ofMillis(-1)), "lockWait must be >= 0");
        refuses(() -> builder.lockRetry(Duration.ofMillis(-1)), "lockRetry must be >= 0");
        refuses(() -> builder.historyTable(""), "historyTable must have 1 to 59 bytes");
        refuses(() -> builder.schema("é".repeat(32)), "schema must have 1 to 63 bytes");
    }

    private static void refuses(Runnable call, String words) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }
}

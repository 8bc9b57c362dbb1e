package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariants of a crew: nobody's failure is lost, and nothing goes on once it is closed. */
class CrewTest {
    private static void fail(String how) throws SQLException, IOException {
        switch (how) {
            case "sql" -> throw new SQLException(how);
            case "io" -> throw new IOException(how);
            case "bug" -> throw new IllegalStateException(how);
            default -> throw new AssertionError(how);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sql", "io", "bug", "error"})
    void failureOfAnotherThreadIsThrownAndStopsAll(String how) {
        Crew crew = new Crew();
        try (crew) {
            crew.start(() -> fail(how));
            crew.join(() -> {
                while (crew.goesOn()) {
                    Thread.onSpinWait();
                }
                throw new IOException("stopped for the other's sake");
            });
        }

        assertThatThrownBy(crew::rethrow).hasMessageContaining(how);
    }

    @Test
    void closingWaitsForAll() throws Exception {
        Crew crew = new Crew();
        CountDownLatch running = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        try (crew) {
            crew.start(() -> {
                running.countDown();
                // Ends for the crew's sake only.
                while (crew.goesOn()) {
                    Thread.onSpinWait();
                }
                ended.set(true);
            });
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
            Thread.currentThread().interrupt();
        }

        assertThat(ended).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(crew::rethrow).isInstanceOf(IOException.class).hasMessageContaining("interrupted");
    }
}

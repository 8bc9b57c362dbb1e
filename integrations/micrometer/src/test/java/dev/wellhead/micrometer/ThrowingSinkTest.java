package dev.wellhead.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.core.MetricSink;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sink that breaks its contract and throws costs measurements, and no caller of any module anything else. */
class ThrowingSinkTest {
    private final AtomicLong thrown = new AtomicLong();

    @TempDir
    private Path folder;

    private final class Throwing implements MetricSink {
        @Override
        public Counter counter(String name, String... tags) {
            return delta -> {
                throw failure();
            };
        }

        @Override
        public Timer timer(String name, String... tags) {
            return nanos -> {
                throw failure();
            };
        }

        @Override
        public Registration gauge(String name, DoubleSupplier value, String... tags) {
            return () -> {};
        }

        private IllegalStateException failure() {
            thrown.incrementAndGet();
            return new IllegalStateException("sink");
        }
    }

    @Test
    void everyModuleWorksAsEver() throws Exception {
        try (AllModules modules = new AllModules(new Throwing(), folder)) {
            modules.work();
            modules.loseRedis();

            assertThat(modules.pool().stats().active()).isZero();
        }
        assertThat(thrown.get()).isGreaterThan(20);
    }
}

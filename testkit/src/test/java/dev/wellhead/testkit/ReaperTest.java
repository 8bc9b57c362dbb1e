package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ReaperTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String STARTED = "started ";

    /** A JVM that leaves a process behind, having forgotten another one again and again. */
    static final class Parent {
        private Parent() {}

        public static void main(String[] arguments) throws IOException {
            Process left = new ProcessBuilder("sleep", "600").start();
            Reaper.watch(left.pid());
            for (int i = 0; i < 64; i++) {
                Reaper.forget(Long.MAX_VALUE);
            }
            LoggerFactory.getLogger(Parent.class).warn("{}{}", STARTED, left.pid());
        }
    }

    @Test
    void processesAreEndedThoughOthersWereForgottenMoreThanOnce() throws Exception {
        try (ChildJvm parent = ChildJvm.start(Parent.class)) {
            String line = parent.awaitLine(STARTED, PATIENCE);
            long pid = Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));

            assertThat(parent.awaitExit(PATIENCE)).isZero();

            ProcessHandle left = ProcessHandle.of(pid).orElse(null);
            if (left != null) {
                left.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }
}

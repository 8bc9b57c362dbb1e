package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @ParameterizedTest
    @MethodSource("jdks")
    void workerRunsOnItsJdkWithItsFlagsAndSaysWhatItFound(Jdk jdk) throws Exception {
        Worker worker = new Worker(Talker.class, List.of("-Dflag=up"), List.of("a", "b"), PATIENCE);

        assertThat(worker.run(jdk))
                .containsEntry("arguments", "[a, b]")
                .containsEntry("flag", "up")
                .containsEntry("java", String.valueOf(jdk.feature()))
                .containsEntry("empty", "")
                .hasSize(4);
    }

    @Test
    void failureShowsWhatWasPrintedOnStandardError() {
        Worker worker = new Worker(Failing.class, List.of(), List.of("x"), PATIENCE);

        assertThatThrownBy(() -> worker.run(Jdk.current()))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageStartingWith("worker Failing [x] on " + Jdk.current() + " ended with exit code 1;")
                .hasMessageContaining("IllegalStateException: broken on purpose");
    }

    @Test
    void workerThatDoesNotEndIsKilledAndLeavesNothing() throws IOException {
        Worker worker = new Worker(Hanging.class, List.of(), List.of(), Duration.ofMillis(300));

        assertThatThrownBy(() -> worker.run(Jdk.current()))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageContaining("worker Hanging [] on ")
                .hasMessageContaining("did not end within 300 ms");
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .noneMatch(child -> child.info().commandLine().orElse("").contains(Hanging.class.getName()));
        try (Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThat(left).noneMatch(file -> file.getFileName().toString().startsWith("worker-"));
        }
    }

    private static List<Jdk> jdks() {
        return Jdk.currentAndNewest();
    }

    /** Finds something. */
    static final class Talker {
        private Talker() {}

        public static void main(String[] arguments) {
            System.out.println("arguments=" + List.of(arguments));
            System.out.println("flag=" + System.getProperty("flag"));
            System.out.println("java=" + Runtime.version().feature());
            System.out.println("empty=");
            System.out.println("what a library prints");
        }
    }

    /** Breaks. */
    static final class Failing {
        private Failing() {}

        public static void main(String[] arguments) {
            throw new IllegalStateException("broken on purpose");
        }
    }

    /** Never ends. */
    static final class Hanging {
        private Hanging() {}

        public static void main(String[] arguments) throws InterruptedException {
            new CountDownLatch(1).await();
        }
    }
}

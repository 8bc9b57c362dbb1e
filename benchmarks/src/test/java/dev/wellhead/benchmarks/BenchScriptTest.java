package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script says before there is any Java of ours to say it; ./demo has the same lines, and more tests of them. */
class BenchScriptTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("wellhead.checkout"));

    @TempDir
    private Path empty;

    @Test
    void javaHomeWithoutJavaIsNamed() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        "/bin/sh", CHECKOUT.resolve("bench").toString(), "startup")
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", empty.toString());

        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(output)
                .isEqualTo("bench: JAVA_HOME is " + empty
                        + ", and there is no bin/java in it; set it to a JDK 17 or newer\n");
    }
}

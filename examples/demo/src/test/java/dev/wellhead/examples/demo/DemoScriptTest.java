package dev.wellhead.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the script says before there is any Java of ours to say it. */
class DemoScriptTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("wellhead.checkout"));

    @TempDir
    private Path programs;

    @ParameterizedTest
    @ValueSource(strings = {"1.8.0_402", "9.0.4", "11.0.2", "16.0.1"})
    void oldJavaFirstOnThePathIsNamed(String version) throws IOException, InterruptedException {
        Path java = fake("java", "echo 'openjdk version \"" + version + "\"' >&2");

        assertThat(run(Map.of("PATH", programs + ":" + System.getenv("PATH"), "JAVA_HOME", "")))
                .isEqualTo("1 demo: Java 17 or newer is needed, " + java + " is " + version
                        + "; install a JDK 17, or set JAVA_HOME to one\n");
    }

    @Test
    void javaHomeWithoutJavaIsNamed() throws IOException, InterruptedException {
        assertThat(run(Map.of("JAVA_HOME", programs.toString())))
                .startsWith("1 demo: JAVA_HOME is " + programs + ", and there is no bin/java in it;");
    }

    @Test
    void missingMavenIsNamed() throws IOException, InterruptedException {
        fake("java", "echo 'openjdk version \"17.0.15\"' >&2");
        // The script's own tools, without whatever else lies beside them.
        for (String tool : new String[] {"sh", "dirname", "sed", "head"}) {
            fake(tool, "exec " + which(tool) + " \"$@\"");
        }

        assertThat(run(Map.of("PATH", programs.toString(), "JAVA_HOME", "")))
                .isEqualTo("1 demo: no mvn on the PATH; install Maven 3.8.7 or newer\n");
    }

    private Path fake(String name, String body) throws IOException {
        Path program = programs.resolve(name);
        Files.writeString(program, "#!/bin/sh\n" + body + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private static String which(String tool) throws IOException {
        Process which = new ProcessBuilder("sh", "-c", "command -v " + tool).start();
        return new String(which.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
    }

    /** Returns the exit code, a blank, and what was printed. */
    private static String run(Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder("/bin/sh", CHECKOUT.resolve("demo").toString()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + output;
    }
}

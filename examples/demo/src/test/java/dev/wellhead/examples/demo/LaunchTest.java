package dev.wellhead.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts build what has changed, and nothing else; with a Maven that writes down when it was called. */
class LaunchTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("wellhead.checkout"));

    @TempDir
    private Path folder;

    private Path programs;
    private Path checkout;
    private Path source;
    private Path classpath;

    @BeforeEach
    void makeACheckout() throws IOException {
        programs = Files.createDirectory(folder.resolve("programs"));
        checkout = Files.createDirectories(folder.resolve("checkout"));
        classpath = checkout.resolve("examples/demo/target/classpath");
        source = Files.createDirectories(checkout.resolve("core/src/main/java")).resolve("A.java");
        Files.writeString(source, "class A {}\n");
        for (String script : List.of("demo", "config/launch.sh")) {
            Path copy = checkout.resolve(script);
            Files.createDirectories(copy.getParent());
            Files.copy(CHECKOUT.resolve(script), copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
        program("java", "if [ \"$1\" = -version ]; then echo 'openjdk version \"17.0.15\"' >&2; else echo started; fi");
        // Like Maven's plugin, leaves a class path that is the same as it was.
        maven("[ -f " + classpath + " ] || echo a.jar >" + classpath);
    }

    private void program(String name, String body) throws IOException {
        Path program = Files.writeString(programs.resolve(name), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private void maven(String body) throws IOException {
        program("mvn", "echo called >>" + folder.resolve("calls") + "\n" + body);
    }

    private long calls() throws IOException {
        Path calls = folder.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
    }

    /** As if whatever there is had been changed since the last build. */
    private void age() throws IOException {
        Files.setLastModifiedTime(classpath, FileTime.from(Instant.EPOCH));
    }

    @Test
    void nothingIsBuiltAgainUntilSomethingHasChanged() throws Exception {
        assertThat(start()).startsWith("0 ").contains("built in").endsWith("started\n");
        assertThat(start()).isEqualTo("0 started\n");
        assertThat(calls()).isEqualTo(1);

        age();
        assertThat(start()).contains("built in");
        assertThat(start()).isEqualTo("0 started\n");
        assertThat(calls()).isEqualTo(2);
    }

    @Test
    void whatIsChangedWhileItBuildsIsBuiltAtTheNextStart() throws Exception {
        start();
        age();
        // Clocks of file systems tick slowly.
        maven("until [ " + source + " -nt " + classpath + ".since ]; do touch " + source + "; done");
        assertThat(start()).contains("built in");

        maven("true");
        assertThat(start()).contains("built in");
        assertThat(start()).isEqualTo("0 started\n");
        assertThat(calls()).isEqualTo(3);
    }

    @Test
    void resultsOfABuildAreNoReasonForAnother() throws Exception {
        start();
        Path generated = Files.createDirectories(checkout.resolve("core/target/generated"));
        Path later = Files.writeString(generated.resolve("B.java"), "class B {}\n");
        Files.setLastModifiedTime(later, FileTime.from(Instant.now().plusSeconds(60)));

        assertThat(start()).isEqualTo("0 started\n");
    }

    @Test
    void buildThatFailsIsToldWithItsFirstErrorsAndTriedAgain() throws Exception {
        maven("echo '[ERROR] A.java:1 no such type'; exit 1");

        assertThat(start())
                .startsWith("1 ")
                .contains("A.java:1 no such type", "the build failed, see target/demo-build.log")
                .doesNotContain("started");

        maven("echo a.jar >" + classpath);
        assertThat(start()).endsWith("started\n");
    }

    /** Returns the exit code, a blank, and what was printed. */
    private String start() throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder("/bin/sh", checkout.resolve("demo").toString()).redirectErrorStream(true);
        builder.environment().put("PATH", programs + ":" + System.getenv("PATH"));
        builder.environment().remove("JAVA_HOME");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + output;
    }
}

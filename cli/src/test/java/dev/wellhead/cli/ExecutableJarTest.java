package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.cli.Wellhead.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar with its libraries, copied to another place as a user does. Runs once it is made, behind the other tests. */
class ExecutableJarTest {
    private static final Path JAR = Path.of(System.getProperty("wellhead.cli.jar"));

    @TempDir
    private Path folder;

    private Path install() throws IOException {
        Path lib = Files.createDirectories(folder.resolve("opt/wellhead/lib"));
        try (Stream<Path> libraries = Files.list(JAR.resolveSibling("lib"))) {
            for (Path library : libraries.toList()) {
                Files.copy(library, lib.resolve(library.getFileName()));
            }
        }
        return Files.copy(JAR, folder.resolve("opt/wellhead/wellhead.jar"));
    }

    @Test
    void runsFromWhereverItIsCopied() throws IOException {
        Path jar = install();
        Files.createDirectories(folder.resolve("migrations"));
        Files.writeString(folder.resolve("migrations/001_users.sql"), "create table users (id integer);\n");
        List<String> java = new ArrayList<>(Wellhead.java());
        java.addAll(List.of("-jar", jar.toString()));
        Wellhead wellhead =
                Wellhead.in(folder).with("WELLHEAD_URL", "sqlite:app.db").with("WELLHEAD_STORE", "store");

        Outcome version = run(wellhead, java, "--version");
        Outcome up = run(wellhead, java, "migrate", "up");
        Outcome backup = run(wellhead, java, "backup", "create", "--verify");
        Outcome redis = run(wellhead, java, "wait", "--redis", "redis://127.0.0.1:1", "--timeout", "100ms");

        assertThat(version.out()).startsWith("wellhead 0.");
        assertThat(up.all()).contains("applied");
        assertThat(up.code()).isZero();
        assertThat(backup.code()).as(backup.all()).isZero();
        // Packed with the library that comes along.
        try (Stream<Path> parts = Files.walk(folder.resolve("store"))) {
            assertThat(parts.map(Path::toString)).anyMatch(name -> name.endsWith(".zst"));
        }
        assertThat(redis.code()).isEqualTo(ExitCodes.UNREACHABLE);
        // Nothing about native code, missing loggers or the like.
        assertThat(version.err() + up.err().replaceAll("wellhead: making .*\\R", "") + backup.err())
                .isEmpty();
    }

    private static Outcome run(Wellhead wellhead, List<String> java, String... arguments) {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of(arguments));
        return Wellhead.outcome(wellhead.start(command));
    }

    @Test
    void librariesAreAllThereAndNoMore() throws IOException {
        String[] named;
        try (JarFile jar = new JarFile(JAR.toFile())) {
            named = jar.getManifest().getMainAttributes().getValue("Class-Path").split(" ", -1);
        }

        try (Stream<Path> libraries = Files.list(JAR.resolveSibling("lib"))) {
            assertThat(libraries.map(library -> "lib/" + library.getFileName())).containsExactlyInAnyOrder(named);
        }
    }
}

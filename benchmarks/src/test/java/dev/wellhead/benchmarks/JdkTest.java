package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdkTest {
    @TempDir
    private Path folder;

    @Test
    void newestIsTheOneWithTheHighestVersion() throws IOException {
        List<Path> homes = List.of(jdk("old", "9.0.4"), jdk("new", "26-ea"), jdk("middle", "21.0.2"));

        assertThat(Jdk.newest(homes)).contains(new Jdk(folder.resolve("new"), "26-ea", "Someone"));
        assertThat(Jdk.newest(homes).orElseThrow().feature()).isEqualTo(26);
    }

    @Test
    void folderWithoutCompilerOrVersionIsPassedOver() throws IOException {
        Path runtimeOnly = jdk("jre", "30");
        Files.delete(runtimeOnly.resolve("bin/javac"));
        Path silent = jdk("silent", "31");
        Files.delete(silent.resolve("release"));
        List<Path> homes = List.of(runtimeOnly, silent, jdk("odd", "unknown"), folder.resolve("nowhere"));

        assertThat(Jdk.newest(homes)).isEmpty();
    }

    @Test
    void currentOneComesFirstAndAnotherOnlyIfItIsNewer() {
        List<Jdk> found = Jdk.currentAndNewest();

        assertThat(found.get(0)).isEqualTo(Jdk.current());
        assertThat(found.get(0).feature()).isEqualTo(Runtime.version().feature());
        assertThat(found.subList(1, found.size()))
                .hasSizeLessThanOrEqualTo(1)
                .allSatisfy(jdk ->
                        assertThat(jdk.feature()).isGreaterThan(Jdk.current().feature()));
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Files.createDirectory(home.resolve("bin"));
        for (String program : List.of("java", "javac")) {
            assertThat(Files.createFile(home.resolve("bin").resolve(program))
                            .toFile()
                            .setExecutable(true))
                    .isTrue();
        }
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\nIMPLEMENTOR=\"Someone\"\n");
        return home;
    }
}

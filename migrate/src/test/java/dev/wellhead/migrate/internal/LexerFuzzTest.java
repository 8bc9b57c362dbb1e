package dev.wellhead.migrate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.Jazzer;
import dev.wellhead.jdbc.internal.Dialect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever bytes a file holds, it comes apart without losing one, or is refused by name and line. */
class LexerFuzzTest {
    private static final int FUZZED_SECONDS = 45;

    // Not a @FuzzTest: that would instrument the JVM of all other tests.
    @Test
    void seedsAndWhatTheFuzzerFoundComeApartInOrderOrAreRefused() throws Exception {
        try (Stream<Path> seeds = Files.list(seeds())) {
            List<Path> files = seeds.toList();
            for (Path file : files) {
                Target.fuzzerTestOneInput(Files.readAllBytes(file));
            }
            assertThat(files).hasSizeGreaterThan(10);
        }
    }

    @Tag("thorough")
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    @Test
    void fuzzerFindsNothing(@TempDir Path folder) throws Exception {
        Path output = folder.resolve("output");
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        Process fuzzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Jazzer.class.getName(),
                        "--target_class=" + Target.class.getName(),
                        "--instrumentation_includes=dev.wellhead.migrate.**",
                        "-max_total_time=" + FUZZED_SECONDS,
                        "-timeout=10",
                        "-max_len=4096",
                        corpus.toString(),
                        seeds().toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int exit = fuzzer.waitFor();

        String said = Files.readString(output, StandardCharsets.ISO_8859_1);
        assertThat(exit).as(said.substring(Math.max(0, said.length() - 4000))).isZero();
        assertThat(said).containsPattern("Done \\d{5,} runs");
    }

    private static Path seeds() throws Exception {
        return Path.of(LexerFuzzTest.class.getResource("fuzz-seeds").toURI());
    }

    /** What the fuzzer calls. */
    public static final class Target {
        private Target() {}

        public static void fuzzerTestOneInput(byte[] bytes) {
            if (bytes.length == 0) {
                return;
            }
            Dialect dialect = bytes[0] == 's' ? Dialect.SQLITE : Dialect.POSTGRESQL;
            String script = new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8);
            try {
                comesApart(script, dialect);
            } catch (ScriptException refusal) {
                if (refusal.line() < 1 || String.valueOf(refusal.getMessage()).isEmpty()) {
                    throw new AssertionError("a refusal must say what and where", refusal);
                }
            }
        }

        private static void comesApart(String script, Dialect dialect) throws ScriptException {
            List<SqlStatement> statements = Lexer.split(script, dialect);
            StringBuilder rebuilt = new StringBuilder();
            int behind = 0;
            for (SqlStatement each : statements) {
                rebuilt.append(script, behind, each.span().start()).append(each.text());
                behind = each.span().end();
            }
            if (!rebuilt.append(script, behind, script.length()).toString().equals(script)) {
                throw new AssertionError("the statements and what is between them are not the script");
            }
            Outline.Builder outline = new Outline.Builder(dialect, 0, Set.of(), false);
            for (SqlStatement each : statements) {
                outline.add(each);
            }
            if (outline.build().statements() != statements.size()) {
                throw new AssertionError("the outline has lost a statement");
            }
        }
    }
}

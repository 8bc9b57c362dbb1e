package dev.wellhead.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each block of Java in the documentation compiles. Most are the lines of a method of the reader's; what a page takes for
 * given there (a pool, a class of his) stands in {@code documentation/<page>.java} among the resources.
 */
class DocumentationTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("wellhead.checkout"));
    private static final String IMPORTS = """
            import dev.wellhead.backup.*;
            import dev.wellhead.cache.*;
            import dev.wellhead.console.*;
            import dev.wellhead.core.*;
            import dev.wellhead.jdbc.*;
            import dev.wellhead.micrometer.*;
            import dev.wellhead.migrate.*;
            import dev.wellhead.opentelemetry.*;
            import dev.wellhead.pool.*;
            import dev.wellhead.ratelimit.*;
            import dev.wellhead.redis.*;
            import io.lettuce.core.RedisURI;
            import io.lettuce.core.SslOptions;
            import java.io.File;
            import java.nio.file.*;
            import java.sql.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            import javax.sql.DataSource;
            """;

    @TempDir
    private Path classes;

    /** A block of Java. */
    record Block(String page, int line, String code) {
        @Override
        public String toString() {
            return page + ":" + line;
        }
    }

    static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path page : pages()) {
            List<String> lines = Files.readAllLines(page);
            for (int from = 0; from < lines.size(); from++) {
                if (lines.get(from).strip().equals("```java")) {
                    int to = from + 1;
                    while (!lines.get(to).strip().equals("```")) {
                        to++;
                    }
                    String code = String.join("\n", lines.subList(from + 1, to));
                    blocks.add(new Block(CHECKOUT.relativize(page).toString(), from + 2, code));
                    from = to;
                }
            }
        }
        return blocks;
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> docs = Files.walk(CHECKOUT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        pages.add(CHECKOUT.resolve("examples/prediction-service/README.md"));
        return pages;
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void everyBlockOfJavaCompiles(Block block) throws IOException {
        List<String> problems = List.of();
        for (String unit : units(block)) {
            problems = compile(unit);
            if (problems.isEmpty()) {
                return;
            }
        }
        assertThat(problems).as("%s%n%s", block, block.code).isEmpty();
    }

    @Test
    void noPageTakesForGivenWhatItDoesNotShow() throws IOException {
        Set<String> withBlocks = new TreeSet<>();
        blocks().forEach(block -> withBlocks.add(resource(block)));

        try (Stream<Path> given = Files.list(CHECKOUT.resolve("architecture/src/test/resources/documentation"))) {
            assertThat(given.map(file -> file.getFileName().toString())).isSubsetOf(withBlocks);
        }
    }

    /** Returns what the block may be: a file; or lines of a method that returns nothing, at its end, or before. */
    private static List<String> units(Block block) throws IOException {
        if (block.code.contains("public final class ")) {
            return List.of(IMPORTS + block.code.replace("public final class ", "final class "));
        }
        String begin = IMPORTS + "abstract class Lines {\n" + given(block);
        return List.of(
                begin + "void lines() throws Exception {\n" + block.code + "\n}}",
                begin + "Object lines() throws Exception {\n" + block.code + "\n}}",
                begin + "Object lines() throws Exception {\n" + block.code + "\nreturn null;\n}}");
    }

    private static String resource(Block block) {
        String name = Path.of(block.page).getFileName().toString();
        return name.substring(0, name.length() - ".md".length()) + ".java";
    }

    private static String given(Block block) throws IOException {
        try (InputStream in = DocumentationTest.class.getResourceAsStream("/documentation/" + resource(block))) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private List<String> compile(String unit) throws IOException {
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///Page.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return unit;
                    }
                };
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(found, Locale.ROOT, StandardCharsets.UTF_8)) {
            compiler.getTask(
                            new StringWriter(),
                            files,
                            found,
                            List.of(
                                    "-proc:none",
                                    "-nowarn",
                                    "-d",
                                    classes.toString(),
                                    "-classpath",
                                    System.getProperty("java.class.path")),
                            null,
                            List.of(source))
                    .call();
        }
        return found.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(problem -> problem.getMessage(Locale.ROOT))
                .toList();
    }
}

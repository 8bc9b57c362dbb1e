package dev.wellhead.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for the files of the checkout rather than for classes. */
class RepositoryTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("wellhead.checkout"));

    @Test
    void everyErrorCodeIsDocumentedAndEveryDocumentedOneExists() throws IOException {
        Pattern code = Pattern.compile("WH-([A-Z]+)-\\d{3}");
        Set<String> inCode = find(code, sources("/src/main/java/"));
        Set<String> inDocs = find(code, files(CHECKOUT.resolve("docs/errors"), ".md"));

        assertThat(inCode).isNotEmpty();
        assertThat(inDocs).isEqualTo(inCode);
    }

    @Test
    void nothingIsLeftUndoneOrSwitchedOff() throws IOException {
        // Written apart, so that this file does not contain what it looks for.
        Pattern undone = Pattern.compile("TO" + "DO|FIX" + "ME|@Dis" + "abled");

        assertThat(find(undone, sources("/src/"))).isEmpty();
    }

    @Test
    void readmeShowsTheLinesThatTheBuildCompiles() throws IOException {
        assertThat(Files.readString(CHECKOUT.resolve("README.md")))
                .contains("```java\n" + quickstart().stripTrailing().stripIndent() + "\n```");
    }

    @Test
    void everythingIsWiredInThirtyLinesOfPlainJava() throws IOException {
        List<String> lines =
                quickstart().lines().filter(line -> !line.isBlank()).toList();

        assertThat(lines).hasSizeBetween(10, 30).allMatch(line -> line.length() <= 120);
        assertThat(String.join("\n", lines))
                .contains(
                        "ConnectionPool.builder(",
                        "Redis.builder(",
                        "Cache.builder(",
                        "RateLimiter.redis(",
                        "Migrator.builder(",
                        "Backups.builder(");
    }

    private static String quickstart() throws IOException {
        String source = Files.readString(CHECKOUT.resolve(
                "examples/prediction-service/src/main/java/dev/wellhead/examples/prediction/Quickstart.java"));
        return source.substring(
                source.indexOf("// README: begin\n") + "// README: begin\n".length(),
                source.indexOf("        // README: end"));
    }

    @Test
    void linksBetweenTheDocumentsLeadSomewhere() throws IOException {
        Pattern link = Pattern.compile("\\]\\((?!https?:|#|mailto:)([^)#]+)");
        List<Path> documents = new ArrayList<>(files(CHECKOUT.resolve("docs"), ".md"));
        try (Stream<Path> top = Files.list(CHECKOUT)) {
            top.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
        }

        for (Path document : documents) {
            for (String target : link.matcher(Files.readString(document))
                    .results()
                    .map(found -> found.group(1))
                    .toList()) {
                assertThat(document.resolveSibling(target))
                        .as("linked from " + document)
                        .exists();
            }
        }
    }

    private static Set<String> find(Pattern pattern, List<Path> files) throws IOException {
        Set<String> found = new TreeSet<>();
        for (Path file : files) {
            pattern.matcher(Files.readString(file)).results().forEach(match -> found.add(match.group()));
        }
        return found;
    }

    private static List<Path> sources(String part) throws IOException {
        return files(CHECKOUT, ".java").stream()
                .filter(file -> file.toString().contains(part))
                .toList();
    }

    private static List<Path> files(Path root, String ending) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(file -> file.toString().endsWith(ending))
                    .filter(file -> !file.toString().contains("/target/"))
                    .collect(Collectors.toList());
        }
    }
}

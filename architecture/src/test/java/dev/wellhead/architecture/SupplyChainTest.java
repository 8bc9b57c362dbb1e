package dev.wellhead.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/supply-chain.md says what the build has made: what comes with each module, under which licence, and how large it is. */
class SupplyChainTest {
    private static final Path PAGE = Path.of(System.getProperty("wellhead.checkout"), "docs/supply-chain.md");
    private static final double SLACK = 0.1;
    // A small jar grows by a tenth with two classes.
    private static final int SLACK_KB = 5;

    static List<BuiltModule> modules() throws IOException {
        return BuiltModule.all();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void pageSaysWhatComesWithEachModule(BuiltModule module) throws IOException {
        Assumptions.assumeTrue(module.isBuilt(), module + " was not packed by this build");
        Assumptions.assumeTrue(allBuilt(module), "not all that " + module + " needs was packed by this build");

        assertRow(List.of(
                module.artifact(),
                kilobytes(Files.size(module.jar())),
                module.brings().stream().map(BuiltModule.Library::name).collect(Collectors.joining(", ")),
                kilobytes(module.bytesInAll(BuiltModule.all())),
                String.join(", ", module.uses())));
    }

    private static boolean allBuilt(BuiltModule module) throws IOException {
        List<String> needed =
                module.brings().stream().map(BuiltModule.Library::name).toList();
        for (BuiltModule other : BuiltModule.all()) {
            if (needed.contains(other.artifact()) && !other.isBuilt()) {
                return false;
            }
        }
        return true;
    }

    @Test
    void pageNamesLicenceAndSizeOfEachLibraryOfOthers() throws IOException {
        SortedMap<String, BuiltModule.Library> libraries = new TreeMap<>();
        for (BuiltModule module : BuiltModule.all()) {
            Assumptions.assumeTrue(module.isBuilt(), module + " was not packed by this build");
            module.brings().stream()
                    .filter(library -> !library.isOurs())
                    .forEach(library -> libraries.putIfAbsent(library.coordinates(), library));
        }

        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, BuiltModule.Library> library : libraries.entrySet()) {
            List<String> expected = List.of(
                    library.getKey(),
                    Pom.of(library.getValue()).licences(),
                    kilobytes(Files.size(library.getValue().file())));
            assertThat(expected).as("licence of " + library.getKey()).doesNotContain("unknown");
            List<String> written = rows().get(library.getKey());
            if (written == null || differs(written, expected)) {
                wrong.add(line(expected));
            }
        }
        assertThat(wrong).as("lines to write into docs/supply-chain.md").isEmpty();
        assertThat(rows().keySet().stream().filter(name -> name.contains(":")))
                .as("libraries on the page and in no module's dependencies")
                .containsExactlyElementsOf(libraries.keySet());
    }

    @ParameterizedTest
    @MethodSource("modules")
    void eachJarHasTheLicenceInIt(BuiltModule module) throws IOException {
        Assumptions.assumeTrue(module.isBuilt(), module + " was not packed by this build");

        try (JarFile jar = new JarFile(module.jar().toFile())) {
            assertThat(List.of("META-INF/LICENSE", "META-INF/NOTICE"))
                    .allSatisfy(name -> assertThat(jar.getEntry(name)).as(name).isNotNull());
        }
    }

    @Test
    void dependencyThatIsNotOnThePageIsTold() throws IOException {
        SortedMap<String, List<String>> rows = rows();
        List<String> pool = rows.get("wellhead-pool");

        assertThat(differs(pool, pool)).isFalse();
        assertThat(differs(pool, with(pool, 2, pool.get(2) + ", guava"))).isTrue();
        assertThat(differs(pool, with(pool, 1, kilobytes(bytes(pool.get(1)) * 12 / 10))))
                .isTrue();
        assertThat(differs(pool, with(pool, 1, kilobytes(bytes(pool.get(1)) * 105 / 100))))
                .isFalse();
    }

    private static List<String> with(List<String> row, int column, String value) {
        List<String> changed = new ArrayList<>(row);
        changed.set(column, value);
        return changed;
    }

    private static void assertRow(List<String> expected) throws IOException {
        List<String> written = rows().get(expected.get(0));

        assertThat(written != null && !differs(written, expected))
                .as("docs/supply-chain.md says %s; write:%n%s", written, line(expected))
                .isTrue();
    }

    private static boolean differs(List<String> written, List<String> expected) {
        if (written.size() != expected.size()) {
            return true;
        }
        for (int i = 0; i < written.size(); i++) {
            boolean same = expected.get(i).endsWith(" kB")
                    ? written.get(i).endsWith(" kB") && isNear(bytes(written.get(i)), bytes(expected.get(i)))
                    : written.get(i).equals(expected.get(i));
            if (!same) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNear(long written, long found) {
        return Math.abs(written - found) <= Math.max(found * SLACK, SLACK_KB * 1000L);
    }

    private static String line(List<String> row) {
        return "| " + String.join(" | ", row) + " |";
    }

    private static String kilobytes(long bytes) {
        return Math.round(bytes / 1000.0) + " kB";
    }

    private static long bytes(String kilobytes) {
        return Long.parseLong(kilobytes.replace(" kB", "")) * 1000;
    }

    /** The rows of the page's tables, by their first column. */
    private static SortedMap<String, List<String>> rows() throws IOException {
        SortedMap<String, List<String>> rows = new TreeMap<>();
        Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| wellhead-") || line.matches("\\| [\\w.-]+:[\\w.-]+ \\|.*"))
                .map(line -> Arrays.stream(
                                line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
                        .map(String::strip)
                        .toList())
                .forEach(row -> rows.put(row.get(0), row));
        return rows;
    }
}

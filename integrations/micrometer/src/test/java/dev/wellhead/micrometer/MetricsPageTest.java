package dev.wellhead.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.core.internal.MetricCatalogue;
import dev.wellhead.core.internal.MetricCatalogue.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page of all metrics lists each one as it is. */
class MetricsPageTest {
    private static final Path PAGE = Path.of(System.getProperty("wellhead.checkout"), "docs/metrics.md");

    @Test
    void pageListsEachMetricOnceWithKindTagsNameInPrometheusUnitAndMeaning() throws IOException {
        List<String> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `wellhead."))
                .toList();

        assertThat(rows).hasSameSizeAs(MetricCatalogue.all());
        for (Entry entry : MetricCatalogue.all()) {
            String tags = entry.tags().isEmpty()
                    ? "-"
                    : entry.tags().stream().map(key -> "`" + key + "`").collect(Collectors.joining(", "));
            String begin = "| `" + entry.name() + "` | " + entry.kind().name().toLowerCase(Locale.ROOT) + " | " + tags
                    + " | `" + ModulesTest.prometheusName(entry) + "` | `";
            assertThat(rows)
                    .filteredOn(row -> row.startsWith(begin))
                    .singleElement()
                    .asString()
                    .matches(".*\\| `[^`]+` \\| `" + entry.unit().replace("{", "\\{") + "` \\| .{5,} \\|");
        }
    }
}

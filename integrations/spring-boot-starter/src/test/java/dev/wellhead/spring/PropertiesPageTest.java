package dev.wellhead.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of properties in the documentation is that of the metadata; what it must be is shown when it is not. */
class PropertiesPageTest {
    private static final String BEGIN = "<!-- properties: begin -->\n";
    private static final String END = "<!-- properties: end -->";

    @Test
    void tableOfThePageIsThatOfTheMetadata() throws IOException {
        String page = Files.readString(Path.of(System.getProperty("wellhead.checkout"), "docs", "spring-boot.md"));

        String shown = page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END));

        assertThat(shown).isEqualTo(table(Metadata.load()));
    }

    @Test
    void everyPropertyIsDescribedInASentence() {
        assertThat(Metadata.load())
                .allSatisfy(property -> assertThat(property.description())
                        .as(property.name())
                        .matches("[A-Z].*\\.")
                        .doesNotContain("|", "\n"));
    }

    private static String table(List<Metadata.Property> properties) {
        StringBuilder table = new StringBuilder("| property | type | default | |\n|---|---|---|---|\n");
        for (Metadata.Property property : properties) {
            table.append("| `")
                    .append(property.name())
                    .append("` | ")
                    .append(type(property.type()))
                    .append(" | ")
                    .append(property.defaultValue())
                    .append(" | ")
                    .append(property.description())
                    .append(" |\n");
        }
        return table.toString();
    }

    // java.util.Set<dev.wellhead.spring.PoolProperties$Feature> is Set<Feature>.
    private static String type(String name) {
        return name.replaceAll("[a-zA-Z0-9_.]*[.$]", "").replace("<", "&lt;").replace(">", "&gt;");
    }
}

package dev.wellhead.examples.labs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of the labs keeps up with the course. */
class LabsPageTest {
    private static final Path PAGE = Path.of(System.getProperty("wellhead.checkout"), "docs", "labs.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| \\[`([a-z0-9-]+)`]\\(([^)]+)\\) \\| \\S.* \\|$");

    /** A row of the table: the lab, and what its name leads to. */
    private record Row(String lab, String link) {}

    @Test
    void tableNamesEachLabInTheOrderOfTheCourse() throws IOException {
        assertThat(rows())
                .extracting(Row::lab)
                .containsExactlyElementsOf(Labs.all().stream().map(Lab::name).toList());
    }

    @Test
    void eachRowLeadsToTheTextOfItsLab() throws IOException {
        assertThat(rows())
                .allSatisfy(row -> assertThat(PAGE.resolveSibling(row.link()))
                        .isRegularFile()
                        .endsWith(Path.of("labs", row.lab(), "lab.md")));
    }

    private static List<Row> rows() throws IOException {
        return ROW.matcher(Files.readString(PAGE))
                .results()
                .map(row -> new Row(row.group(1), row.group(2)))
                .toList();
    }
}

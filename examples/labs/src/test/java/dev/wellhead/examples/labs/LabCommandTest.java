package dev.wellhead.examples.labs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabCommandTest {
    private static final Lab ANY = Labs.all().get(0);

    @TempDir
    private Path work;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return new LabCommand(
                        work,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of(arguments));
    }

    @Test
    void withoutANameItListsAllWithTheirTitles() {
        assertThat(run()).isZero();

        for (Lab lab : Labs.all()) {
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .contains(lab.name(), LabText.of(lab).title());
        }
    }

    @Test
    void mistakesAreNamedInOneLine() {
        assertThat(run("sqlite-crudd")).isEqualTo(2);
        assertThat(run(ANY.name(), "--chekc")).isEqualTo(2);
        assertThat(run(ANY.name(), "--check", "twice")).isEqualTo(2);

        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "lab: no such lab: sqlite-crudd; ./lab lists them",
                        "lab: no such option: --chekc; see ./lab --help",
                        "lab: too much: twice; see ./lab --help");
    }

    @Test
    void checkSaysWhetherItIsSolvedAndTheListRemembersIt() {
        assertThat(run(ANY.name(), "--check")).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("not yet.").doesNotContain("solved.");

        assertThat(run(ANY.name(), "--solve")).isZero();
        assertThat(run(ANY.name(), "--check")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("solved.");

        assertThat(run()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains(" * " + ANY.name());
    }

    @Test
    void whatTheLearnerChangedSurvivesAllButReset() throws Exception {
        LabFiles files = new LabFiles(ANY, work);
        files.handOut();
        Path file = files.folder().resolve(files.names().get(0));
        String handedOut = Files.readString(file);
        Files.writeString(file, "mine");

        files.handOut();
        assertThat(file).hasContent("mine");

        assertThat(files.solve())
                .singleElement()
                .satisfies(kept -> assertThat(kept).hasContent("mine"));
        assertThat(Files.readString(file)).isNotIn("mine", handedOut);

        assertThat(run(ANY.name(), "--reset")).isZero();
        assertThat(file).hasContent(handedOut);
    }

    @Test
    void missingFileIsNamedWithTheWayBack() throws Exception {
        LabFiles files = new LabFiles(ANY, work);
        files.handOut();
        Path file = files.folder().resolve(files.names().get(0));
        Files.delete(file);

        LabRun.play(ANY, files.folder(), new PrintStream(out, true, StandardCharsets.UTF_8))
                .print(new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(out.toString(StandardCharsets.UTF_8)).contains(file + " is missing; --reset brings it back");
    }
}

package dev.wellhead.examples.labs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each lab shows its problem as it is handed out, and is solved by its solution. */
class LabsTest {
    @TempDir
    private Path work;

    static List<Lab> labs() {
        return Labs.all();
    }

    @ParameterizedTest
    @MethodSource("labs")
    void asHandedOutTheSceneIsTrueAndTheExerciseUnsolved(Lab lab) throws Exception {
        LabFiles files = new LabFiles(lab, work);
        files.handOut();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();

        LabRun run = LabRun.play(lab, files.folder(), stream(printed));

        assertThat(run.defects()).as("%s", printed).isEmpty();
        assertThat(run.goals()).as("%s", printed).anyMatch(goal -> !goal.holds());
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("-- ");
    }

    @ParameterizedTest
    @MethodSource("labs")
    void theSolutionSolvesIt(Lab lab) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        LabCommand command = new LabCommand(work, stream(printed), stream(printed));

        assertThat(command.run(List.of(lab.name(), "--solve")))
                .as("%s", printed)
                .isZero();
    }

    @Test
    void namesAreUniqueAndOrderedByLevel() {
        assertThat(Labs.all())
                .extracting(Lab::name)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z0-9-]+"));
        assertThat(Labs.all()).extracting(Lab::level).isSorted();
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}

package dev.wellhead.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Each command of the documentation is run by the build, or somebody has said why it is not. */
class CommandsTest {
    private static final Set<String> WITH_EXIT_CODE = Set.of("run", "scratch");

    @Test
    void whatBecomesOfEachCommandIsSaid() throws IOException {
        List<String> accounted = accounted();

        assertThat(Commands.shown())
                .as("a command that .ci/commands does not know: put it into one of its parts")
                .isNotEmpty()
                .allSatisfy(shown -> assertThat(accounted).contains(shown.command()));
    }

    @Test
    void nothingIsAccountedForTwiceOrInVain() throws IOException {
        Set<String> shown = new TreeSet<>();
        Commands.shown().forEach(each -> shown.add(each.command()));

        assertThat(accounted()).doesNotHaveDuplicates().isSubsetOf(shown);
    }

    @Test
    void whatIsRunHasAnExitCode() throws IOException {
        Map<String, List<String>> parts = Commands.parts();

        assertThat(parts).containsKeys("run", "scratch", "tools");
        for (String part : WITH_EXIT_CODE) {
            assertThat(parts.get(part)).isNotEmpty().allMatch(line -> line.matches("\\d+ \\S.*"));
        }
    }

    private static List<String> accounted() throws IOException {
        List<String> commands = new ArrayList<>();
        Commands.parts()
                .forEach((part, lines) -> lines.forEach(line ->
                        commands.add(WITH_EXIT_CODE.contains(part) ? line.substring(line.indexOf(' ') + 1) : line)));
        return commands;
    }
}

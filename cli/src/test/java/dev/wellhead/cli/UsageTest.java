package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.cli.Wellhead.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Help, and what happens to a command line that is none. */
class UsageTest {
    @TempDir
    private Path folder;

    static Stream<String> commands() {
        return Stream.concat(
                Stream.of("plan up down status verify repair resume mark baseline import lint drift new".split(" ", -1))
                        .map(name -> "migrate " + name),
                Stream.concat(
                        Stream.of("create list verify restore prune".split(" ", -1))
                                .map(name -> "backup " + name),
                        Stream.of("", "migrate", "backup", "doctor", "wait")));
    }

    private static String[] words(String command, String more) {
        return (command + " " + more).strip().split(" ", -1);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpWithAnExample(String command) {
        Outcome outcome = Wellhead.in(folder).run(words(command, "--help"));

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("Usage: wellhead" + (command.isEmpty() ? "" : " " + command))
                .contains("Example:")
                .contains("--json")
                .doesNotContain("\u001b");
        assertThat(outcome.out().substring(outcome.out().indexOf("Example:"))).contains("  wellhead ");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(120));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandIsDocumentedWithItsOutput(String command) throws IOException {
        String page = Files.readString(Path.of(System.getProperty("wellhead.checkout"), "docs/cli.md"));

        assertThat(page).contains("wellhead" + (command.isEmpty() ? "" : " " + command));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void unknownOptionIsNamed(String command) {
        Outcome outcome = Wellhead.in(folder).run(words(command, "--nonsense=x"));

        assertThat(outcome.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(outcome.err()).contains("--nonsense").contains("--help");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void unknownCommandIsNamedWithWhatIsNear() {
        Outcome outcome = Wellhead.in(folder).run("migrate", "statsu");

        assertThat(outcome.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(outcome.err()).contains("there is no command 'statsu'", "status");
    }

    @ParameterizedTest
    @CsvSource({
        "'',      'migrate, backup, doctor, wait'",
        "migrate, 'plan, up, down, status'",
        "backup,  'create, list, verify, restore, prune'"
    })
    void missingCommandIsAskedForAndThoseThereAreAreNamed(String command, String known) {
        Outcome outcome = Wellhead.in(folder).run(command.isEmpty() ? new String[0] : new String[] {command});

        assertThat(outcome.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(outcome.err()).contains("which command?", known, "--help");
    }

    @Test
    void oneWordTooManyIsNamed() {
        Outcome outcome = Wellhead.in(folder).run("migrate", "up", "now");

        assertThat(outcome.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(outcome.err()).contains("'now' is one word too many");
    }

    @Test
    void misuseIsJsonToo() {
        Outcome outcome = Wellhead.in(folder).run("migrate", "up", "--json", "--steps");

        assertThat(Results.object(Results.json(outcome), "error")).containsEntry("code", "WH-CLI-006");
    }

    @Test
    void versionIsTold() {
        assertThat(Wellhead.in(folder).run("--version").out())
                .startsWith("wellhead ")
                .contains("Java");
    }

    @Test
    void coloursAreForTerminalsThatWantThem() throws IOException {
        Files.createDirectories(folder.resolve("migrations"));
        Files.writeString(folder.resolve("migrations/001_a.sql"), "select 1;");
        Wellhead piped = Wellhead.in(folder).with("WELLHEAD_URL", "sqlite:none.db");
        Wellhead seen = piped.onTerminal(true, true);

        assertThat(piped.run("migrate", "plan").out()).doesNotContain("\u001b");
        assertThat(seen.run("migrate", "plan").out()).contains("\u001b[1m");
        assertThat(seen.run("migrate", "plan", "--help").out()).contains("\u001b[");
        assertThat(seen.with("NO_COLOR", "1").run("migrate", "plan").out()).doesNotContain("\u001b");
        assertThat(seen.with("NO_COLOR", "1").run("migrate", "plan", "--help").out())
                .doesNotContain("\u001b");
        assertThat(seen.with("NO_COLOR", "").run("migrate", "plan").out()).contains("\u001b[1m");
        assertThat(seen.with("TERM", "dumb").run("migrate", "plan").out()).doesNotContain("\u001b");
        assertThat(seen.run("migrate", "plan", "--json").out()).doesNotContain("\u001b");
    }

    @Test
    void tablesFitTheTerminal() throws IOException {
        Files.createDirectories(folder.resolve("migrations"));
        Files.writeString(
                folder.resolve("migrations/001_a.sql"), "select '" + "many words in one line ".repeat(12) + "';");
        Wellhead seen = Wellhead.in(folder)
                .with("WELLHEAD_URL", "sqlite:none.db")
                .onTerminal(true, true)
                .with("NO_COLOR", "1")
                .with("COLUMNS", "72");

        assertThat(seen.run("migrate", "plan").out().lines())
                .hasSizeGreaterThan(3)
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(72));
        assertThat(Wellhead.in(folder)
                        .with("WELLHEAD_URL", "sqlite:none.db")
                        .run("migrate", "plan")
                        .out()
                        .lines())
                .hasSize(2);
    }

    @Test
    void textBehindALabelFitsTheTerminalAndStaysOneLineElsewhere() {
        Wellhead piped = Wellhead.in(folder);
        String[] doctor = {"doctor", "--offline", "--url", "postgresql://127.0.0.1/app?tcpKeepAlive=true"};

        assertThat(piped.onTerminal(true, true)
                        .with("COLUMNS", "60")
                        .with("NO_COLOR", "1")
                        .run(doctor)
                        .out()
                        .lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(60))
                .anyMatch(line -> line.startsWith(" ".repeat("  why:   ".length()) + "waits for"));
        assertThat(piped.run(doctor).out().lines()).hasSize(6);
    }
}

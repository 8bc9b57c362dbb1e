package dev.wellhead.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as it is typed. */
class BenchTest {
    @TempDir
    private Path checkout;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** End to end, on what is known before: JMH runs, finds the bytes of an array, and every goal has its line. */
    @Test
    void quickRunEndsWithOneLineForEachGoalAndIsNoEvidence() throws Exception {
        int code = run("calibration", "--quick");

        assertThat(code).as(text(err)).isZero();
        List<String> lines = text(out).lines().toList();
        assertThat(lines.subList(lines.size() - 5, lines.size()))
                .allMatch(Pattern.compile("goal calibration\\.[a-z.]+@\\d+ [\\d.]+ [<>]= [\\d.]+ (met|missed|tie)")
                        .asMatchPredicate());
        assertThat(lines)
                .contains(
                        "goal calibration.array.bytes.most@" + Runtime.version().feature() + " 32 <= 32.5 met",
                        "goal calibration.array.bytes.least@"
                                + Runtime.version().feature() + " 32 >= 31.5 met")
                .anyMatch(line -> line.contains("no evidence"));
        assertThat(Files.readString(checkout.resolve("benchmarks/target/bench/calibration.json")))
                .contains("\"evidence\": false", "\"command\": \"./bench calibration --quick\"", "\"commit\": \"abc\"");
        assertThat(checkout.resolve("benchmarks/results")).doesNotExist();
    }

    @Test
    void withoutANameTheSetsAreListed() throws Exception {
        assertThat(run()).isZero();

        BenchmarkSets.all().forEach(set -> assertThat(text(out)).contains(set.name(), set.description()));
    }

    @Test
    void wrongNameIsNamedAndTheSetsAreListed() throws Exception {
        assertThat(run("starup", "--quick")).isEqualTo(1);

        assertThat(text(err)).startsWith("bench: no such set: starup\nusage:").contains("startup");
    }

    @Test
    void chosenScenarioAloneIsNoEvidenceAndOneThatNeedsANewerJdkIsPassedOver() throws Exception {
        int code = printing(bench -> bench.run(new ThreeScenarios(), "bo", Effort.FULL));

        assertThat(code).as(text(err)).isZero();
        assertThat(text(out))
                .contains("measuring borrow on", "both needs a JDK 1000, JDK")
                .doesNotContain("measuring both", "measuring close");
        assertThat(Files.readString(checkout.resolve("benchmarks/target/bench/three.json")))
                .contains("\"evidence\": false", "\"command\": \"./bench three bo\"");
        assertThat(checkout.resolve("benchmarks/results")).doesNotExist();
    }

    @Test
    void scenarioThatDoesNotExistIsNamedWithThoseThatDo() throws Exception {
        int code = printing(bench -> bench.run(new ThreeScenarios(), "return", Effort.QUICK));

        assertThat(code).isEqualTo(1);
        assertThat(text(err)).isEqualTo("bench: no scenario begins with 'return'; there are borrow, both, close\n");
    }

    @Test
    void brokenRunSaysWhyAndWritesNothing() throws Exception {
        BrokenSet set = new BrokenSet(2);

        int code = printing(bench -> bench.run(set, "", Effort.FULL));

        assertThat(code).isEqualTo(1);
        assertThat(text(err)).isEqualTo("bench: measurement 4 broke\n");
        assertThat(set.closed).isTrue();
        assertThat(checkout.resolve("benchmarks")).doesNotExist();
    }

    @Test
    void whatWasMeasuredBeforeItBrokeIsKeptAndIsNoEvidence() throws Exception {
        int rounds = 5 * Jdk.currentAndNewest().size();

        int code = printing(bench -> bench.run(new BrokenSet(rounds + 1), "", Effort.FULL));

        assertThat(code).isEqualTo(1);
        assertThat(text(out)).contains("measured again: measurement", "not run to the end; what there is: ");
        assertThat(Files.readString(checkout.resolve("benchmarks/target/bench/broken.json")))
                .contains("\"evidence\": false", "\"first\"")
                .doesNotContain("\"second\"");
        assertThat(checkout.resolve("benchmarks/results")).doesNotExist();
    }

    @Test
    void versionsOfAllPeersComeFromTheBuild() {
        assertThat(Versions.all())
                .containsKeys(
                        "HikariCP",
                        "Agroal",
                        "DBCP2",
                        "Tomcat",
                        "Vibur",
                        "Flyway",
                        "Bucket4j",
                        "Guava",
                        "jmh",
                        "wellhead");
        assertThat(Versions.all().values()).allMatch(version -> version.matches("\\d+\\..*"));
    }

    private int run(String... arguments) throws InterruptedException {
        return printing(bench -> bench.run(List.of(arguments)));
    }

    private int printing(Action action) throws InterruptedException {
        try (PrintStream toOut = new PrintStream(out, true, StandardCharsets.UTF_8);
                PrintStream toErr = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            return action.run(new Bench(checkout, "abc", toOut, toErr));
        }
    }

    private interface Action {
        int run(Bench bench) throws InterruptedException;
    }

    private static final class ThreeScenarios implements BenchmarkSet {
        @Override
        public String name() {
            return "three";
        }

        @Override
        public String description() {
            return "measures one at once";
        }

        @Override
        public int rounds(Effort effort) {
            return 1;
        }

        @Override
        public List<Scenario> open() {
            List<Contender> ours = List.of(new Contender("ours", (jdk, effort) -> Map.of("ms", 1.0)));
            return List.of(
                    new Scenario("borrow", ours, List.of()),
                    new Scenario("both", ours, List.of(), 1000),
                    new Scenario("close", ours, List.of()));
        }
    }

    private static final class BrokenSet implements BenchmarkSet {
        private final int breaksAt;
        private int measured;
        private boolean closed;

        /** @param breaksAt the first measurement that fails, as do all behind it */
        BrokenSet(int breaksAt) {
            this.breaksAt = breaksAt;
        }

        @Override
        public String name() {
            return "broken";
        }

        @Override
        public String description() {
            return "breaks";
        }

        @Override
        public int rounds(Effort effort) {
            return 5;
        }

        @Override
        public List<Scenario> open() {
            List<Contender> ours = List.of(new Contender("ours", this::measure));
            return List.of(new Scenario("first", ours, List.of()), new Scenario("second", ours, List.of()));
        }

        private Map<String, Double> measure(Jdk jdk, Effort effort) throws BenchmarkException {
            if (++measured >= breaksAt) {
                throw new BenchmarkException("measurement " + measured + " broke");
            }
            return Map.of("ms", 1.0);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}

package dev.wellhead.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.testkit.Ports;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** What a person reads when the application does not start. */
class FailuresTest {
    private static TestDatabase database;

    @BeforeAll
    static void create() {
        database = TestDatabase.postgres();
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @Test
    void databaseThatIsAwayIsExplained() {
        FailureAnalysis analysis = analyze(Applications.plain()
                .withPropertyValues("spring.datasource.url=jdbc:postgresql://127.0.0.1:" + Ports.free() + "/app"));

        assertThat(analysis.getDescription()).startsWith("WH-MIG-012: ").contains("127.0.0.1");
        assertThat(analysis.getAction()).isEqualTo("Check address, rights, and that the schema exists.");
    }

    @Test
    void wrongPasswordIsExplainedAndNotShown() {
        FailureAnalysis analysis =
                analyze(Applications.on(database).withPropertyValues("spring.datasource.password=canary-0b9e"));

        assertThat(analysis.getDescription()).startsWith("WH-MIG-012: ").contains("28P01");
        assertThat(analysis.getDescription() + analysis.getAction()).doesNotContain("canary-0b9e");
    }

    @Test
    void brokenMigrationIsExplainedWithItsLine() {
        FailureAnalysis analysis =
                analyze(Applications.on(database).withPropertyValues("wellhead.migrate.locations=classpath:broken"));

        assertThat(analysis.getDescription()).startsWith("WH-MIG-007: ").contains("001_broken.sql", "line 2");
        assertThat(analysis.getAction()).contains("run again");
    }

    @Test
    void refusedPropertyIsExplainedByItsName() {
        FailureAnalysis analysis = analyze(Applications.on(database).withPropertyValues("wellhead.pool.max-size=0"));

        assertThat(analysis.getDescription())
                .isEqualTo("WH-SPRING-001: wellhead.pool.max-size is refused: maxSize must be >= 1, was 0");
        assertThat(analysis.getAction()).startsWith("Correct the property that the message names");
    }

    @Test
    void poolThatCannotConnectIsExplainedHoweverDeepItLies() throws SQLException {
        SQLException refusal;
        try (ConnectionPool pool = ConnectionPool.builder("jdbc:postgresql://127.0.0.1:" + Ports.free() + "/app")
                .acquireTimeout(Duration.ofSeconds(5))
                .build()) {
            refusal = catchThrowableOfType(SQLException.class, pool::getConnection);
        }

        FailureAnalysis analysis = new CodedFailureAnalyzer()
                .analyze(new IllegalStateException("no entity manager", new RuntimeException("no session", refusal)));

        assertThat(analysis.getDescription()).matches("(?s)WH-POOL-00[13]: .*");
        assertThat(analysis.getAction()).isNotBlank().doesNotContain("|", "`");
        assertThat(analysis.getCause()).isSameAs(refusal);
    }

    @Test
    void errorWithoutACodeIsLeftToOthers() {
        assertThat(new CodedFailureAnalyzer().analyze(new IllegalStateException("something else")))
                .isNull();
    }

    static Stream<String> codes() throws IOException {
        Path pages = Path.of(System.getProperty("wellhead.checkout"), "docs", "errors");
        try (Stream<Path> files = Files.list(pages)) {
            // The command line's are a program's.
            List<Path> all = files.filter(page -> !page.endsWith("cli.md")).toList();
            return all.stream()
                    .flatMap(FailuresTest::lines)
                    .map(line -> line.replaceFirst("^\\| `?(WH-[A-Z]+-\\d+)`? \\|.*", "$1"))
                    .filter(code -> code.matches("WH-[A-Z]+-\\d+"));
        }
    }

    private static Stream<String> lines(Path page) {
        try {
            return Files.readAllLines(page).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("codes")
    void everyErrorThatIsDocumentedHasItsCure(String code) {
        assertThat(ErrorTable.cure(code))
                .hasValueSatisfying(
                        cure -> assertThat(cure).hasSizeGreaterThan(10).doesNotContain("`", "|"));
    }

    private static FailureAnalysis analyze(ApplicationContextRunner application) {
        FailureAnalysis[] found = new FailureAnalysis[1];
        application.run(context -> {
            assertThat(context).hasFailed();
            // All of Boot's, and ours where Boot would find it.
            for (FailureAnalyzer analyzer : SpringFactoriesLoader.forDefaultResourceLocation(
                            FailuresTest.class.getClassLoader())
                    .load(
                            FailureAnalyzer.class,
                            SpringFactoriesLoader.FailureHandler.logging(LogFactory.getLog(FailuresTest.class)))) {
                FailureAnalysis analysis = analyzer.analyze(context.getStartupFailure());
                if (analysis != null && found[0] == null) {
                    found[0] = analysis;
                }
            }
        });
        assertThat(found[0]).isNotNull();
        return found[0];
    }
}

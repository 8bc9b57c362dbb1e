package dev.wellhead.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdvisoriesTest {
    private static final String SCRIPTS = "CVE-2025-49844";
    private static final String TLS = "CVE-2026-81934";

    @TempDir
    Path folder;

    private static String found(Examination examination, Rule rule) {
        return String.join(
                "\n",
                examination.findings().stream()
                        .filter(finding -> finding.rule() == rule)
                        .map(finding -> finding.found() + "; " + finding.mend())
                        .toList());
    }

    private static String ofRedis(String version, Map<String, String> settings, boolean tls) {
        Examination examination = new Examination(Set.of());
        RedisChecks.examine(examination, new RedisChecks.Facts(settings, Map.of("redis_version", version)), true, tls);
        return found(examination, Rule.REDIS_OLD);
    }

    @ParameterizedTest
    @CsvSource({
        "6.2.19, true",
        "6.2.20, false",
        "7.0.15, true",
        "7.2.10, true",
        "7.2.11, false",
        "7.4.5, true",
        "7.4.6, false",
        "8.0.3, true",
        "8.0.4, false",
        "8.2.1, true",
        "8.2.2, false",
        "8.6.0, false",
    })
    void scriptsOfRedisAreUnsafeUpToTheMendedReleaseOfEachLine(String version, boolean unsafe) {
        assertThat(ofRedis(version, Map.of(), false).contains(SCRIPTS)).isEqualTo(unsafe);
    }

    @ParameterizedTest
    @CsvSource({"6.2.23, true", "6.2.24, false", "8.0.6, true", "8.2.8, true", "8.2.9, false", "8.10.1, false"})
    void portOfRedisForTlsIsUnsafeUpToTheMendedReleaseOfEachLine(String version, boolean unsafe) {
        assertThat(ofRedis(version, Map.of(), true).contains(TLS)).isEqualTo(unsafe);
        assertThat(ofRedis(version, Map.of("tls-port", "6380"), false).contains(TLS))
                .isEqualTo(unsafe);
        assertThat(ofRedis(version, Map.of("tls-port", "0"), false)).doesNotContain(TLS);
        assertThat(ofRedis(version, Map.of(), false)).doesNotContain(TLS);
    }

    @Test
    void findingNamesEveryFaultAndTheReleasesWithoutIt() {
        assertThat(ofRedis("7.0.15", Map.of(), true))
                .contains(SCRIPTS, "mended in 6.2.20, 7.2.11, 7.4.6, 8.0.4, 8.2.2", TLS, "8.8.2, 8.10.1");
    }

    @Test
    void numbersOfValkeyAreNotTakenForThoseOfRedis() {
        Examination examination = new Examination(Set.of());

        RedisChecks.examine(
                examination,
                new RedisChecks.Facts(Map.of(), Map.of("redis_version", "7.2.4", "valkey_version", "9.0.1")),
                true,
                false);

        assertThat(found(examination, Rule.REDIS_OLD)).isEmpty();
    }

    private String ofJar(String name) throws IOException {
        Path jar = folder.resolve(name + ".jar");
        assertThat(jar.toFile().createNewFile()).isTrue();
        Examination examination = new Examination(Set.of());
        LibraryChecks.examine(examination, jar);
        return found(examination, Rule.OLD_LIBRARY);
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql-42.2.24,   CVE-2022-21724, true",
        "postgresql-42.2.25,   CVE-2022-21724, false",
        "postgresql-42.3.1,    CVE-2022-21724, true",
        "postgresql-42.3.2,    CVE-2022-21724, false",
        "postgresql-9.4.1207,  CVE-2022-21724, false",
        "postgresql-42.2.25,   CVE-2022-31197, true",
        "postgresql-42.2.26,   CVE-2022-31197, false",
        "postgresql-42.3.7,    CVE-2022-31197, false",
        "postgresql-42.4.0,    CVE-2022-31197, true",
        "postgresql-42.4.1,    CVE-2022-31197, false",
        "postgresql-42.7.11,   CVE-2026-54291, true",
        "postgresql-42.7.12,   CVE-2026-54291, false",
        "postgresql-42.7.3,    CVE-2026-54291, false",
        "sqlite-jdbc-3.50.1.0, CVE-2025-6965,  true",
        "sqlite-jdbc-3.50.2.0, CVE-2025-6965,  false",
        "sqlite-jdbc-3.53.1.0, CVE-2026-11822, true",
        "sqlite-jdbc-3.53.2.0, CVE-2026-11822, false",
    })
    void driverIsUnsafeFromTheFirstVersionWithAFaultUpToTheMendedOne(String jar, String fault, boolean unsafe)
            throws IOException {
        assertThat(ofJar(jar).contains(fault)).isEqualTo(unsafe);
    }

    @Test
    void adviceIsTheVersionWithoutAnyOfTheFaults() throws IOException {
        assertThat(ofJar("postgresql-42.7.4"))
                .contains("CVE-2025-49146", "CVE-2026-42198", "CVE-2026-54291", "use postgresql 42.7.12 or newer");
    }

    @Test
    void driversThatComeAlongHaveNoKnownFault() throws IOException {
        List<Path> drivers = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(jar -> jar.getFileName().toString().matches("(postgresql|sqlite-jdbc)-\\d.*\\.jar"))
                .toList();

        assertThat(drivers).hasSize(2);
        for (Path driver : drivers) {
            Examination examination = new Examination(Set.of());
            LibraryChecks.examine(examination, driver);
            assertThat(examination.looked()).containsExactly(Rule.OLD_LIBRARY);
            assertThat(examination.findings()).isEmpty();
        }
    }
}

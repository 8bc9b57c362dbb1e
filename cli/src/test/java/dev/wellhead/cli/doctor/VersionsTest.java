package dev.wellhead.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionsTest {
    private static final List<Versions> MENDED =
            List.of(Versions.of("42.2.28"), Versions.of("42.6.1"), Versions.of("42.7.2"));

    @ParameterizedTest
    @CsvSource({
        "42.2.27, true",
        "42.2.28.jre7, false",
        "42.2.29, false",
        "42.5.6, true",
        "42.6.0, true",
        "42.6.1, false",
        "42.7.1, true",
        "42.7.2, false",
        "42.7.14, false",
        "43.0.0, false",
        "9.4.1212, true",
    })
    void faultIsGoneInEachLineThatGotTheMending(String version, boolean behind) {
        assertThat(Versions.of(version).isBehind(MENDED)).isEqualTo(behind);
    }

    @Test
    void numbersAreComparedAsNumbers() {
        assertThat(Versions.of("42.7.11")).isGreaterThan(Versions.of("42.7.2"));
        assertThat(Versions.of("3.50.2")).isEqualByComparingTo(Versions.of("3.50.2.0"));
        assertThat(Versions.of("42.7.11.jre7").toString()).isEqualTo("42.7.11");
    }

    @ParameterizedTest
    @CsvSource({
        "nfs, true",
        "nfs4, true",
        "cifs, true",
        "fuse.sshfs, true",
        "ext4, false",
        "overlay, false",
        "tmpfs, false"
    })
    void networkFileSystemsAreKnown(String type, boolean found) {
        Examination examination = new Examination(Set.of());

        SqliteChecks.examineStore(examination, Path.of("app.db"), type);

        assertThat(examination.findings()).hasSize(found ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, true",
        "127.0.0.1, true",
        "[::1], true",
        "::1, true",
        "db, false",
        "127.0.0.1.example.com, false"
    })
    void loopbackIsToldByName(String host, boolean loopback) {
        assertThat(Hosts.isLoopback(host)).isEqualTo(loopback);
    }
}

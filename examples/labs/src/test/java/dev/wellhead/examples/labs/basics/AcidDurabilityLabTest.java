package dev.wellhead.examples.labs.basics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Mending;
import dev.wellhead.examples.labs.Played;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcidDurabilityLabTest {
    private static final String SETTINGS = "postgresql.conf";

    @TempDir
    private Path work;

    @Test
    void unloggedTableIsEmptyAfterACrashWhateverTheSettings() throws Exception {
        Played played = Mending.ofSolution(new AcidDurabilityLab(), work)
                .with("schema.sql", "create table receipts", "create unlogged table receipts")
                .play();

        assertThat(played.unmet())
                .containsExactly("each of the receipts whose commit was answered is there after a kill -9");
    }

    @Test
    void shorterDelayOfTheWalWriterIsNoPromise() throws Exception {
        Played played = Mending.ofSolution(new AcidDurabilityLab(), work)
                .with(SETTINGS, """
                        synchronous_commit = off
                        wal_writer_delay = 1ms
                        wal_writer_flush_after = 0
                        """)
                .play();

        assertThat(played.unmet())
                .containsExactly(
                        "each of the payments whose commit was answered is there after a kill -9",
                        "each of the receipts whose commit was answered is there after a kill -9");
    }

    @Test
    void settingThatPostgresDoesNotKnowIsNamed() throws Exception {
        Played played = Mending.ofSolution(new AcidDurabilityLab(), work)
                .with(SETTINGS, "synchronous_comit = on")
                .play();

        assertThat(played.hints()).singleElement().asString().contains(SETTINGS, "synchronous_comit", "42704");
    }

    @Test
    void withoutAnySettingTheServerIsSafe() throws Exception {
        Played played = Mending.ofSolution(new AcidDurabilityLab(), work)
                .with(SETTINGS, "# the defaults\nfsync = on\n")
                .play();

        played.isSolved();
    }

    @Test
    void tablesThatCannotBeWrittenToAreNamed() throws Exception {
        Played played = Mending.ofSolution(new AcidDurabilityLab(), work)
                .with("schema.sql", "create table receipts", "create table receipt")
                .play();

        assertThat(played.hints()).singleElement().asString().contains("schema.sql");
        assertThat(played.toString()).contains("42P01");
    }
}

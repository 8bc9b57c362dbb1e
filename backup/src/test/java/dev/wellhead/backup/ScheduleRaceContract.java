package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant: of many processes with one schedule, whose clocks differ and of which some are killed, one makes the backup of the day
 * and no two do.
 */
abstract class ScheduleRaceContract {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PROCESSES = 5;
    private static final int KILLED = 3;
    private static final long SEED = 20260615;

    @TempDir
    Path folder;

    private TestDatabase source;

    abstract TestDatabase database();

    abstract Database of(TestDatabase source);

    @BeforeEach
    void open() {
        source = database();
        source.execute("create table t (id integer)");
        source.execute("insert into t values (1), (2), (3)");
    }

    @AfterEach
    void closeSource() {
        source.close();
    }

    @Test
    void ofManyProcessesOneMakesTheBackupOfTheDayThoughSomeAreKilled() {
        Random random = new Random(SEED);
        for (int round = 0; round < 2; round++) {
            race(folder.resolve("store-" + round), random);
        }
    }

    @Test
    @Tag("thorough")
    void ofManyProcessesOneMakesTheBackupOfTheDayManyTimes() {
        Random random = new Random(SEED + 1);
        for (int round = 0; round < 25; round++) {
            race(folder.resolve("many-" + round), random);
        }
    }

    private void race(Path store, Random random) {
        ManualClock dayBefore = new ManualClock("2026-06-14T12:00:00Z");
        Backups backups = Backups.builder(of(source), BackupStore.directory(store))
                .clock(dayBefore)
                .build();
        String before = backups.create().id();
        List<ChildJvm> processes = new ArrayList<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                // Some are early, some late, and the last is half an hour ahead.
                Duration off =
                        i == PROCESSES - 1 ? Duration.ofMinutes(30) : Duration.ofMillis(random.nextInt(600) - 500);
                processes.add(ChildJvm.start(
                        ScheduledProcess.class,
                        source.url(),
                        source.user(),
                        source.password(),
                        store.toString(),
                        ScheduledProcess.DUE.plus(off).toString()));
            }
            for (int i = 0; i < KILLED; i++) {
                // Wherever it is: before the run, in it, or behind it.
                processes.get(random.nextInt(2)).awaitLine("started", PATIENCE);
                processes.remove(random.nextInt(processes.size())).kill();
            }
            for (ChildJvm process : processes) {
                assertThat(process.awaitExit(PATIENCE)).as(process.output()).isZero();
            }
        } finally {
            processes.forEach(ChildJvm::close);
        }

        assertThat(backups.list()).as("round of " + store).hasSize(2);
        assertThat(backups.list().get(1).id()).isEqualTo(before);
        assertThat(backups.verify(backups.list().get(0).id()).verified()).isTrue();
    }
}

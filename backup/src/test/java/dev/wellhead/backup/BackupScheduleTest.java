package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupScheduleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock("2026-06-15T12:00:00Z");
    private TestDatabase source;
    private Backups backups;

    @BeforeEach
    void open() {
        source = TestDatabase.sqlite();
        source.execute("create table t (id integer)");
        backups = Backups.builder(Database.sqlite(Path.of(source.name())), BackupStore.directory(folder.resolve("s")))
                .retention(Retention.builder().last(1).build())
                .clock(clock)
                .build();
    }

    @AfterEach
    void closeSource() {
        source.close();
    }

    @Test
    void storeWithoutABackupGetsOneAtOnceAndTheNextAtItsTime() {
        try (BackupSchedule schedule = backups.daily(LocalTime.of(3, 0), ZoneOffset.UTC)
                .withoutJitter()
                .verifyByRestore()
                .start()) {
            await().atMost(PATIENCE).until(() -> schedule.runs() == 1);
            await().atMost(PATIENCE).until(() -> schedule.nextRun().equals(Instant.parse("2026-06-16T03:00:00Z")));
            assertThat(backups.list())
                    .singleElement()
                    .extracting(BackupInfo::state)
                    .isEqualTo(BackupInfo.State.VERIFIED);

            clock.advance(Duration.ofHours(15));

            await().atMost(PATIENCE).until(() -> schedule.runs() == 2);
            assertThat(backups.list()).hasSize(2);
        }
    }

    @Test
    void backupADayWithAVerifiedOneAWeek() {
        try (BackupSchedule schedule = backups.daily(LocalTime.of(3, 0), ZoneOffset.UTC)
                .withoutJitter()
                .verifyByRestore(Duration.ofDays(7))
                .start()) {
            // At noon; then at three o'clock of the following days.
            await().atMost(PATIENCE).until(() -> schedule.runs() == 1);
            for (int day = 1; day <= 15; day++) {
                int runs = day + 1;
                clock.advance(day == 1 ? Duration.ofHours(15) : Duration.ofDays(1));
                await().atMost(PATIENCE).until(() -> schedule.runs() == runs);
            }
        }

        List<BackupInfo> oldestFirst = new ArrayList<>(backups.list());
        Collections.reverse(oldestFirst);
        assertThat(oldestFirst).hasSize(16);
        assertThat(IntStream.range(0, 16).filter(day -> oldestFirst.get(day).state() == BackupInfo.State.VERIFIED))
                .containsExactly(0, 7, 14);
    }

    @Test
    void backupThatIsFoundSuspectIsMadeUpForByTheNextRun() {
        AtomicBoolean damages = new AtomicBoolean(true);
        Path store = folder.resolve("damaged");
        Backups damaged = Backups.builder(Database.sqlite(Path.of(source.name())), BackupStore.directory(store))
                .clock(clock)
                .listener(new BackupListener() {
                    @Override
                    public void moved(String id, BackupInfo.State state, String detail) {
                        if (state == BackupInfo.State.COMPLETE && damages.getAndSet(false)) {
                            cutParts(store.resolve(id));
                        }
                    }
                })
                .build();
        try (BackupSchedule schedule = damaged.daily(LocalTime.of(3, 0), ZoneOffset.UTC)
                .withoutJitter()
                .verifyByRestore(Duration.ofDays(7))
                .start()) {
            await().atMost(PATIENCE).until(() -> schedule.failures() == 1);
            assertThat(damaged.newestVerified()).isEmpty();

            clock.advance(Duration.ofDays(1));

            await().atMost(PATIENCE).until(() -> schedule.runs() == 1);
            assertThat(damaged.newestVerified()).isPresent();
        }
        assertThat(damaged.list())
                .extracting(BackupInfo::state)
                .containsExactly(BackupInfo.State.VERIFIED, BackupInfo.State.SUSPECT);
    }

    private static void cutParts(Path backup) {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(backup.resolve("parts"))) {
            for (Path part : parts) {
                Files.write(part, new byte[1]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void periodOfVerificationsMustBeAboveZero() {
        assertThatThrownBy(() -> backups.every(Duration.ofDays(1)).verifyByRestore(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("verifyByRestore");
    }

    @Test
    void runsMissedWhileDownAreMadeUpForOnce() {
        backups.create();
        clock.advance(Duration.ofDays(9));

        try (BackupSchedule schedule = backups.daily(LocalTime.of(3, 0), ZoneOffset.UTC)
                .withoutJitter()
                .start()) {
            await().atMost(PATIENCE).until(() -> schedule.nextRun().equals(Instant.parse("2026-06-25T03:00:00Z")));

            assertThat(schedule.runs()).isEqualTo(1);
            assertThat(backups.list()).hasSize(2);
        }
    }

    @Test
    void backupMadeElsewhereMeanwhileCountsAsTheRun() {
        backups.create();
        try (BackupSchedule schedule = backups.every(Duration.ofHours(6)).start()) {
            await().atMost(PATIENCE).until(() -> schedule.nextRun().equals(Instant.parse("2026-06-15T18:00:00Z")));
            clock.advance(Duration.ofHours(5));
            backups.create();

            clock.advance(Duration.ofHours(1));

            await().atMost(PATIENCE).until(() -> schedule.nextRun().equals(Instant.parse("2026-06-15T23:00:00Z")));
            assertThat(schedule.runs()).isZero();
        }
    }

    @Test
    void clockThatGoesBackCostsOneRun() {
        backups.create();
        clock.advance(Duration.ofDays(-400));

        try (BackupSchedule schedule = backups.every(Duration.ofHours(6)).start()) {
            await().atMost(PATIENCE)
                    .until(() -> schedule.nextRun().equals(clock.instant().plus(Duration.ofHours(6))));

            assertThat(schedule.runs()).isEqualTo(1);
            assertThat(backups.list()).hasSize(2);
        }
    }

    @Test
    void backupOfAClockThatIsALittleAheadCountsAsTheRun() {
        clock.advance(Duration.ofMinutes(50));
        backups.create();
        clock.advance(Duration.ofMinutes(-50));

        try (BackupSchedule schedule = backups.every(Duration.ofHours(6)).start()) {
            await().atMost(PATIENCE).until(() -> schedule.nextRun().equals(Instant.parse("2026-06-15T18:50:00Z")));

            assertThat(schedule.runs()).isZero();
        }
    }

    @Test
    void clockThatWasFarAheadAndIsPutRightHoldsNothingUp() {
        backups.create();
        clock.advance(Duration.ofDays(2000));
        try (BackupSchedule schedule = backups.every(Duration.ofHours(6)).start()) {
            await().atMost(PATIENCE).until(() -> schedule.runs() == 1);
            await().atMost(PATIENCE)
                    .until(() -> schedule.nextRun().equals(clock.instant().plus(Duration.ofHours(6))));

            clock.advance(Duration.ofDays(-1999));

            await().atMost(PATIENCE).until(() -> schedule.runs() == 2);
            await().atMost(PATIENCE)
                    .until(() -> schedule.nextRun().equals(clock.instant().plus(Duration.ofHours(6))));
            clock.advance(Duration.ofHours(6));
            await().atMost(PATIENCE).until(() -> schedule.runs() == 3);
        }
    }

    @Test
    void backupThatSomebodyMadeBetweenLookingAndLockingIsNotRepeated() {
        RealBackups mine = (RealBackups) backups;
        String seen = backups.create().id();
        String made = backups.create().id();

        assertThat(mine.createAfter(seen)).isEmpty();
        assertThat(mine.createAfter(null)).isEmpty();
        assertThat(mine.createAfter(made)).isPresent();
        assertThat(backups.list()).hasSize(3);
    }

    @Test
    void dailyRunIsLateByUpToTenMinutesAndByTheSameInEachProcess() {
        backups.create();
        try (BackupSchedule one =
                        backups.daily(LocalTime.of(3, 0), ZoneOffset.UTC).start();
                BackupSchedule other =
                        backups.daily(LocalTime.of(3, 0), ZoneOffset.UTC).start()) {
            Instant time = Instant.parse("2026-06-16T03:00:00Z");
            await().atMost(PATIENCE).until(() -> !one.nextRun().isBefore(time));
            await().atMost(PATIENCE).until(() -> !other.nextRun().isBefore(time));

            assertThat(one.nextRun())
                    .isBefore(time.plus(Duration.ofMinutes(10)))
                    .isEqualTo(other.nextRun());
        }
    }

    @Test
    void jitterHasBounds() {
        BackupSchedule.Builder builder = backups.every(Duration.ofHours(1));

        assertThatThrownBy(() -> builder.jitter(Duration.ZERO)).hasMessageContaining("jitter");
        assertThatThrownBy(() -> builder.jitter(Duration.ofHours(13))).hasMessage("jitter must be <= PT12H, was PT13H");
    }

    @Test
    void failedRunIsCountedAndTheNextOneComes() throws Exception {
        Path file = Path.of(source.name());
        Path away = file.resolveSibling("away.db");
        Files.move(file, away);
        try (BackupSchedule schedule = backups.every(Duration.ofHours(1)).start()) {
            await().atMost(PATIENCE).until(() -> schedule.failures() == 1);
            await().atMost(PATIENCE).until(() -> schedule.nextRun().equals(Instant.parse("2026-06-15T13:00:00Z")));

            Files.move(away, file);
            clock.advance(Duration.ofHours(1));

            await().atMost(PATIENCE).until(() -> schedule.runs() == 1);
            assertThat(schedule.failures()).isEqualTo(1);
        }
    }

    @Test
    void goodRunIsFollowedByPruningIfAskedFor() {
        backups.create();
        clock.advance(Duration.ofDays(2));

        try (BackupSchedule schedule = backups.every(Duration.ofDays(1))
                .verifyByRestore()
                .pruneAfterwards()
                .start()) {
            await().atMost(PATIENCE).until(() -> schedule.runs() == 1);

            assertThat(backups.list()).hasSize(1);
        }
    }

    @Test
    void nothingRunsOnceItIsClosedAndTheThreadIsGone() {
        backups.create();
        BackupSchedule schedule = backups.every(Duration.ofHours(1)).start();

        schedule.close();
        schedule.close();
        clock.advance(Duration.ofDays(1));

        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("wellhead-backup-schedule"));
        assertThat(backups.list()).hasSize(1);
    }
}

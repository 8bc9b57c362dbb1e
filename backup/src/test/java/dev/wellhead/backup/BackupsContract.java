package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.wellhead.backup.BackupInfo.State;
import dev.wellhead.backup.internal.Codec;
import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.core.Health;
import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for the backups of every kind of database. */
abstract class BackupsContract {
    /** Two tables between which money moves; the sum never changes. */
    static final List<String> SCHEMA = List.of(
            "create table left_account (id integer primary key, amount integer not null)",
            "create table right_account (id integer primary key, amount integer not null)",
            "create table note (id integer primary key, body text)");

    @TempDir
    Path folder;

    final ManualClock clock = new ManualClock("2026-06-15T12:00:00Z");
    final RecordingMetrics metrics = new RecordingMetrics();
    TestDatabase source;
    Path store;

    abstract TestDatabase open();

    abstract Database database(TestDatabase database);

    /** Returns a target that does not exist yet. */
    abstract RestoreTarget freshTarget();

    /** Asks a database that was restored; null if there is none. */
    abstract String query(RestoreTarget target, String sql) throws SQLException;

    abstract boolean exists(RestoreTarget target) throws SQLException;

    @BeforeEach
    void fill() {
        store = folder.resolve("store");
        source = open();
        source.execute(SCHEMA.toArray(String[]::new));
        source.execute(
                "insert into left_account values (1, 500), (2, 500)",
                "insert into right_account values (1, 0), (2, 0)",
                "insert into note values (1, null), (2, ''), (3, 'tab\there, back\\slash, line\nend'), (4, '\u00e4\ud83d\ude00')");
    }

    @AfterEach
    void closeSource() {
        source.close();
    }

    Backups.Builder builder() {
        return Backups.builder(database(source), BackupStore.directory(store))
                .clock(clock)
                .metrics(metrics);
    }

    @Test
    void finishedBackupIsListedAsComplete() throws IOException {
        Backups backups = builder().build();

        BackupInfo made = backups.create();

        assertThat(backups.list()).singleElement().satisfies(listed -> {
            assertThat(listed.id()).isEqualTo(made.id());
            assertThat(listed.state()).isEqualTo(State.COMPLETE);
            assertThat(listed.createdAt()).isEqualTo(clock.instant());
            assertThat(listed.tables()).isEqualTo(3);
            assertThat(listed.rows()).isEqualTo(8);
            assertThat(listed.bytes()).isPositive();
            assertThat(listed.database()).isNotEmpty();
            assertThat(listed.checkedAt()).isEmpty();
        });
        assertThat(entries(store)).containsExactly(made.id());
    }

    @Test
    void verifiedBackupIsListedAsVerifiedAndSettlesHealthAndGauge() throws IOException {
        Backups backups = builder().alarmAfter(Duration.ofDays(2)).build();
        BackupInfo made = backups.create();
        assertThat(backups.health().status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(metrics.gauge("wellhead.backup.last_verified_age_seconds")).isNaN();
        assertThat(metrics.gauge("wellhead.backup.last_age_seconds")).isZero();

        VerifyReport report = backups.verify(made.id());

        assertThat(report.problems()).isEmpty();
        assertThat(report.verified()).isTrue();
        assertThat(backups.list()).singleElement().satisfies(listed -> {
            assertThat(listed.state()).isEqualTo(State.VERIFIED);
            assertThat(listed.checkedAt()).contains(clock.instant());
        });
        assertThat(backups.health().status()).isEqualTo(Health.Status.UP);
        clock.advance(Duration.ofDays(3));
        assertThat(backups.lastVerifiedAge()).contains(Duration.ofDays(3));
        assertThat(backups.health().status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(metrics.gauge("wellhead.backup.last_verified_age_seconds")).isEqualTo(3 * 86_400.0);
        assertThat(metrics.gauge("wellhead.backup.last_age_seconds")).isEqualTo(3 * 86_400.0);
        assertThat(metrics.databases()).hasSize(1);
        assertThat(entries(store)).containsExactly(made.id());
    }

    @Test
    void ageOfTheNewestBackupIsKnownOnceItIsMadeOrSeenAndASuspectOneDoesNotCount() throws IOException {
        assertThat(metrics.gauges()).isEmpty();
        Backups maker = builder().build();
        assertThat(metrics.gauge("wellhead.backup.last_age_seconds")).isNaN();
        BackupInfo made = maker.create();
        clock.advance(Duration.ofHours(2));
        assertThat(metrics.gauge("wellhead.backup.last_age_seconds")).isEqualTo(7_200.0);

        Backups watcher = builder().build();
        assertThat(metrics.gauge("wellhead.backup.last_age_seconds")).isNaN();
        watcher.list();
        assertThat(metrics.gauge("wellhead.backup.last_age_seconds")).isEqualTo(7_200.0);

        Path part = store.resolve(made.id())
                .resolve("parts")
                .resolve("schema.json" + Codec.best().suffix());
        Files.write(part, new byte[] {1, 2, 3});
        watcher.verify(made.id());
        watcher.list();
        assertThat(metrics.gauge("wellhead.backup.last_age_seconds")).isNaN();
    }

    @Test
    void anotherObjectOnTheSameStoreSeesTheSame() {
        BackupInfo made = builder().build().create();
        builder().build().verify(made.id());

        List<BackupInfo> listed = builder().build().list();

        assertThat(listed).extracting(BackupInfo::state).containsExactly(State.VERIFIED);
    }

    @Test
    void restoreBringsBackEveryValue() throws SQLException {
        Backups backups = builder().build();
        BackupInfo made = backups.create();
        source.execute("delete from note", "update left_account set amount = 0");
        RestoreTarget target = freshTarget();

        RestoreReport report = backups.restore(made.id(), target);

        assertThat(report.tables()).isEqualTo(3);
        assertThat(report.rows()).isEqualTo(8);
        assertThat(query(target, "select sum(amount) from left_account")).isEqualTo("1000");
        assertThat(query(target, "select body from note where id = 3")).isEqualTo("tab\there, back\\slash, line\nend");
        assertThat(query(target, "select body from note where id = 4")).isEqualTo("\u00e4\ud83d\ude00");
        assertThat(query(target, "select count(*) from note where id = 1 and body is null"))
                .isEqualTo("1");
    }

    @Test
    void takenTargetIsRefusedByNameAndLeftAlone() throws SQLException {
        Backups backups = builder().build();
        BackupInfo made = backups.create();
        RestoreTarget target = freshTarget();
        backups.restore(made.id(), target);

        assertThatThrownBy(() -> backups.restore(made.id(), target))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-005"))
                .hasMessageContaining("exists");
        assertThat(query(target, "select sum(amount) from left_account")).isEqualTo("1000");
    }

    @Test
    void unknownIdsAndPathsAreRefused() {
        Backups backups = builder().build();
        backups.create();

        for (String id : List.of("nope", "../../etc", "", "/etc/passwd", "00000009-20260615T120000Z-00000000")) {
            assertThatThrownBy(() -> backups.verify(id))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-003"));
            assertThatThrownBy(() -> backups.restore(id, freshTarget())).isInstanceOf(BackupException.class);
        }
    }

    @Test
    void everyKindOfDamageIsFoundBeforeTheTargetIsTouched() throws IOException, SQLException {
        Backups backups = builder().build();
        String id = backups.create().id();
        List<Path> files = new ArrayList<>(List.of(store.resolve(id).resolve("manifest.json")));
        try (Stream<Path> parts = Files.list(store.resolve(id).resolve("parts"))) {
            parts.forEach(files::add);
        }

        for (Path file : files) {
            byte[] good = Files.readAllBytes(file);
            for (byte[] bad : damages(good)) {
                Files.write(file, bad);
                RestoreTarget target = freshTarget();

                BackupException refused =
                        catchThrowableOfType(BackupException.class, () -> backups.restore(id, target));

                assertThat(refused).as("%s", file).isNotNull();
                assertThat(refused.code()).isEqualTo("WH-BACKUP-004");
                assertThat(exists(target)).isFalse();
                assertThat(backups.list().get(0).state()).isEqualTo(State.SUSPECT);
            }
            Files.delete(file);
            if (!file.endsWith("manifest.json")) {
                assertThat(backups.verify(id).problems())
                        .singleElement()
                        .asString()
                        .contains("is missing");
            }
            Files.write(file, good);
        }
        assertThat(backups.verify(id).verified()).isTrue();
    }

    @Test
    void damagedBackupIsSuspectCountedAndTold() throws IOException {
        List<String> told = new CopyOnWriteArrayList<>();
        Backups backups = builder().listener(states(told)).build();
        String id = backups.create().id();
        Path part = store.resolve(id)
                .resolve("parts")
                .resolve("schema.json" + Codec.best().suffix());
        Files.write(part, new byte[] {1, 2, 3});

        VerifyReport report = backups.verify(id);

        assertThat(report.verified()).isFalse();
        assertThat(backups.list().get(0).state()).isEqualTo(State.SUSPECT);
        assertThat(backups.list().get(0).detail()).contains("schema.json.");
        assertThat(backups.stats()).isEqualTo(new Backups.Stats(1, 0, 0, 1, 0));
        assertThat(metrics.sum("wellhead.backup.suspect")).isEqualTo(1);
        assertThat(told).containsExactly("RUNNING", "COMPLETE", "SUSPECT");
    }

    @Test
    void swappedPartsAreFound() throws IOException {
        Backups backups = builder().build();
        String first = backups.create().id();
        source.execute("update left_account set amount = amount + 1");
        String second = backups.create().id();
        Path parts = store.resolve(first).resolve("parts");
        Path moved = folder.resolve("moved");
        Files.move(parts, moved);
        Files.move(store.resolve(second).resolve("parts"), parts);
        Files.move(moved, store.resolve(second).resolve("parts"));

        assertThat(backups.verify(first).verified()).isFalse();
        assertThat(backups.verify(second).verified()).isFalse();
    }

    @Test
    void damagedVerdictMeansNotVerified() throws IOException {
        Backups backups = builder().build();
        String id = backups.create().id();
        backups.verify(id);
        Path verdict = store.resolve(id).resolve("verdict.json");
        byte[] content = Files.readAllBytes(verdict);
        content[content.length / 2] ^= 1;
        Files.write(verdict, content);

        assertThat(backups.list().get(0).state()).isEqualTo(State.COMPLETE);
        assertThat(backups.lastVerifiedAge()).isEmpty();
    }

    @Test
    void backupsMadeWhileOthersWriteAreConsistent() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        Future<Long> moves = writer.submit(() -> moveMoneyUntil(stop));
        Backups backups = builder().build();
        try {
            for (int i = 0; i < 3; i++) {
                String id = backups.create().id();
                RestoreTarget target = freshTarget();

                backups.restore(id, target);

                assertThat(
                                query(
                                        target,
                                        "select (select sum(amount) from left_account) + (select sum(amount) from right_account)"))
                        .isEqualTo("1000");
                assertThat(backups.verify(id).problems()).isEmpty();
            }
        } finally {
            stop.set(true);
            writer.shutdown();
        }
        assertThat(moves.get(30, TimeUnit.SECONDS)).isPositive();
    }

    @Test
    void livingProcessKeepsItsUnfinishedBackupWhenOthersSweep() throws IOException {
        try (ChildJvm child = ChildJvm.start(
                StallingBackup.class, source.url(), source.user(), source.password(), store.toString(), "3")) {
            child.awaitLine(StallingBackup.STALLED, Duration.ofSeconds(60));

            new DirectoryStorage(store).sweep();

            assertThat(entries(store)).anyMatch(name -> name.startsWith(".partial-"));
        }
    }

    @Test
    void pruneDeletesWhatThePlanSaysAndNothingWhileNoneIsVerified() {
        List<String> pruned = new CopyOnWriteArrayList<>();
        Backups backups = builder()
                .retention(Retention.builder().last(1).build())
                .listener(new BackupListener() {
                    @Override
                    public void pruned(RetentionPlan plan) {
                        plan.deleted().forEach(backup -> pruned.add(backup.id()));
                    }
                })
                .build();
        String first = backups.create().id();
        String second = backups.create().id();
        String third = backups.create().id();
        assertThat(backups.prune().deleted()).isEmpty();

        backups.verify(second);
        RetentionPlan plan = backups.planRetention();
        assertThat(backups.list()).hasSize(3);
        RetentionPlan done = backups.prune();

        assertThat(done.toString()).isEqualTo(plan.toString());
        assertThat(pruned).containsExactly(first);
        assertThat(backups.list()).extracting(BackupInfo::id).containsExactly(third, second);
        assertThat(backups.stats().pruned()).isEqualTo(1);
    }

    @Test
    void listenerThatThrowsChangesNothing() {
        Backups backups = builder()
                .listener(new BackupListener() {
                    @Override
                    public void moved(String id, State state, String detail) {
                        throw new IllegalStateException("from the listener");
                    }
                })
                .build();

        BackupInfo made = backups.create();

        assertThat(backups.verify(made.id()).verified()).isTrue();
    }

    @Test
    void everythingIsCounted() {
        Backups backups = builder().build();
        BackupInfo made = backups.create();
        backups.verify(made.id());

        assertThat(backups.stats()).isEqualTo(new Backups.Stats(1, 0, 1, 0, 0));
        assertThat(metrics.sum("wellhead.backup.made")).isEqualTo(1);
        assertThat(metrics.sum("wellhead.backup.verified")).isEqualTo(1);
        assertThat(metrics.sum("wellhead.backup.failed")).isZero();
        assertThat(metrics.sum("wellhead.backup.bytes")).isEqualTo(made.bytes());
        assertThat(metrics.sum("wellhead.backup.duration")).isPositive();
    }

    @Test
    void storeThatCannotBeUsedIsSaidInEveryAnswer() throws IOException {
        Files.createFile(store);
        Backups backups = builder().build();

        assertThatThrownBy(backups::list)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-010"))
                .hasMessageContaining(store.toString());
        assertThatThrownBy(backups::create).isInstanceOf(BackupException.class);
        assertThat(backups.health().status()).isEqualTo(Health.Status.DOWN);
    }

    @Test
    void backupThatWasInterruptedIsNotMade() throws IOException {
        Backups backups = builder().build();

        Thread.currentThread().interrupt();
        assertThatThrownBy(backups::create).isInstanceOf(BackupException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(backups.list()).isEmpty();
        backups.create();
        assertThat(entries(store)).hasSize(1);
    }

    @Test
    void optionsAreCheckedWhereTheyAreSet() {
        assertThatThrownBy(() -> builder().alarmAfter(Duration.ZERO)).hasMessage("alarmAfter must be > 0, was PT0S");
        assertThatThrownBy(() -> builder().build().every(Duration.ofSeconds(-1)))
                .hasMessage("every must be > 0, was PT-1S");
        assertThatThrownBy(() -> builder().retention(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder().build().daily(null, null)).isInstanceOf(NullPointerException.class);
    }

    Backups backupsOn(FaultyStorage storage) {
        return Backups.builder(database(source), new BackupStore(storage))
                .clock(clock)
                .build();
    }

    static BackupListener states(List<String> told) {
        return new BackupListener() {
            @Override
            public void moved(String id, State state, String detail) {
                told.add(state.name());
            }
        };
    }

    static List<String> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    /** Cut, emptied, lengthened, doubled, and with a bit flipped at many places. */
    private static List<byte[]> damages(byte[] good) {
        List<byte[]> damages = new ArrayList<>();
        damages.add(new byte[0]);
        damages.add(Arrays.copyOf(good, good.length - 1));
        damages.add(Arrays.copyOf(good, good.length / 2));
        damages.add(Arrays.copyOf(good, good.length + 1));
        byte[] doubled = Arrays.copyOf(good, good.length * 2);
        System.arraycopy(good, 0, doubled, good.length, good.length);
        damages.add(doubled);
        int step = Math.max(1, good.length / 12);
        for (int at = 0; at < good.length; at += step) {
            byte[] flipped = good.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            damages.add(flipped);
        }
        return damages;
    }

    /** Moves money from the left to the right and back, each time in one transaction. */
    private long moveMoneyUntil(AtomicBoolean stop) throws SQLException {
        long moves = 0;
        try (Connection connection = source.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!stop.get()) {
                int amount = moves % 2 == 0 ? 7 : -7;
                try {
                    statement.execute("update left_account set amount = amount - " + amount + " where id = 1");
                    statement.execute("update right_account set amount = amount + " + amount + " where id = 1");
                    connection.commit();
                    moves++;
                } catch (SQLException e) {
                    // SQLite may refuse for a moment.
                    connection.rollback();
                }
            }
        }
        return moves;
    }

    static void assertNoSecret(Path tree, String secret) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .doesNotContain(secret);
            }
        }
    }

    @Test
    void copyInAnotherStoreIsVerifiedAndRestoredFromThere() throws Exception {
        Backups backups = builder().build();
        String id = backups.create().id();
        backups.verify(id);
        BackupStore other =
                BackupStore.directory(store.resolveSibling("other")).encrypted(KeyRing.of("k", new byte[32]));
        Backups there = Backups.builder(database(source), other).clock(clock).build();

        backups.copy(id, other);
        backups.copy(id, other);

        assertThat(there.list())
                .extracting(BackupInfo::id, BackupInfo::state)
                .containsExactly(tuple(id, State.COMPLETE));
        assertThat(there.verify(id).problems()).isEmpty();
        RestoreTarget target = freshTarget();
        there.restore(id, target);
        assertThat(exists(target)).isTrue();
    }

    @Test
    void copyThatFailsLeavesNothingThereAndAllHere() throws Exception {
        Backups backups = builder().build();
        String id = backups.create().id();
        Path there = store.resolveSibling("other");
        FaultyStorage counting = new FaultyStorage(new DirectoryStorage(there), new FaultyStorage.Fault() {});
        backups.copy(id, new BackupStore(counting));
        int operations = counting.operations();
        for (int failing = 0; failing < operations; failing++) {
            Path next = store.resolveSibling("other" + failing);
            int number = failing;
            BackupStore failingStore =
                    new BackupStore(new FaultyStorage(new DirectoryStorage(next), new FaultyStorage.Fault() {
                        @Override
                        public void before(int operation) throws IOException {
                            if (operation == number) {
                                throw new IOException("disk of a test");
                            }
                        }
                    }));

            Throwable failure = catchThrowable(() -> backups.copy(id, failingStore));

            List<String> ids = new DirectoryStorage(next).ids();
            assertThat(failure == null ? List.of(id) : List.of())
                    .as("operation %s: %s", failing, failure)
                    .isEqualTo(ids);
        }
        assertThat(backups.verify(id).verified()).isTrue();
    }

    @Test
    void damagedBackupIsNotCopied() throws IOException {
        Backups backups = builder().build();
        String id = backups.create().id();
        Path part = store.resolve(id)
                .resolve("parts")
                .resolve("schema.json" + Codec.best().suffix());
        byte[] content = Files.readAllBytes(part);
        content[content.length / 2] ^= 1;
        Files.write(part, content);
        Path there = store.resolveSibling("other");

        assertThatThrownBy(() -> backups.copy(id, BackupStore.directory(there)))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-004"))
                .hasMessageContaining("schema.json");
        assertThat(new DirectoryStorage(there).ids()).isEmpty();
        assertThat(backups.list().get(0).state()).isEqualTo(State.SUSPECT);
    }
}

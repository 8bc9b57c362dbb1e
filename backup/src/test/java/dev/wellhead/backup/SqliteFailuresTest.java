package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.wellhead.backup.BackupInfo.State;
import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.testkit.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What others lost SQLite databases by: writers that never pause, disks that are full, processes that die. */
class SqliteFailuresTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path temporary;

    private Path file;
    private Path store;

    @BeforeEach
    void fill() throws IOException, SQLException {
        file = temporary.toRealPath().resolve("app.db");
        store = temporary.resolve("store");
        SqliteClient.execute(
                file,
                "pragma journal_mode = wal",
                "create table left_account (id integer primary key, amount integer not null)",
                "create table right_account (id integer primary key, amount integer not null)",
                "create table filling (id integer primary key, body blob)",
                "insert into left_account values (1, 1000)",
                "insert into right_account values (1, 0)");
    }

    /** Fills a table with rows of a thousand bytes that cannot be packed. */
    private static String filling(int rows) {
        return "with recursive n(i) as (select 1 union all select i + 1 from n where i < " + rows + ")"
                + " insert into filling select i, randomblob(1000) from n";
    }

    private Backups backups(Database database) {
        return Backups.builder(database, BackupStore.directory(store)).build();
    }

    // Copies of others begin anew at each commit and never end, or mix two states.
    @ParameterizedTest
    @CsvSource({"false, 1", "false, 2", "true, 1", "true, 2"})
    void backupUnderAWriterAtFullSpeedFinishesAndIsOneStateOfTheDatabase(boolean compacted, int workers)
            throws Exception {
        SqliteClient.execute(file, filling(4_000));
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong commits = new AtomicLong();
        Database database = compacted ? Database.sqliteCompacted(file) : Database.sqlite(file);
        Backups backups = Backups.builder(database, BackupStore.directory(store))
                .workers(workers)
                .build();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Future<?> writer = threads.submit(() -> moveMoneyUntil(stop, commits));
        long during;
        String id;
        try {
            Future<String> backup = threads.submit(() -> {
                long before = commits.get();
                String made = backups.create().id();
                return commits.get() - before + ":" + made;
            });
            String[] made = backup.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).split(":");
            during = Long.parseLong(made[0]);
            id = made[1];
        } finally {
            stop.set(true);
            threads.shutdown();
        }
        writer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        Path restored = temporary.resolve("restored.db");

        backups.restore(id, RestoreTarget.file(restored));

        assertThat(during).isGreaterThan(10);
        assertThat(SqliteClient.query(
                        restored,
                        "select (select sum(amount) from left_account) + (select sum(amount) from right_account)"))
                .isEqualTo("1000");
        // Each commit touches a page of its own, far from the accounts, and says which one it was.
        assertThat(SqliteClient.query(restored, "select count(*) from filling where typeof(body) = 'integer'"))
                .isEqualTo(SqliteClient.query(restored, "select min(amount, 4000) from right_account"));
    }

    private Void moveMoneyUntil(AtomicBoolean stop, AtomicLong commits) throws SQLException {
        try (Connection connection = SqliteClient.connect(file)) {
            SqliteClient.execute(connection, "pragma synchronous = off", "pragma busy_timeout = 10000");
            while (!stop.get()) {
                long next = commits.get() + 1;
                SqliteClient.execute(
                        connection,
                        "begin immediate",
                        "update left_account set amount = amount - 1",
                        "update filling set body = " + next + " where id = " + next,
                        "update right_account set amount = amount + 1",
                        "commit");
                commits.set(next);
            }
        }
        return null;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void brokenIndexOfTheSourceIsFoundThoughItsRowsCanBeRead(int workers) throws SQLException, IOException {
        SqliteClient.execute(
                file,
                "create table name (id integer primary key, name text)",
                "create index names on name (name)",
                "insert into name values (1, 'the one that is looked for')",
                "pragma wal_checkpoint(truncate)");
        breakLast("looked for");
        Backups backups = Backups.builder(Database.sqlite(file), BackupStore.directory(store))
                .workers(workers)
                .build();

        assertThat(SqliteClient.query(file, "select name from name not indexed"))
                .endsWith("looked for");
        assertThatThrownBy(backups::create)
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("the copy is not intact, so neither is the source");
        assertThat(backups.list()).isEmpty();
    }

    /** Changes the last place of the file where this text stands: the pages of an index come behind those of its table. */
    private void breakLast(String text) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String content = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(content.indexOf(text)).isNotEqualTo(content.lastIndexOf(text));
        bytes[content.lastIndexOf(text)] = 'X';
        Files.write(file, bytes);
    }

    @Test
    void compactedBackupHoldsNoFreePagesAndEverythingElse() throws SQLException, IOException {
        SqliteClient.execute(
                file,
                filling(2_000),
                "delete from filling where id > 20",
                "pragma user_version = 7",
                "pragma application_id = 77");
        Backups backups = backups(Database.sqliteCompacted(file));
        Path restored = temporary.resolve("restored.db");

        BackupInfo made = backups.create();
        backups.restore(made.id(), RestoreTarget.file(restored));

        assertThat(SqliteClient.query(file, "pragma freelist_count")).isNotEqualTo("0");
        assertThat(SqliteClient.query(restored, "pragma freelist_count")).isEqualTo("0");
        assertThat(Files.size(restored)).isLessThan(Files.size(file) / 10);
        assertThat(SqliteClient.query(restored, "pragma user_version")).isEqualTo("7");
        assertThat(SqliteClient.query(restored, "pragma application_id")).isEqualTo("77");
        assertThat(SqliteClient.query(restored, "pragma journal_mode")).isEqualTo("wal");
        assertThat(SqliteClient.query(restored, "select count(*) from filling")).isEqualTo("20");
        assertThat(backups.verify(made.id()).problems()).isEmpty();
    }

    @Test
    void filesOfACompactedBackupInTheMakingAreTheOwnersAlone() throws SQLException, IOException {
        SqliteClient.execute(file, filling(20));
        Map<String, String> modes = new HashMap<>();
        FaultyStorage watched = new FaultyStorage(new DirectoryStorage(store), new FaultyStorage.Fault() {
            @Override
            public void before(int operation) throws IOException {
                modes.putAll(modesBelow(store));
            }
        });

        Backups.builder(Database.sqliteCompacted(file), new BackupStore(watched))
                .build()
                .create();

        assertThat(modes).containsEntry("compact.db", "rw-------");
        assertThat(modes.values()).containsOnly("rw-------");
    }

    private static Map<String, String> modesBelow(Path folder) throws IOException {
        Map<String, String> modes = new HashMap<>();
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.filter(Files::isRegularFile).toList()) {
                    modes.put(
                            each.getFileName().toString(),
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
                }
            }
        }
        return modes;
    }

    // A full disk has left others a file that opens as a good, empty database.
    @Test
    void diskThatIsFullHalfWayLeavesNoBackupAndNoFile() throws Exception {
        Path small = temporary.resolve("small.db");
        SqliteClient.execute(small, "create table precious (v)", "insert into precious values (1)");
        SqliteClient.execute(file, filling(5_000));
        String id = backups(Database.sqlite(file)).create().id();
        Path targets = Files.createDirectory(temporary.resolve("targets"));
        Path replaced = Files.move(small, targets.resolve("replaced.db"));

        String output = withFilesOfAtMost(
                3 << 20,
                ShortOfSpace.class,
                file.toString(),
                store.toString(),
                id,
                targets.resolve("new.db").toString(),
                replaced.toString());

        assertThat(output)
                .contains("plain create failed with WH-BACKUP-001")
                .contains("compacted create failed with WH-BACKUP-001")
                .contains("restore failed with WH-BACKUP-006")
                .contains("replace failed with WH-BACKUP-006")
                .contains("verify failed with WH-BACKUP-012");
        assertThat(backups(Database.sqlite(file)).list())
                .extracting(BackupInfo::id, BackupInfo::state)
                .containsExactly(tuple(id, State.COMPLETE));
        assertThat(BackupsContract.entries(store)).containsExactly(id);
        assertThat(BackupsContract.entries(targets)).containsExactly("replaced.db");
        assertThat(SqliteClient.query(replaced, "select v from precious")).isEqualTo("1");
        assertThat(backups(Database.sqlite(file)).verify(id).verified()).isTrue();
    }

    @Test
    void processKilledAtSomePointsOfABackupLeavesNothingHalf() throws SQLException, IOException {
        SqliteClient.execute(file, filling(1_000));
        BackupPoints all = BackupPoints.count(file, temporary.resolve("counted"));
        int passed = all.passed();

        assertThat(all.steps()).as("steps of the copy").isGreaterThanOrEqualTo(3);
        assertKilledAt(List.of(passed / 3, passed - 1));
    }

    @Test
    @Tag("thorough")
    void processKilledAtAnyPointOfABackupLeavesNothingHalf() throws SQLException, IOException {
        SqliteClient.execute(file, filling(1_000));
        List<Integer> points = new ArrayList<>();
        int passed = BackupPoints.count(file, temporary.resolve("counted")).passed();
        for (int point = 0; point < passed; point++) {
            points.add(point);
        }

        assertThat(points).hasSizeGreaterThan(15);
        assertKilledAt(points);
    }

    /** From the renaming that publishes on, which is before the last point, what was made is there and whole. */
    private void assertKilledAt(List<Integer> points) throws IOException {
        Backups backups = backups(Database.sqlite(file));
        int whole = 0;
        boolean published = false;
        for (int point : points) {
            try (ChildJvm child = ChildJvm.start(BackupPoints.class, file.toString(), store.toString(), "" + point)) {
                child.awaitLine("stalled at " + point, PATIENCE);
                child.kill();
            }
            published |= backups.list().size() > whole;
            whole += published ? 1 : 0;
            assertThat(backups.list()).as("killed at %s", point).hasSize(whole);

            backups.create();
            whole++;

            assertThat(BackupsContract.entries(store)).as("killed at %s", point).hasSize(whole);
        }
        assertThat(published).isTrue();
        assertThat(BackupsContract.entries(store)).noneMatch(name -> name.startsWith("."));
        assertThat(backups.list())
                .allSatisfy(backup ->
                        assertThat(backups.verify(backup.id()).problems()).isEmpty());
    }

    /** Runs a class where writing beyond a size fails as on a full disk, and returns what it printed. */
    private static String withFilesOfAtMost(int bytes, Class<?> main, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -f " + bytes / 512 + "; exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx256m");
        command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as(output)
                    .isTrue();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}

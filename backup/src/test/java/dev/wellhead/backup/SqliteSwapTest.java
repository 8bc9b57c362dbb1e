package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wellhead.backup.SqliteSwap.Step;
import dev.wellhead.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Under its name there is at any moment one whole database, the old or the new, whatever stops a restore over it; nothing is
 * replaced without the token that says what is lost, nor while anybody has it open.
 */
class SqliteSwapTest {
    private static final String OLD = "state of today";
    private static final String NEW = "state of the backup";
    // Begun with a zero it is not played back, but left alone.
    private static final String JOURNAL = "\0for whoever tries to save it";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path temporary;

    private Path folder;
    private Path file;
    private Path store;
    private Backups backups;
    private String id;

    @BeforeEach
    void fill() throws IOException, SQLException {
        folder = Files.createDirectory(temporary.toRealPath().resolve("data"));
        file = folder.resolve("app.db");
        store = temporary.resolve("store");
        SqliteClient.execute(
                file,
                "pragma journal_mode = wal",
                "create table state (body text)",
                "create table account (id integer primary key, amount integer)",
                "insert into state values ('" + NEW + "')");
        // Whoever waits finds that a second has passed at each look.
        AtomicLong seconds = new AtomicLong();
        backups = Backups.builder(Database.sqlite(file), BackupStore.directory(store))
                .ticker(() -> Duration.ofSeconds(seconds.incrementAndGet()).toNanos())
                .build();
        id = backups.create().id();
        Files.delete(folder.resolve("app.db.backup.lock"));
        SqliteClient.execute(
                file,
                "update state set body = '" + OLD + "'",
                "insert into account values (1, 10), (2, 20), (3, 30)",
                "create table late (v)");
    }

    private RestoreReport restore() throws SQLException, IOException {
        return backups.restore(id, RestoreTarget.replacingFile(file, SqliteSwap.describe(file)));
    }

    private BackupException refusal() {
        return catchThrowableOfType(BackupException.class, this::restore);
    }

    private static String state(Path database) throws SQLException {
        return SqliteClient.query(database, "select body from state");
    }

    private void assertUntouched() throws SQLException, IOException {
        assertThat(BackupsContract.entries(folder)).containsExactly("app.db");
        assertThat(state(file)).isEqualTo(OLD);
        assertThat(SqliteClient.query(file, "pragma journal_mode")).isEqualTo("wal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wal", "delete", "persist"})
    void restoredFileTakesThePlaceAndTheOldOneIsKept(String mode) throws SQLException, IOException {
        SqliteClient.execute(file, "pragma journal_mode = " + mode, "update account set amount = 11 where id = 1");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        RestoreReport report = restore();

        assertThat(report.kept())
                .contains(folder.resolve("app.db.replaced-by-" + id).toString());
        assertThat(BackupsContract.entries(folder)).containsExactly("app.db", "app.db.replaced-by-" + id);
        assertThat(state(file)).isEqualTo(NEW);
        assertThat(SqliteClient.query(file, "pragma journal_mode")).isEqualTo("wal");
        assertThat(SqliteClient.query(file, "pragma integrity_check")).isEqualTo("ok");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        Path kept = folder.resolve("app.db.replaced-by-" + id);
        assertThat(state(kept)).isEqualTo(OLD);
        assertThat(SqliteClient.query(kept, "select sum(amount) from account")).isEqualTo("61");
    }

    @Test
    void restoreWithoutTheTokenIsRefusedAndSaysWhatWouldBeLost() throws SQLException, IOException {
        for (String token : List.of("", "yes", file.toString())) {
            assertThatThrownBy(() -> backups.restore(id, RestoreTarget.replacingFile(file, token)))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-005"))
                    .hasMessageContaining(file + " holds 3 tables with 4 rows")
                    .hasMessageContaining("pass the token '" + SqliteSwap.describe(file) + "'");
        }
        assertUntouched();
    }

    @Test
    void tokenSaysWhatIsLostAndFitsOneFileInOneStateOnly() throws SQLException, IOException {
        String token = SqliteSwap.describe(file);
        Path copy = Files.copy(file, folder.resolve("copy.db"));
        String ofCopy = SqliteSwap.describe(copy);
        Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
        String ofCopyInItsPlace = SqliteSwap.describe(file);
        SqliteClient.execute(file, "insert into account values (4, 40)");
        String ofMore = SqliteSwap.describe(file);
        SqliteClient.execute(file, "insert into late values (1)", "delete from account where id = 4");
        String ofOtherTables = SqliteSwap.describe(file);
        SqliteClient.execute(file, "create index by_amount on account (amount)");
        String ofOtherSchema = SqliteSwap.describe(file);
        Path link = Files.createSymbolicLink(temporary.resolve("link.db"), file);

        assertThat(token).startsWith(file + ":3-tables:4-rows:");
        assertThat(List.of(token, ofCopy, ofCopyInItsPlace, ofMore, ofOtherTables, ofOtherSchema))
                .doesNotHaveDuplicates();
        assertThat(SqliteSwap.describe(link)).isEqualTo(ofOtherSchema);
        assertThatThrownBy(() -> backups.restore(id, RestoreTarget.replacingFile(file, token)))
                .hasMessageContaining("which is not what the token passed says");
    }

    @Test
    void rowThatComesWhileTheBackupIsUnpackedMakesTheTokenAnotherOne() throws SQLException, IOException {
        String token = SqliteSwap.describe(file);
        SqliteSwap.Watch insert = step -> {
            if (step == Step.UNPACKED) {
                run("insert into account values (9, 90)");
            }
        };

        assertThatThrownBy(() -> StallingSwap.restore(file, store, id, token, insert))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-005"))
                .hasMessageContaining("3 tables with 5 rows");
        assertThat(state(file)).isEqualTo(OLD);
        assertThat(SqliteClient.query(file, "select amount from account where id = 9"))
                .isEqualTo("90");
        assertThat(SqliteClient.query(file, "pragma journal_mode")).isEqualTo("wal");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wal", "delete"})
    void databaseThatSomebodyHasOpenIsRefused(String mode) throws SQLException, IOException {
        SqliteClient.execute(file, "pragma journal_mode = " + mode);
        for (List<String> doing : List.of(
                List.of("select 1 from state"),
                List.of("begin", "select 1 from state"),
                List.of("begin immediate", "update account set amount = 0"))) {
            try (Connection other = SqliteClient.connect(file)) {
                SqliteClient.execute(other, doing.toArray(String[]::new));

                assertThat(refusal())
                        .as("%s %s", mode, doing)
                        .hasMessageContaining(file + " is in use by this process; stop what has it open")
                        .extracting(BackupException::code)
                        .isEqualTo("WH-BACKUP-005");
            }
        }
        SqliteClient.execute(file, "pragma journal_mode = wal");
        assertUntouched();
    }

    @Test
    void processThatHasTheDatabaseOpenIsNamed() throws SQLException, IOException {
        String token = SqliteSwap.describe(file);
        try (ChildJvm child = startStalling(token, Step.LOCKED)) {
            assertThatThrownBy(() -> backups.restore(id, RestoreTarget.replacingFile(file, token)))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("in use by process " + child.pid());
        }
        assertThat(state(file)).isEqualTo(OLD);
    }

    // In rollback mode a connection that does nothing holds no lock. It may come when it was looked for already.
    @Test
    void connectionThatMissesTheExchangeCannotWriteIntoTheOldFile() throws SQLException, IOException {
        SqliteClient.execute(file, "pragma journal_mode = delete");
        List<Connection> late = new ArrayList<>();
        try {
            StallingSwap.restore(file, store, id, SqliteSwap.describe(file), step -> {
                if (step == Step.LOCKED) {
                    late.add(connect());
                }
            });

            assertThat(late)
                    .singleElement()
                    .satisfies(connection -> assertThatThrownBy(
                                    () -> SqliteClient.execute(connection, "update state set body = 'lost'"))
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("READONLY_DBMOVED"));
        } finally {
            for (Connection connection : late) {
                connection.close();
            }
        }
        assertThat(state(file)).isEqualTo(NEW);
        assertThat(state(folder.resolve("app.db.replaced-by-" + id))).isEqualTo(OLD);
    }

    @Test
    void failureAfterEachStepLeavesTheOldOrTheNewAndASecondTrySucceeds() throws SQLException, IOException {
        String token = SqliteSwap.describe(file);
        for (Step failing : Step.values()) {
            List<Step> done = new ArrayList<>();

            assertThatThrownBy(() -> StallingSwap.restore(file, store, id, token, step -> {
                        done.add(step);
                        if (step == failing) {
                            throw new IOException("injected");
                        }
                    }))
                    .hasMessage("injected");

            assertThat(done).last().isEqualTo(failing);
            if (failing.compareTo(Step.REPLACED) < 0) {
                assertUntouched();
            } else {
                assertThat(state(file)).isEqualTo(NEW);
                Path kept = folder.resolve("app.db.replaced-by-" + id);
                assertThat(state(kept)).isEqualTo(OLD);
                Files.move(kept, file, StandardCopyOption.REPLACE_EXISTING);
                SqliteClient.execute(file, "pragma journal_mode = wal");
            }
        }

        restore();

        assertThat(state(file)).isEqualTo(NEW);
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"SETTLED", "REPLACED"})
    void processKilledInTheExchangeLeavesTheOldOrTheNewAndASecondTrySucceeds(Step step)
            throws SQLException, IOException {
        assertKilledAfter(step);
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"SETTLED", "REPLACED"},
            mode = EnumSource.Mode.EXCLUDE)
    @Tag("thorough")
    void processKilledAfterAnyStepLeavesTheOldOrTheNewAndASecondTrySucceeds(Step step)
            throws SQLException, IOException {
        assertKilledAfter(step);
    }

    private void assertKilledAfter(Step step) throws SQLException, IOException {
        put(filesOfACrash());
        try (ChildJvm child = startStalling(SqliteSwap.describe(file), step)) {
            child.kill();
        }
        boolean replaced = step.compareTo(Step.REPLACED) >= 0;

        if (step.compareTo(Step.SETTLED) >= 0) {
            // Nothing may be replayed onto what is there now.
            assertThat(BackupsContract.entries(folder)).doesNotContain("app.db-wal", "app.db-journal");
        }
        assertThat(state(file)).isEqualTo(replaced ? NEW : OLD);
        assertThat(SqliteClient.query(file, "pragma integrity_check")).isEqualTo("ok");
        if (!replaced) {
            assertThat(SqliteClient.query(file, "select sum(amount) from account"))
                    .isEqualTo("1060");
        }

        restore();

        assertThat(state(file)).isEqualTo(NEW);
        assertThat(BackupsContract.entries(folder))
                .noneMatch(name -> name.startsWith("."))
                .doesNotContain("app.db-wal", "app.db-shm", "app.db-journal");
        Path kept = folder.resolve("app.db.replaced-by-" + id);
        assertThat(state(kept)).isEqualTo(OLD);
        assertThat(SqliteClient.query(kept, "select sum(amount) from account")).isEqualTo("1060");
    }

    @Test
    void rowsThatAProcessWhichDiedLeftInTheLogAreInTheKeptFile() throws SQLException, IOException {
        Map<String, byte[]> crash = filesOfACrash();

        // As late as can be: the first look at the database would bring the log into it.
        StallingSwap.restore(file, store, id, SqliteSwap.describe(file), step -> {
            if (step == Step.UNPACKED) {
                put(crash);
            }
        });

        assertThat(crash.get("app.db-wal")).isNotEmpty();
        assertThat(BackupsContract.entries(folder)).containsExactly("app.db", "app.db.replaced-by-" + id);
        assertThat(SqliteClient.query(folder.resolve("app.db.replaced-by-" + id), "select sum(amount) from account"))
                .isEqualTo("1060");
        assertThat(state(file)).isEqualTo(NEW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wal", "journal"})
    void sideFileOfAnotherDatabaseIsNotReplayedOntoTheNewOne(String kind) throws SQLException, IOException {
        SqliteClient.execute(file, "pragma journal_mode = delete");
        Path other = temporary.resolve("other.db");
        Path side = folder.resolve("app.db-" + kind);
        SqliteClient.execute(
                other, "create table other (v)", "pragma journal_mode = " + (kind.equals("wal") ? "wal" : "delete"));
        try (Connection writing = SqliteClient.connect(other)) {
            SqliteClient.execute(
                    writing,
                    "pragma wal_autocheckpoint = 0",
                    "pragma cache_size = 1",
                    "begin immediate",
                    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 50)"
                            + " insert into other select hex(randomblob(3000)) from n",
                    kind.equals("wal") ? "commit" : "select 1");
            Files.copy(temporary.resolve("other.db-" + kind), side);
        }
        assertThat(side).isNotEmptyFile();

        restore();

        assertThat(side).doesNotExist();
        assertThat(state(file)).isEqualTo(NEW);
        assertThat(SqliteClient.query(file, "pragma integrity_check")).isEqualTo("ok");
        assertThat(SqliteClient.query(file, "select count(*) from sqlite_master where name = 'other'"))
                .isEqualTo("0");
    }

    @Test
    void damagedDatabaseIsReplacedAndKeptWithItsSideFiles() throws SQLException, IOException {
        byte[] junk = new byte[5000];
        Files.write(file, junk);
        Files.writeString(folder.resolve("app.db-journal"), JOURNAL);
        String token = SqliteSwap.describe(file);

        assertThat(token).startsWith(file + ":unreadable:5000-bytes:");
        backups.restore(id, RestoreTarget.replacingFile(file, token));

        Path kept = folder.resolve("app.db.replaced-by-" + id);
        assertThat(state(file)).isEqualTo(NEW);
        assertThat(kept).hasBinaryContent(junk);
        assertThat(SqliteFile.side(kept, "-journal")).hasContent(JOURNAL);
        assertThat(BackupsContract.entries(folder))
                .containsExactly("app.db", kept.getFileName().toString(), kept.getFileName() + "-journal");
    }

    @Test
    void failureLeavesADamagedDatabaseWithItsSideFiles() throws SQLException, IOException {
        Files.write(file, new byte[5000]);
        Files.writeString(folder.resolve("app.db-journal"), JOURNAL);
        String token = SqliteSwap.describe(file);

        assertThatThrownBy(() -> StallingSwap.restore(file, store, id, token, step -> {
                    if (step == Step.SETTLED) {
                        throw new IOException("injected");
                    }
                }))
                .hasMessage("injected");

        assertThat(BackupsContract.entries(folder)).containsExactly("app.db", "app.db-journal");
        assertThat(file).hasSize(5000);
    }

    @Test
    void linkIsFollowedToTheFileThatIsReplaced() throws SQLException, IOException {
        Path link = Files.createSymbolicLink(temporary.resolve("link.db"), file);

        backups.restore(id, RestoreTarget.replacingFile(link, SqliteSwap.describe(link)));

        assertThat(link).isSymbolicLink();
        assertThat(file).isRegularFile();
        assertThat(state(file)).isEqualTo(NEW);
        assertThat(BackupsContract.entries(folder)).containsExactly("app.db", "app.db.replaced-by-" + id);
    }

    @Test
    void secondReplacementKeepsBothThatWereThere() throws SQLException, IOException {
        restore();
        SqliteClient.execute(file, "update state set body = 'third'");

        restore();

        assertThat(state(folder.resolve("app.db.replaced-by-" + id))).isEqualTo(OLD);
        assertThat(state(folder.resolve("app.db.replaced-by-" + id + "-2"))).isEqualTo("third");
    }

    @Test
    void nothingIsReplacedWhereNothingIs() {
        Path missing = folder.resolve("missing.db");

        assertThatThrownBy(() -> backups.restore(id, RestoreTarget.replacingFile(missing, "")))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("nothing to replace");
        assertThat(missing).doesNotExist();
    }

    private ChildJvm startStalling(String token, Step step) {
        ChildJvm child = ChildJvm.start(StallingSwap.class, file.toString(), store.toString(), id, token, step.name());
        child.awaitLine("stalled after " + step, PATIENCE);
        return child;
    }

    /** Returns the files as a process leaves them that dies after it has put a thousand more into the log. */
    private Map<String, byte[]> filesOfACrash() throws SQLException, IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (Connection dying = SqliteClient.connect(file)) {
            SqliteClient.execute(dying, "pragma wal_autocheckpoint = 0", "insert into account values (4, 1000)");
            for (String name : List.of("app.db", "app.db-wal")) {
                files.put(name, Files.readAllBytes(folder.resolve(name)));
            }
        }
        return files;
    }

    /** The database file stays the same one. */
    private void put(Map<String, byte[]> files) throws IOException {
        for (Map.Entry<String, byte[]> each : files.entrySet()) {
            Files.write(folder.resolve(each.getKey()), each.getValue());
        }
    }

    private void run(String sql) throws IOException {
        try {
            SqliteClient.execute(file, sql);
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    private Connection connect() throws IOException {
        try {
            return SqliteClient.connect(file);
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}

package dev.wellhead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.cli.Wellhead.Outcome;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands below {@code backup}, on either database. */
abstract class BackupContract {
    @TempDir
    private Path folder;

    private TestDatabase database;
    private Wellhead wellhead;

    abstract TestDatabase create();

    /** Returns the options that restore into the database's own place. */
    abstract List<String> ownPlace();

    /** Returns the options that restore into a new place. */
    abstract List<String> newPlace();

    /** Returns what a query says in the new place. */
    abstract String askNewPlace(String query);

    @BeforeEach
    void open() {
        database = create();
        database.execute(
                "create table users (id integer primary key, name text)",
                "insert into users values (1, 'one'), (2, 'two')");
        wellhead = Wellhead.in(folder)
                .with("WELLHEAD_URL", database.url())
                .with("WELLHEAD_USER", database.user())
                .with("WELLHEAD_PASSWORD", database.password())
                .with("WELLHEAD_STORE", "store");
    }

    @AfterEach
    void close() {
        database.close();
    }

    final TestDatabase database() {
        return database;
    }

    final Path folder() {
        return folder;
    }

    final Wellhead wellhead() {
        return wellhead;
    }

    private static String[] words(List<String> more, String... first) {
        return Stream.concat(Stream.of(first), more.stream()).toArray(String[]::new);
    }

    private String createdId() {
        return String.valueOf(Results.object(Results.json(wellhead.run("backup", "create", "--json")), "backup")
                .get("id"));
    }

    @Test
    void createListVerifyAndPrune() {
        String id = createdId();

        Outcome list = wellhead.run("backup", "list");
        Outcome unverified = wellhead.run("backup", "list", "--max-age", "1d");
        Outcome verify = wellhead.run("backup", "verify");
        Outcome verified = wellhead.run("backup", "list", "--max-age", "1d");
        Map<String, Object> json = Results.json(wellhead.run("backup", "list", "--json"));

        assertThat(list.code()).as(list.all()).isZero();
        assertThat(list.out()).contains(id, "complete", "never", "2");
        assertThat(unverified.code()).isEqualTo(ExitCodes.FOUND);
        assertThat(unverified.out()).contains("no backup is verified");
        assertThat(verify.out()).contains("verified " + id);
        assertThat(verified.code()).isZero();
        assertThat(Results.list(json, "backups").get(0))
                .containsEntry("state", "VERIFIED")
                .containsEntry("rows", 2L);

        String second = createdId();
        Outcome would = wellhead.run("backup", "prune", "--keep-last", "1", "--dry-run");
        assertThat(would.out()).contains("keep", id, second, "newest verified");
        Results.json(wellhead.run("backup", "verify", "--all", "--json"));
        Results.json(wellhead.run("backup", "prune", "--keep-last", "1", "--dry-run", "--json"));
        Outcome pruned = wellhead.run("backup", "prune", "--keep-last", "1");
        assertThat(pruned.out()).contains("deleted");
        assertThat(wellhead.run("backup", "list").out()).contains(second).doesNotContain(id);
        assertThat(wellhead.run("backup", "prune").code()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void createVerifiesAndPrunesInOneGo() {
        wellhead.run("backup", "create");

        Map<String, Object> json =
                Results.json(wellhead.run("backup", "create", "--verify", "--prune", "--keep-last", "1", "--json"));

        assertThat(Results.object(json, "verification")).containsEntry("verified", true);
        assertThat(Results.list(json, "pruned")).hasSize(2);
        assertThat(wellhead.run("backup", "create", "--prune").code()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void restoresToANewPlace() {
        createdId();

        Outcome would = wellhead.run(words(newPlace(), "backup", "restore", "latest", "--dry-run"));
        Outcome restored = wellhead.run(words(newPlace(), "backup", "restore", "latest"));
        Outcome taken = wellhead.run(words(newPlace(), "backup", "restore", "latest"));
        Outcome wouldBeTaken = wellhead.run(words(newPlace(), "backup", "restore", "latest", "--dry-run", "--json"));

        assertThat(would.code()).as(would.all()).isZero();
        assertThat(would.out()).contains("would restore");
        assertThat(restored.code()).as(restored.all()).isZero();
        assertThat(restored.out()).contains("restored", "1 tables, 2 rows, equal");
        assertThat(askNewPlace("select name from users where id = 2")).isEqualTo("two");
        assertThat(taken.code()).isEqualTo(ExitCodes.FAILED);
        assertThat(taken.err()).contains("WH-BACKUP-005").doesNotContain("RestoreTarget");
        assertThat(wouldBeTaken.code()).isEqualTo(ExitCodes.FOUND);
        assertThat(String.valueOf(Results.json(wouldBeTaken).get("obstacle"))).contains("is there already");
    }

    @Test
    void replacingNeedsTheToken() {
        createdId();
        database.execute("delete from users");

        Outcome without = wellhead.run(words(ownPlace(), "backup", "restore", "latest", "--replace"));
        Outcome wrong =
                wellhead.run(words(ownPlace(), "backup", "restore", "latest", "--replace", "--token", "nonsense"));
        Outcome would = wellhead.run(words(ownPlace(), "backup", "restore", "latest", "--replace", "--dry-run"));

        assertThat(without.code()).isEqualTo(ExitCodes.FAILED);
        assertThat(wrong.code()).isEqualTo(ExitCodes.FAILED);
        assertThat(wrong.err()).contains("WH-BACKUP-005");
        assertThat(would.code()).isEqualTo(ExitCodes.FOUND);
        assertThat(database.queryOne("select count(*) from users")).isEqualTo("0");

        Matcher token = Pattern.compile("pass --token '([^']+)'").matcher(without.err());
        assertThat(token.find()).as(without.err()).isTrue();
        Outcome wouldNow = wellhead.run(
                words(ownPlace(), "backup", "restore", "latest", "--replace", "--dry-run", "--token", token.group(1)));
        assertThat(wouldNow.code()).as(wouldNow.all()).isZero();
        Outcome replaced = wellhead.run(
                words(ownPlace(), "backup", "restore", "latest", "--replace", "--json", "--token", token.group(1)));

        assertThat(replaced.code()).as(replaced.all()).isZero();
        assertThat(Results.json(replaced).get("kept")).isNotNull();
        assertThat(database.queryOne("select count(*) from users")).isEqualTo("2");
        dropKept(String.valueOf(Results.json(replaced).get("kept")));
    }

    /** Removes what a restore has kept. */
    void dropKept(String kept) {}

    @Test
    void restoreWantsToKnowWhereTo() {
        createdId();

        assertThat(wellhead.run("backup", "restore", "latest").code()).isEqualTo(ExitCodes.USAGE);
        assertThat(wellhead.run("backup", "restore").code()).isEqualTo(ExitCodes.USAGE);
        assertThat(wellhead.run(words(newPlace(), "backup", "restore", "latest", "--token", "x"))
                        .code())
                .isEqualTo(ExitCodes.USAGE);
        Outcome unknown = wellhead.run(words(newPlace(), "backup", "restore", "00000001-nothing"));
        assertThat(unknown.code()).isEqualTo(ExitCodes.FAILED);
        assertThat(unknown.err())
                .contains("WH-BACKUP-003", "wellhead backup list")
                .doesNotContain("list()");
    }

    @Test
    void damagedBackupIsSuspect() throws IOException {
        String id = createdId();
        Path parts = folder.resolve("store").resolve(id).resolve("parts");
        try (Stream<Path> files = Files.list(parts)) {
            Path part = files.sorted().findFirst().orElseThrow();
            byte[] bytes = Files.readAllBytes(part);
            bytes[bytes.length / 2] ^= 1;
            Files.write(part, bytes);
        }

        Outcome outcome = wellhead.run("backup", "verify", id);

        assertThat(outcome.code()).as(outcome.all()).isEqualTo(ExitCodes.FOUND);
        assertThat(outcome.out()).contains("suspect " + id);
        assertThat(wellhead.run("backup", "list").out()).contains("suspect");
    }

    @Test
    void encryptedWithKeysFromAFile() throws IOException {
        String key = "0123456789abcdef".repeat(4);
        Path keys = Files.writeString(folder.resolve("keys"), "# kept apart\n2026=" + key + "\n");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-r--r--"));
        Wellhead encrypted = wellhead.with("WELLHEAD_KEY_FILE", "keys");

        Outcome open = encrypted.run("backup", "create");
        assertThat(open.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(open.err()).contains("chmod 600").doesNotContain(key);

        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
        Outcome made = encrypted.run("backup", "create", "--verify");
        assertThat(made.code()).as(made.all()).isZero();
        assertThat(wellhead.run("backup", "list").out()).contains("suspect");

        Files.writeString(keys, "2026=" + key.substring(1) + "\n");
        Outcome bad = encrypted.run("backup", "list");
        assertThat(bad.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(bad.err()).contains("keys, line 1").doesNotContain(key.substring(1));
    }

    @Test
    void storeMustBeNamed() {
        Outcome outcome = wellhead.with("WELLHEAD_STORE", "").run("backup", "list");

        assertThat(outcome.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(outcome.err()).contains("--store", "WELLHEAD_STORE");
    }

    @Test
    void emptyStoreIsNoError() {
        assertThat(wellhead.run("backup", "list").out()).isEqualTo("no backups\n");
        assertThat(wellhead.run("backup", "verify").code()).isEqualTo(ExitCodes.UNREACHABLE);
    }

    @Test
    void progressIsForTerminalsAlone() {
        for (int row = 10; row < 30; row++) {
            database.execute("insert into users values (" + row + ", '" + "x".repeat(20_000) + "')");
        }

        Outcome piped = wellhead.run("backup", "create", "--rate", "300kB");
        Outcome seen = wellhead.onTerminal(false, true).run("backup", "create", "--rate", "300kB");

        assertThat(piped.err()).isEmpty();
        assertThat(seen.err()).contains("\r\u001b[K", "[", "] ", " % ", " of about ", "/s");
        assertThat(seen.err()).endsWith("\r\u001b[K");
        assertThat(seen.out()).doesNotContain("\u001b", "\r");
    }
}

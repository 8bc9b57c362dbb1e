package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.InstalledPostgres;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant: what the real {@code pg_dump} tells of a schema, and the files that it writes, come back equal to the snapshot
 * they were taken from. Where this machine has no PostgreSQL of its own there is nothing to try it with.
 */
class InstalledProgramsTest {
    /** Of kinds that are not read from the catalogue. */
    private static final List<String> UNCOMMON = List.of(
            "create aggregate total(integer) (sfunc = int4pl, stype = integer, initcond = '0')",
            "create operator === (leftarg = integer, rightarg = integer, function = int4eq)",
            "create cast (text as point) with inout",
            "create text search configuration mine (copy = simple)",
            "create foreign data wrapper nowhere",
            "create server far foreign data wrapper nowhere",
            "create foreign table distant (a integer) server far",
            "create publication feed for table parents",
            "create table typed of other.pair",
            "create rule twofold as on delete to notes do also (select 1; select 2)",
            "create function cases(n integer) returns integer language sql"
                    + " begin atomic select case when n > 0 then 1 else 2 end; end",
            "create function quoted() returns text language sql as $$ select E'\\\\;''' || '$x$;' $$",
            "comment on aggregate total(integer) is 'a'",
            "create function watch() returns event_trigger language plpgsql as $w$ begin end $w$",
            "create event trigger watching on ddl_command_end execute function watch()");

    private static final Optional<InstalledPostgres> INSTALLED = InstalledPostgres.find();
    private static PostgresServer server;

    @TempDir
    Path folder;

    private Path store;
    private TestDatabase source;

    @BeforeAll
    static void startServer() {
        INSTALLED.ifPresent(here -> server =
                PostgresServer.builder().installation(here.installation()).start());
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void open() {
        Assumptions.assumeTrue(INSTALLED.isPresent(), "this machine has no PostgreSQL of its own");
        store = folder.resolve("store");
        source = server.createDatabase();
    }

    @AfterEach
    void close() {
        if (source != null) {
            server.administrate("drop database if exists " + restoredName() + " with (force)");
            source.close();
        }
    }

    private String restoredName() {
        return "restored_" + source.name();
    }

    private DirectDataSource direct() {
        return DirectDataSource.of(source.url(), source.user(), source.password());
    }

    private static Path realPrograms() {
        return INSTALLED.orElseThrow().programs();
    }

    private Backups backups(Database database, BackupStore to) {
        return Backups.builder(database, to).workers(2).build();
    }

    private Backups dumping(ClientPrograms programs) {
        return backups(Database.postgres(direct(), programs), BackupStore.directory(store));
    }

    private Backups archiving() {
        return archiving(ClientPrograms.at(realPrograms()));
    }

    private Backups archiving(ClientPrograms programs) {
        return backups(Database.postgresArchive(direct(), programs), BackupStore.directory(store));
    }

    private void fill() {
        source.execute(CarriedSchemaTest.EVERYTHING.toArray(String[]::new));
        source.execute(CarriedSchemaTest.ROWS.toArray(String[]::new));
        source.execute(UNCOMMON.toArray(String[]::new));
        source.execute("grant select on parents to pg_monitor");
    }

    @Test
    void everyObjectOfADumpedSchemaComesBackWithoutAnyProgram() throws SQLException {
        fill();
        String id = dumping(ClientPrograms.at(realPrograms())).create().id();
        Backups without = backups(Database.postgres(direct()), BackupStore.directory(store));

        assertThat(without.verify(id).problems()).isEmpty();
        without.restore(id, RestoreTarget.newDatabase(restoredName()));
        assertThat(CarriedSchemaTest.schema(direct().onDatabase(restoredName())))
                .hasSizeGreaterThan(170)
                .isEqualTo(CarriedSchemaTest.schema(direct()));
    }

    @Test
    void everyObjectAndRowOfAnArchiveComesBack() throws SQLException {
        fill();
        source.execute(
                "select lo_from_bytea(4711, 'large')",
                "create sequence tickets",
                "select nextval('tickets'), nextval('tickets')");
        Backups backups = archiving();
        BackupInfo made = backups.create();

        assertThat(made.rows()).isPositive();
        assertThat(backups.verify(made.id()).problems()).isEmpty();
        backups.restore(made.id(), RestoreTarget.newDatabase(restoredName()));
        DirectDataSource restored = direct().onDatabase(restoredName());
        assertThat(CarriedSchemaTest.schema(restored))
                .hasSizeGreaterThan(170)
                .isEqualTo(CarriedSchemaTest.schema(direct()));
        try (var connection = PostgresSession.open(restored)) {
            assertThat(PostgresSession.queryOne(connection, "select nextval('public.tickets')"))
                    .isEqualTo("3");
            assertThat(PostgresSession.queryOne(connection, "select convert_from(lo_get(4711), 'UTF8')"))
                    .isEqualTo("large");
        }
    }

    @Test
    void emptyDatabaseAndThoseWithoutPublicOrWithAnotherComeBackEitherWay() {
        for (Backups backups : List.of(dumping(ClientPrograms.at(realPrograms())), archiving())) {
            assertThat(backups.verify(backups.create().id()).problems()).isEmpty();
            source.execute("drop schema public cascade");
            assertThat(backups.verify(backups.create().id()).problems()).isEmpty();
            source.execute("create schema public", "create table public.t (a integer)");

            assertThat(backups.verify(backups.create().id()).problems()).isEmpty();
        }
    }

    @Test
    void fileInTheStoreIsReadByTheRealProgramAlone() throws Exception {
        source.execute("create table t (a integer primary key)", "insert into t select generate_series(1, 1000)");
        String id = archiving().create().id();
        Path file = store.resolve(id).resolve("parts").resolve("database.dump");
        server.administrate("create database " + restoredName());
        Path printed = folder.resolve("printed");
        ProcessBuilder program = new ProcessBuilder(
                        realPrograms().resolve("pg_restore").toString(),
                        "--exit-on-error",
                        "--host=" + server.host(),
                        "--port=" + server.port(),
                        "--username=" + server.user(),
                        "--dbname=" + restoredName(),
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile());
        program.environment().put("PGPASSWORD", server.password());

        int status = program.start().waitFor();

        assertThat(status).as(Files.readString(printed)).isZero();
        try (var connection = PostgresSession.open(direct().onDatabase(restoredName()))) {
            assertThat(PostgresSession.queryOne(connection, "select sum(a) from public.t"))
                    .isEqualTo("500500");
        }
    }

    @Test
    void archiveInAnEncryptedStoreIsVerifiedAndNotLegible() throws IOException {
        source.execute("create table t (a text)", "insert into t values ('legible')");
        BackupStore encrypted = BackupStore.directory(store).encrypted(KeyRing.of("k", new byte[32]));
        Backups backups = backups(Database.postgresArchive(direct(), ClientPrograms.at(realPrograms())), encrypted);
        String id = backups.create().id();

        assertThat(backups.verify(id).problems()).isEmpty();
        assertThat(new String(
                        Files.readAllBytes(store.resolve(id).resolve("parts").resolve("database.dump")),
                        StandardCharsets.ISO_8859_1))
                .startsWith("WHE1")
                .doesNotContain("PGDMP");
    }

    @Test
    void archiveWhosePartWasChangedIsDamagedAndReplacesNothing() throws IOException {
        source.execute("create table t (a text)", "insert into t values ('a')");
        Backups backups = archiving();
        String id = backups.create().id();
        Path file = store.resolve(id).resolve("parts").resolve("database.dump");
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 1;
        Files.write(file, content);

        assertThat(backups.verify(id).verified()).isFalse();
        assertThatThrownBy(() -> backups.restore(id, RestoreTarget.newDatabase(restoredName())))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.code()).isEqualTo("WH-BACKUP-004"));
        assertThat(source.queryOne("select count(*) from pg_database where datname = '" + restoredName() + "'"))
                .isEqualTo("0");
    }

    @Test
    void archiveThatLacksRowsIsSuspect() throws IOException {
        source.execute("create table t (a integer)", "insert into t select generate_series(1, 10)");
        FakeProgram lacking =
                FakeProgram.before(folder.resolve("bin"), realPrograms(), "set -- --exclude-table-data=t \"$@\"");
        Backups backups = archiving(lacking.programs());

        VerifyReport report = backups.verify(backups.create().id());

        assertThat(report.verified()).isFalse();
        assertThat(report.problems()).singleElement().asString().contains("table public.t", "10", "0");
    }

    @Test
    @Timeout(60)
    void sequencesThatGoOnWhileTheArchiveIsWrittenAreNoDifference() throws Exception {
        source.execute("create sequence tickets", "select nextval('tickets')", "create table t (a integer)");
        FakeProgram waiting = waiting();
        Backups backups = archiving(waiting.programs());

        BackupInfo made = createWhile(backups, waiting, () -> source.queryOne("select nextval('tickets')"));

        assertThat(backups.verify(made.id()).problems()).isEmpty();
    }

    @Test
    @Timeout(60)
    void schemaAndRowsAreOfOneSnapshot() throws Exception {
        FakeProgram waiting = waiting();
        source.execute("create table early (a integer)", "insert into early values (1)");
        Backups backups = dumping(waiting.programs());

        BackupInfo made = createWhile(
                backups,
                waiting,
                () -> source.execute("create table late (a integer)", "insert into early values (2)"));

        assertThat(made.rows()).isEqualTo(1);
        assertThat(backups.verify(made.id()).problems()).isEmpty();
    }

    /** Returns the real programs, of which {@code pg_dump} first waits until a test lets it go on. */
    private FakeProgram waiting() throws IOException {
        return FakeProgram.before(
                folder.resolve("bin"),
                realPrograms(),
                "touch \"$HERE/begun\"; while [ ! -e \"$HERE/go\" ]; do sleep 0.1; done");
    }

    /** Makes a backup and does something while its program has begun and waits. */
    private static BackupInfo createWhile(Backups backups, FakeProgram waiting, Runnable meanwhile) throws Exception {
        FutureTask<BackupInfo> made = new FutureTask<>(backups::create);
        Thread runner = new Thread(made);
        runner.start();
        await().until(() -> waiting.has("begun"));
        meanwhile.run();
        Files.createFile(waiting.folder().resolve("go"));
        return made.get();
    }

    @Test
    void nothingOfTheWorkIsLeftBehind() throws IOException {
        source.execute("create table t (a integer)");
        Backups backups = archiving();
        String id = backups.create().id();
        backups.verify(id);

        try (Stream<Path> files = Files.walk(store)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> store.relativize(file).toString()))
                    .isNotEmpty()
                    .allMatch(name -> name.startsWith(id + "/"));
        }
    }
}

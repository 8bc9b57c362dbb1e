package dev.wellhead.backup;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A small database of one kind that has something for every kind of part, and the targets that its backups are restored to.
 * Closing it removes all of them.
 */
abstract class BackupSubject implements AutoCloseable {
    private static final List<String> CONTENT = List.of(
            "create table note (id integer primary key, body text)",
            "create index by_body on note (body)",
            "insert into note values (1, null), (2, ''), (3, 'three'), (4, 'four')");

    private final TestDatabase source;
    private final List<RestoreTarget> targets = new ArrayList<>();

    private BackupSubject(TestDatabase source) {
        this.source = source;
        source.execute(CONTENT.toArray(String[]::new));
    }

    /** Returns one of SQLite whose targets lie in this folder, which is made. */
    static BackupSubject sqlite(Path folder) {
        return new OfSqlite(folder);
    }

    /** Returns one of PostgreSQL, with its schema taken along. */
    static BackupSubject postgres() {
        return new OfPostgres();
    }

    TestDatabase source() {
        return source;
    }

    abstract Database database();

    /** Returns a target that does not exist yet. */
    RestoreTarget freshTarget() {
        RestoreTarget target = target(targets.size());
        targets.add(target);
        return target;
    }

    abstract RestoreTarget target(int number);

    /** Returns the bodies in a database that was restored, joined. */
    abstract String bodies(RestoreTarget target) throws SQLException;

    /** Returns what restores and verifications have made and not removed, by name. */
    abstract List<String> remains() throws IOException, SQLException;

    abstract void remove(RestoreTarget target) throws IOException;

    @Override
    public void close() throws IOException {
        for (RestoreTarget target : targets) {
            remove(target);
        }
        source.close();
    }

    static String bodies(Connection connection) throws SQLException {
        try (connection;
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select body from note order by id")) {
            List<String> bodies = new ArrayList<>();
            while (rows.next()) {
                bodies.add(String.valueOf(rows.getString(1)));
            }
            return String.join(",", bodies);
        }
    }

    private static final class OfSqlite extends BackupSubject {
        private final Path folder;

        OfSqlite(Path folder) {
            super(TestDatabase.sqlite());
            this.folder = folder;
            try {
                Files.createDirectory(folder);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        Database database() {
            return Database.sqlite(Path.of(source().name()));
        }

        @Override
        RestoreTarget target(int number) {
            return RestoreTarget.file(folder.resolve("restored-" + number + ".db"));
        }

        private static Path file(RestoreTarget target) {
            return ((RestoreTarget.NewFile) target).file();
        }

        @Override
        String bodies(RestoreTarget target) throws SQLException {
            return bodies(DriverManager.getConnection("jdbc:sqlite:" + file(target)));
        }

        @Override
        List<String> remains() throws IOException {
            try (Stream<Path> entries = Files.list(folder)) {
                return entries.map(Path::toString).toList();
            }
        }

        @Override
        void remove(RestoreTarget target) throws IOException {
            Files.deleteIfExists(file(target));
        }
    }

    private static final class OfPostgres extends BackupSubject {
        OfPostgres() {
            super(TestDatabase.postgres());
            source().execute("select lo_from_bytea(0, '\\x00ff01')", "create sequence counter");
        }

        private DirectDataSource direct() {
            return DirectDataSource.of(source().url(), source().user(), source().password());
        }

        @Override
        Database database() {
            return Database.postgres(direct());
        }

        @Override
        RestoreTarget target(int number) {
            return RestoreTarget.newDatabase("restored_" + source().name() + "_" + number);
        }

        private static String name(RestoreTarget target) {
            return ((RestoreTarget.NewDatabase) target).name();
        }

        @Override
        String bodies(RestoreTarget target) throws SQLException {
            return bodies(direct().onDatabase(name(target)).getConnection());
        }

        @Override
        List<String> remains() throws SQLException {
            try (Connection connection = direct().getConnection()) {
                return PostgresSession.queryAll(
                        connection,
                        "select datname from pg_database where datname like 'restored\\_" + source().name()
                                + "\\_%' or datname like 'wellhead\\_scratch\\_%'");
            }
        }

        @Override
        void remove(RestoreTarget target) {
            PostgresServer.shared().administrate("drop database if exists " + name(target) + " with (force)");
        }
    }
}

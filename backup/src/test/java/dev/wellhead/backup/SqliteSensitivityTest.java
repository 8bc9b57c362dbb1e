package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.backup.internal.DirectoryStorage;
import dev.wellhead.backup.internal.Manifest;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant: whatever a restored file may have lost or changed, however little, the comparison behind a restore says so. */
class SqliteSensitivityTest {
    @TempDir
    static Path folder;

    private static Path restored;
    private static Manifest manifest;
    private static List<String> schema;

    @BeforeAll
    static void restore() throws IOException {
        restored = folder.resolve("restored.db");
        Path store = folder.resolve("store");
        try (TestDatabase source = TestDatabase.sqlite()) {
            source.execute(
                    "create table v (id integer primary key, x)",
                    "create table same (id integer, t text)",
                    "create table twin (id integer, t text)",
                    "create table keyed (k text primary key, n integer default 1 check (n > 0)) without rowid",
                    "create table made (a integer, b integer generated always as (a * 2) stored)",
                    "create index by_text on same (t)",
                    "create view seen as select id from v",
                    "create trigger guard before delete on v begin select raise(abort, 'no'); end",
                    "insert into v values (1, 1), (2, 1.5), (3, 'text'), (4, x'00ff'), (5, null), (6, '')",
                    "insert into same values (1, 'one'), (1, 'one'), (2, 'two'), (2, 'two')",
                    "insert into twin values (1, 'one'), (3, 'three')",
                    "insert into keyed values ('a', 1)",
                    "insert into made values (1)");
            Backups backups = Backups.builder(Database.sqlite(Path.of(source.name())), BackupStore.directory(store))
                    .build();
            String id = backups.create().id();
            backups.restore(id, RestoreTarget.file(restored));
            DirectoryStorage storage = new DirectoryStorage(store);
            manifest = Manifest.of(id, storage.read(id, Manifest.FILE, Manifest.MAX_BYTES));
            schema = SchemaPart.read(storage, manifest);
        }
    }

    @Test
    void restoreThatNothingWasDoneToIsEqual() throws SQLException, IOException {
        assertThat(differencesAfter("select 1")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update v set x = 2 where id = 1",
                "update v set x = 1.0 where id = 1",
                "update v set x = '1' where id = 1",
                "update v set x = 1.5000000000000002 where id = 2",
                "update v set x = cast(x as blob) where id = 3",
                "update v set x = 'text ' where id = 3",
                "update v set x = x'00fe' where id = 4",
                "update v set x = x'00' where id = 4",
                "update v set x = '' where id = 5",
                "update v set x = null where id = 6",
                "update v set x = x'' where id = 6",
                "update v set id = 7 where id = 1",
                "insert into v values (7, 1)",
                "drop trigger guard; delete from v where id = 5;"
                        + " create trigger guard before delete on v begin select raise(abort, 'no'); end",
                "delete from same where rowid = 1; insert into same values (2, 'two')",
                "delete from same where id = 2; insert into same values (3, 'three');"
                        + " delete from twin where id = 3; insert into twin values (2, 'two')",
                "update keyed set k = 'A'",
                "update keyed set n = 2",
                "update made set a = 2",
                "drop index by_text",
                "drop index by_text; create index by_text on same (t desc)",
                "drop view seen",
                "drop view seen; create view seen as select id + 0 as id from v",
                "drop trigger guard",
                "drop trigger guard; create trigger guard before delete on v begin select raise(ignore); end",
                "drop table twin",
                "create table more (a)",
                "alter table same add more text",
                "alter table same rename column t to u",
                "drop table keyed; create table keyed (k text primary key, n integer default 1 check (n > 0));"
                        + " insert into keyed values ('a', 1)",
                "drop table keyed; create table keyed (k text primary key, n integer default 2 check (n > 0)) without rowid;"
                        + " insert into keyed values ('a', 1)"
            })
    void changeIsNoticed(String mutation) throws SQLException, IOException {
        assertThat(differencesAfter(mutation)).isNotEmpty();
    }

    private static List<String> differencesAfter(String mutation) throws SQLException, IOException {
        Path file = Files.createTempDirectory(folder, "mutated").resolve("mutated.db");
        Files.copy(restored, file);
        try (Connection connection = SqliteFile.open(file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(mutation);
            return SqliteFile.compare(connection, manifest, schema);
        }
    }
}

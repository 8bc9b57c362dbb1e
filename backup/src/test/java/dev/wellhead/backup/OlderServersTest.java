package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.SchemaSource;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Invariant: a backup of each older major version is verified on its own server, and comes back equal on the newest one. That
 * differences are seen there, too, is in {@link PostgresSensitivityTest}.
 */
@Tag("thorough")
class OlderServersTest {
    // What version 13 does not know: bodies of functions that are not strings.
    private static final String NEW_IN_14 = "begin atomic";

    @TempDir
    Path folder;

    /** The build copies them here. */
    private static PostgresServer server(int major) {
        return PostgresServer.builder()
                .archive(Path.of(System.getProperty("wellhead.test.older-postgres"), major + ".jar"))
                .start();
    }

    private static List<String> schema(int major) {
        return CarriedSchemaTest.EVERYTHING.stream()
                .filter(sql -> major >= 14 || !sql.contains(NEW_IN_14))
                .toList();
    }

    private static DirectDataSource direct(TestDatabase database) {
        return DirectDataSource.of(database.url(), database.user(), database.password());
    }

    private static SchemaSource source(int major) {
        return new SchemaSource() {
            @Override
            public String fingerprint() {
                return "1";
            }

            @Override
            public void apply(DataSource target) throws SQLException {
                try (var connection = target.getConnection();
                        var statement = connection.createStatement()) {
                    for (String sql : schema(major)) {
                        statement.execute(sql);
                    }
                }
            }
        };
    }

    private void isVerifiedAndComesBack(int major, Function<DirectDataSource, Database> how) {
        BackupStore store = BackupStore.directory(folder.resolve("store"));
        try (PostgresServer old = server(major);
                TestDatabase source = old.createDatabase();
                TestDatabase target = TestDatabase.postgres()) {
            source.execute(schema(major).toArray(String[]::new));
            source.execute(CarriedSchemaTest.ROWS.toArray(String[]::new));
            Backups there = Backups.builder(how.apply(direct(source)), store).build();
            String id = there.create().id();

            assertThat(there.verify(id).problems()).isEmpty();
            // Compares before it returns.
            RestoreReport report = there.restore(id, RestoreTarget.emptyDatabase(direct(target)));

            assertThat(report.rows()).isPositive();
            assertThat(target.queryOne("select count(*) from parents"))
                    .isEqualTo(source.queryOne("select count(*) from parents"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 14, 15, 16, 17})
    void schemaThatWasTakenAlongComesBackOnTheNewest(int major) {
        isVerifiedAndComesBack(major, Database::postgres);
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 14, 15, 16, 17})
    void schemaThatIsReplayedComesBackOnTheNewest(int major) {
        isVerifiedAndComesBack(major, direct -> Database.postgres(direct, source(major)));
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 17})
    void newerBackupIsRefusedByAnOlderServerBeforeAnythingIsMade(int major) {
        BackupStore store = BackupStore.directory(folder.resolve("store"));
        try (PostgresServer old = server(major);
                TestDatabase target = old.createDatabase();
                TestDatabase source = TestDatabase.postgres()) {
            source.execute("create table t (a integer)");
            Backups backups =
                    Backups.builder(Database.postgres(direct(source)), store).build();
            String id = backups.create().id();

            assertThatThrownBy(() -> backups.restore(id, RestoreTarget.emptyDatabase(direct(target))))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("and this server is " + major);

            assertThat(target.queryOne("select count(*) from pg_class where relname = 't'"))
                    .isEqualTo("0");
        }
    }
}

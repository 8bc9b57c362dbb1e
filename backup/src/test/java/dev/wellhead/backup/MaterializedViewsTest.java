package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant: a materialized view comes back filled if it was, and only then, however its schema comes back. */
class MaterializedViewsTest {
    private static final SqlSchema SCHEMA = SqlSchema.of(
            "create table t (a integer)",
            "create materialized view emptied as select a from t",
            "create materialized view filled_later as select a from t with no data",
            "create materialized view never_filled as select 1 / a as b from t with no data");

    @TempDir
    Path store;

    @Test
    void viewsOfAReplayedSchemaAreFilledAsTheyWere() throws SQLException {
        try (TestDatabase source = TestDatabase.postgres()) {
            DirectDataSource direct = direct(source);

            assertFilledAsTheyWere(source, Database.postgres(direct, SCHEMA));
        }
    }

    @Test
    void viewsOfASchemaThatWasTakenAlongAreFilledAsTheyWere() throws SQLException {
        try (TestDatabase source = TestDatabase.postgres()) {
            DirectDataSource direct = direct(source);

            assertFilledAsTheyWere(source, Database.postgres(direct));
        }
    }

    private static DirectDataSource direct(TestDatabase source) {
        return DirectDataSource.of(source.url(), source.user(), source.password());
    }

    private void assertFilledAsTheyWere(TestDatabase source, Database database) throws SQLException {
        SCHEMA.apply(source.dataSource());
        source.execute(
                "insert into t values (0), (1)",
                "refresh materialized view emptied with no data",
                "refresh materialized view filled_later");
        Backups backups =
                Backups.builder(database, BackupStore.directory(store)).build();
        String id = backups.create().id();
        String name = "views_" + source.name();

        try {
            assertThat(backups.verify(id).problems()).isEmpty();
            backups.restore(id, RestoreTarget.newDatabase(name));

            try (Connection connection = direct(source).onDatabase(name).getConnection()) {
                assertThat(PostgresSession.queryAll(
                                connection, "select relname from pg_class where relkind = 'm' and relispopulated"))
                        .containsExactly("filled_later");
                assertThat(PostgresSession.queryOne(connection, "select count(*) from filled_later"))
                        .isEqualTo("2");
            }
        } finally {
            PostgresServer.shared().administrate("drop database if exists " + name + " with (force)");
        }
    }
}

package dev.wellhead.migrate;

import static dev.wellhead.migrate.MigratorFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Files of SQLite that hold more than one transaction, or change the connection. */
class SqliteSegmentsTest {
    private static final String REBUILD = """
            pragma foreign_keys = off;
            begin transaction;
            create table new_parent (id integer primary key, name text);
            insert into new_parent (id) select id from parent;
            drop table parent;
            alter table new_parent rename to parent;
            pragma foreign_key_check;
            commit;
            pragma foreign_keys = on;
            """;

    private final TestDatabase database = TestDatabase.sqlite();

    @AfterEach
    void drop() {
        database.close();
    }

    private Migrator migrator(String sql) {
        return Migrator.builder(enforcing())
                .source(MigrationSource.of(Migration.of("1", "one", sql)))
                .build();
    }

    private DataSource enforcing() {
        return new HostPool(database.dataSource(), "pragma foreign_keys = on").dataSource();
    }

    private void family() {
        database.execute(
                "create table parent (id integer primary key)",
                "create table child (id integer, p integer references parent (id) on delete cascade)",
                "create table other (id integer, p integer references parent (id) on delete set null)",
                "insert into parent values (1), (2)",
                "insert into child values (1, 1), (2, 2)",
                "insert into other values (1, 1), (2, 2)");
    }

    @Test
    void childrenSurviveTheRebuildOfTheirParent() {
        family();

        migrator(REBUILD).migrate();

        assertThat(database.queryOne("select count(*) from child")).isEqualTo("2");
        assertThat(database.queryOne("select count(p) from other")).isEqualTo("2");
        assertThat(database.queryOne("select count(*) from pragma_table_info('parent')"))
                .isEqualTo("2");
        assertThat(database.queryOne("select state from schema_migrations")).isEqualTo("applied");
    }

    @Test
    void rebuildThatLosesParentsIsRolledBack() {
        family();

        MigrationException failure = refusal(
                "WH-MIG-007",
                () -> migrator(REBUILD.replace("select id from parent", "select id from parent where id = 1"))
                        .migrate());

        assertThat(failure).hasMessageContainingAll("child to parent: 1 rows", "foreign_key_check");
        assertThat(database.queryOne("select count(*) from pragma_table_info('parent')"))
                .isEqualTo("1");
        assertThat(database.queryOne("select count(*) from schema_migrations")).isEqualTo("0");
    }

    @Test
    void pragmasOfAScriptEndWithIt() throws SQLException {
        try (Connection connection = enforcing().getConnection();
                Statement statement = connection.createStatement()) {
            HostPool single = new HostPool(OneConnection.of(connection), "select 1");
            Migrator.builder(single.dataSource())
                    .source(MigrationSource.of(Migration.of(
                            "1", "one", "pragma foreign_keys = off; pragma cache_size = 77; create table t (a)")))
                    .build()
                    .migrate();

            assertThat(statement.executeQuery("pragma foreign_keys").getInt(1)).isEqualTo(1);
            assertThat(statement.executeQuery("pragma cache_size").getInt(1)).isNotEqualTo(77);
        }
    }

    @Test
    void whatCannotBeInATransactionRunsOutsideOne() {
        String attached = database.name() + ".other";

        migrator(
                        "pragma journal_mode = wal; create table t (a); vacuum; attach '" + attached
                                + "' as o; create table o.u (a); insert into t values (1); detach o; pragma journal_mode = delete")
                .migrate();

        assertThat(database.queryOne("select count(*) from t")).isEqualTo("1");
        assertThat(database.queryOne("pragma journal_mode")).isEqualTo("delete");
        assertThat(database.queryOne("select state || statements_done from schema_migrations"))
                .isEqualTo("applied8");
    }

    @Test
    void pragmaInsideATransactionOfTheScriptIsRefused() {
        assertThat(refusal(
                        "WH-MIG-003",
                        () -> migrator("begin;\npragma foreign_keys = off;\ncommit")
                                .migrate()))
                .hasMessageContainingAll("line 2", "foreign_keys", "line 1");
    }

    @Test
    void failureInTheMiddleIsToldAndGoneOnWith() {
        String good = "create table t (a);\nvacuum;\n";
        Migrator broken = migrator(good + "insert into nowhere values (1);");

        refusal("WH-MIG-007", broken::migrate);

        MigrationStatus.Midway midway = broken.status().get(0).midway();
        assertThat(midway.committed()).isEqualTo(2);
        assertThat(midway.happened()).contains("nowhere");
        assertThat(midway.cure()).contains("migrate()", "markApplied(\"1\")");
        migrator(good + "insert into t values (1);").migrate();
        assertThat(database.queryOne("select count(*) from t")).isEqualTo("1");
        assertThat(database.queryOne("select state from schema_migrations")).isEqualTo("applied");
    }
}

package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.TestDatabase;
import org.junit.jupiter.api.Test;

class PostgresDriftTest extends DriftContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }

    @Test
    void schemasOfOthersDoNotCount() {
        database.execute("create schema ours", "create schema theirs");
        Migrator migrator = builder(Migration.of("1", "t", "create table ours.t (id int)"))
                .snapshotSchemas("ours", "public")
                .build();
        migrator.migrate();

        database.execute("create table theirs.t (id int)");

        assertThat(migrator.drift().differences()).isEmpty();
        database.execute("comment on table ours.t is 'by hand'");
        assertThat(migrator.drift().differences()).hasSize(1);
    }

    @Test
    void schemaIsReadTheSameWhateverTheSearchPathIs() {
        database.execute("create schema other");
        Migrator migrator = migrator(Migration.of(
                "1",
                "t",
                "create table other.t (id int); set search_path = other; create view v as select id from t;"));
        migrator.migrate();

        assertThat(migrator.drift().differences()).isEmpty();
        assertThat(migrator.snapshot().text()).contains("FROM other.t");
    }
}

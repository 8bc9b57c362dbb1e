package dev.wellhead.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestDatabaseTest {
    @Test
    void sqliteFileIsEmptyAtFirst() {
        try (TestDatabase database = TestDatabase.sqlite()) {
            assertThat(database.queryOne("select count(*) from sqlite_master")).isEqualTo("0");
            database.execute("create table t (n)", "insert into t values (7)");
            assertThat(database.queryOne("select n from t")).isEqualTo("7");
        }
    }
}

package dev.wellhead.jdbc.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class ScratchDatabaseTest {
    @Test
    void isEmptyUsableAndGoneAfterwardsEvenWithSomebodyConnected() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres()) {
            DirectDataSource server = DirectDataSource.of(database.url(), database.user(), database.password());
            String name;
            try (ScratchDatabase scratch = ScratchDatabase.create(server)) {
                name = scratch.name();
                Connection left = scratch.dataSource().getConnection();
                assertThat(Catalog.of(left).tables()).isEmpty();
                left.createStatement().execute("create table t (n int)");
            }

            assertThat(database.queryOne("select count(*) from pg_database where datname = '" + name + "'"))
                    .isEqualTo("0");
        }
    }
}

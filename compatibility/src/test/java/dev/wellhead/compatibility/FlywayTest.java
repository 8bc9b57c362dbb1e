package dev.wellhead.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.SQLException;
import java.util.Arrays;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlywayTest {
    private static final String ROWS = "select string_agg(name || ' ' || amount, ', ' order by name) from item";

    private final PooledDatabase pooled = new PooledDatabase();

    private Flyway flyway(String location) {
        FluentConfiguration configuration = Flyway.configure()
                .dataSource(pooled.pool)
                .locations("classpath:" + location)
                .cleanDisabled(false);
        // Its default, a transaction that holds the lock, would have the concurrent index wait for ever.
        configuration
                .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        return configuration.load();
    }

    @AfterEach
    void nextBorrowersFindConnectionsAsTheyWereWhenNew() throws SQLException {
        try (pooled) {
            pooled.database.execute("drop schema if exists elsewhere cascade");
            pooled.assertPristine();
        }
    }

    @Test
    void migratesValidatesRepairsAndTells() {
        Flyway flyway = flyway("flyway");

        MigrateResult migrated = flyway.migrate();
        MigrateResult again = flyway.migrate();
        flyway.validate();
        flyway.repair();
        MigrationInfo[] applied = flyway.info().applied();

        assertThat(migrated.migrationsExecuted).isEqualTo(5);
        assertThat(again.migrationsExecuted).isZero();
        assertThat(Arrays.stream(applied).map(MigrationInfo::getDescription))
                .containsExactly("item", "copied", "index", "search path", "view");
        assertThat(pooled.database.queryOne(ROWS)).isEqualTo("paper 2, pencil 1");
        assertThat(pooled.database.queryOne(
                        "select to_regclass('item_amount') || ' ' || to_regclass('elsewhere.other')"))
                .isEqualTo("item_amount elsewhere.other");
        assertThat(pooled.pool.stats().discarded()).isZero();
    }

    @Test
    void migrationThatTheServerRefusesIsUndoneWhole() {
        Throwable seen = catchThrowable(() -> flyway("flyway-broken").migrate());

        assertThat(ClientContract.sqlState(seen)).isEqualTo("23505");
        assertThat(pooled.database.queryOne("select count(*) from item")).isEqualTo("0");
        assertThat(pooled.database.queryOne("select string_agg(version, ',') from flyway_schema_history where success"))
                .isEqualTo("1");
    }

    @Test
    void cleanDropsWhatThereWas() {
        Flyway flyway = flyway("flyway-broken");
        Throwable seen = catchThrowable(flyway::migrate);

        flyway.clean();

        assertThat(seen).isNotNull();
        assertThat(pooled.database.queryOne("select to_regclass('item')")).isNull();
    }
}

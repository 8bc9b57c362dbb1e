package dev.wellhead.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.wellhead.compatibility.WatchedDriver.Left;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import liquibase.Scope;
import liquibase.command.CommandScope;
import liquibase.command.core.RollbackCountCommandStep;
import liquibase.command.core.TagCommandStep;
import liquibase.command.core.UpdateCommandStep;
import liquibase.command.core.ValidateCommandStep;
import liquibase.command.core.helpers.DatabaseChangelogCommandStep;
import liquibase.command.core.helpers.DbUrlConnectionArgumentsCommandStep;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.ui.LoggerUIService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiquibaseTest {
    // Liquibase logs to java.util.logging, which forgets a level when nobody holds the logger.
    private static final Logger SILENCED = Logger.getLogger("liquibase");
    private static final String CHANGELOG = "liquibase/changelog.sql";
    private static final String ROWS = "select string_agg(name || ' ' || amount, ', ' order by name) from item";

    static {
        SILENCED.setLevel(Level.OFF);
    }

    private final PooledDatabase pooled = new PooledDatabase();

    @AfterEach
    void nextBorrowersFindConnectionsAsTheyWereWhenNew() throws SQLException {
        try (pooled) {
            pooled.assertPristine();
        }
    }

    @Test
    void updatesValidatesTagsAndRollsBack() throws Exception {
        run(pooled.pool, CHANGELOG, ValidateCommandStep.COMMAND_NAME);
        run(pooled.pool, CHANGELOG, UpdateCommandStep.COMMAND_NAME);
        String updated = pooled.database.queryOne(ROWS);
        run(pooled.pool, CHANGELOG, UpdateCommandStep.COMMAND_NAME);
        command(pooled.pool, CHANGELOG, TagCommandStep.COMMAND_NAME, TagCommandStep.TAG_ARG.getName(), "first");
        command(
                pooled.pool,
                CHANGELOG,
                RollbackCountCommandStep.COMMAND_NAME,
                RollbackCountCommandStep.COUNT_ARG.getName(),
                2);

        assertThat(updated).isEqualTo("paper 2, pencil 1");
        assertThat(pooled.database.queryOne("select count(*) from item")).isEqualTo("0");
        assertThat(pooled.database.queryOne("select string_agg(id, ',') from databasechangelog"))
                .isEqualTo("item");
        assertThat(pooled.database.queryOne("select locked::text from databasechangeloglock"))
                .isEqualTo("false");
        assertThat(pooled.pool.stats().discarded()).isZero();
        assertThat(pooled.pool.stats().created()).isEqualTo(1);
    }

    @Test
    void changeThatTheServerRefusesIsUndoneWhole() {
        Throwable seen = catchThrowable(() -> run(pooled.pool, "liquibase/broken.sql", UpdateCommandStep.COMMAND_NAME));

        assertThat(ClientContract.sqlState(seen)).isEqualTo("23505");
        assertThat(pooled.database.queryOne("select count(*) from item")).isEqualTo("0");
        assertThat(pooled.database.queryOne("select string_agg(id, ',') from databasechangelog"))
                .isEqualTo("item");
    }

    @Test
    void connectionGivenBackByItsBorrowerIsAutocommittingAgain() throws Exception {
        boolean left;
        try (Connection connection = pooled.pool.getConnection()) {
            Database database =
                    DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
            left = connection.getAutoCommit();
            assertThat(database.getShortName()).isEqualTo("postgresql");
        }

        try (Connection next = pooled.pool.getConnection()) {
            assertThat(next.getAutoCommit()).isTrue();
        }

        assertThat(left).isFalse();
        assertThat(pooled.pool.stats().created()).isEqualTo(1);
    }

    @Test
    void liquibaseByItselfLeavesAutocommitOff() throws Exception {
        try (Connection unpooled = pooled.driver.getConnection()) {
            DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(unpooled));
        }

        assertThat(pooled.driver.left()).containsExactly(new Left(false, Connection.TRANSACTION_READ_COMMITTED));
        pooled.pool.getConnection().close();
    }

    private static void run(DataSource source, String changelog, String[] command) throws Exception {
        command(source, changelog, command, null, null);
    }

    /** As Spring's integration does it: a connection of the data source, which Liquibase closes. */
    private static void command(DataSource source, String changelog, String[] command, String argument, Object value)
            throws Exception {
        Database database = DatabaseFactory.getInstance()
                .findCorrectDatabaseImplementation(new JdbcConnection(source.getConnection()));
        try (database) {
            Scope.child(Map.of(Scope.Attr.ui.name(), new LoggerUIService()), () -> {
                CommandScope scope = new CommandScope(command)
                        .addArgumentValue(DbUrlConnectionArgumentsCommandStep.DATABASE_ARG, database)
                        .addArgumentValue(DatabaseChangelogCommandStep.CHANGELOG_FILE_ARG.getName(), changelog)
                        .setOutput(OutputStream.nullOutputStream());
                if (argument != null) {
                    scope.addArgumentValue(argument, value);
                }
                scope.execute();
            });
        }
    }
}

package dev.wellhead.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.migrate.ForeignHistory;
import dev.wellhead.migrate.MigrationException;
import dev.wellhead.migrate.MigrationReport.Step;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import liquibase.Scope;
import liquibase.command.CommandScope;
import liquibase.command.core.UpdateCommandStep;
import liquibase.command.core.helpers.DatabaseChangelogCommandStep;
import liquibase.command.core.helpers.DbUrlConnectionArgumentsCommandStep;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.ui.LoggerUIService;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories that Flyway and Liquibase themselves have made are taken over. */
class HistoryImportTest {
    // Liquibase logs to java.util.logging, which forgets a level when nobody holds the logger.
    private static final Logger SILENCED = Logger.getLogger("liquibase");

    static {
        SILENCED.setLevel(Level.OFF);
    }

    @TempDir
    private Path folder;

    private static TestDatabase database(String kind) {
        return kind.equals("postgres") ? TestDatabase.postgres() : TestDatabase.sqlite();
    }

    private Migrator migrator(TestDatabase database) {
        return Migrator.builder(database.dataSource())
                .source(MigrationSource.directory(folder))
                .build();
    }

    private void file(String name, String sql) throws IOException {
        Files.writeString(folder.resolve(name), sql);
    }

    private void flyway(TestDatabase database) {
        Flyway.configure()
                .dataSource(database.dataSource())
                .locations("filesystem:" + folder)
                .load()
                .migrate();
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "sqlite"})
    void flywaysHistoryIsTakenOverAndWhatCameSinceRuns(String kind) throws IOException {
        try (TestDatabase database = database(kind)) {
            file("V1__users.sql", "\uFEFFcreate table users (\r\n  id int -- \u00e4\r\n);\r\n\r\n");
            file("V1.2__orders.sql", "create table orders (id int);\ninsert into orders values (1);");
            flyway(database);
            file("V2__names.sql", "alter table users add column name text");
            Migrator migrator = migrator(database);
            assertThatThrownBy(migrator::migrate)
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("importFrom(ForeignHistory.FLYWAY)");

            assertThat(migrator.history().importFrom(ForeignHistory.FLYWAY).versions())
                    .containsExactly("1", "1.2");

            assertThat(migrator.migrate().steps()).extracting(Step::version).containsExactly("2");
            assertThat(database.queryOne("select count(*) from orders")).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "sqlite"})
    void fileThatWasChangedSinceFlywayRanItIsNoticed(String kind) throws IOException {
        try (TestDatabase database = database(kind)) {
            file("V1__users.sql", "create table users (id int)");
            flyway(database);
            file("V1__users.sql", "create table users (id bigint)");

            assertThatThrownBy(() -> migrator(database).history().importFrom(ForeignHistory.FLYWAY))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("V1__users.sql was changed since Flyway ran it");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "sqlite"})
    void liquibasesHistoryIsTakenOverAndWhatCameSinceRuns(String kind) throws Exception {
        try (TestDatabase database = database(kind)) {
            file("001_users.sql", "--liquibase formatted sql\n--changeset ann:1\ncreate table users (id int);\n");
            file(
                    "002_orders.sql",
                    "--liquibase formatted sql\n--changeset ann:1\ncreate table orders (id int);\n"
                            + "--changeset ann:2\ncreate table lines (id int);\n");
            liquibase(database, "001_users.sql");
            liquibase(database, "002_orders.sql");
            file("003_names.sql", "alter table users add column name text");
            Migrator migrator = migrator(database);
            assertThatThrownBy(migrator::migrate).hasMessageContaining("importFrom(ForeignHistory.LIQUIBASE)");

            assertThat(migrator.history().importFrom(ForeignHistory.LIQUIBASE).versions())
                    .containsExactly("001", "002");

            assertThat(migrator.migrate().steps()).extracting(Step::version).containsExactly("003");
        }
    }

    private void liquibase(TestDatabase test, String changelog) throws Exception {
        Database database = DatabaseFactory.getInstance()
                .findCorrectDatabaseImplementation(
                        new JdbcConnection(test.dataSource().getConnection()));
        try (database;
                DirectoryResourceAccessor files = new DirectoryResourceAccessor(folder)) {
            Scope.child(
                    Map.of(Scope.Attr.ui.name(), new LoggerUIService(), Scope.Attr.resourceAccessor.name(), files),
                    () -> new CommandScope(UpdateCommandStep.COMMAND_NAME)
                            .addArgumentValue(DbUrlConnectionArgumentsCommandStep.DATABASE_ARG, database)
                            .addArgumentValue(DatabaseChangelogCommandStep.CHANGELOG_FILE_ARG.getName(), changelog)
                            .setOutput(OutputStream.nullOutputStream())
                            .execute());
        }
    }
}

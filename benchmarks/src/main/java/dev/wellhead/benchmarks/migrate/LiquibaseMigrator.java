package dev.wellhead.benchmarks.migrate;

import java.io.OutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import liquibase.Scope;
import liquibase.command.CommandScope;
import liquibase.command.core.UpdateCommandStep;
import liquibase.command.core.helpers.DbUrlConnectionArgumentsCommandStep;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.DirectoryResourceAccessor;

/** Liquibase with its defaults, but for what it sends home. */
final class LiquibaseMigrator implements BenchedMigrator {
    @Override
    public void migrate(DataSource dataSource, Path folder) throws Exception {
        // What it says, and how fast that is printed, is not the question.
        Logger.getLogger("").setLevel(Level.SEVERE);
        System.setProperty("liquibase.analytics.enabled", "false");
        try (Connection connection = dataSource.getConnection();
                DirectoryResourceAccessor files = new DirectoryResourceAccessor(folder)) {
            Database database =
                    DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
            Scope.child(
                    Map.of(Scope.Attr.resourceAccessor.name(), files),
                    () -> new CommandScope(UpdateCommandStep.COMMAND_NAME)
                            .addArgumentValue(DbUrlConnectionArgumentsCommandStep.DATABASE_ARG, database)
                            .addArgumentValue(UpdateCommandStep.CHANGELOG_FILE_ARG, Corpus.CHANGELOG)
                            .setOutput(OutputStream.nullOutputStream())
                            .execute());
        }
    }
}

package dev.wellhead.benchmarks.migrate;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Flyway with its defaults. */
final class FlywayMigrator implements BenchedMigrator {
    @Override
    public void migrate(DataSource dataSource, Path folder) {
        Flyway.configure()
                .dataSource(dataSource)
                .locations("filesystem:" + folder)
                .load()
                .migrate();
    }
}

package dev.wellhead.benchmarks.migrate;

import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import java.nio.file.Path;
import javax.sql.DataSource;

/** Ours, with its defaults. */
final class WellheadMigrator implements BenchedMigrator {
    @Override
    public void migrate(DataSource dataSource, Path folder) {
        Migrator.builder(dataSource)
                .source(MigrationSource.directory(folder))
                .build()
                .migrate();
    }
}

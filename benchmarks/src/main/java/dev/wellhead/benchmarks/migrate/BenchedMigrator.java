package dev.wellhead.benchmarks.migrate;

import java.nio.file.Path;
import javax.sql.DataSource;

/** What is measured: brings a database to where a folder's migrations lead. */
@FunctionalInterface
interface BenchedMigrator {
    /** Applies what is pending. */
    void migrate(DataSource dataSource, Path folder) throws Exception;

    /**
     * Returns a contender.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    static BenchedMigrator named(String name) {
        return switch (name) {
            case "floor" -> new Floor();
            case "wellhead" -> new WellheadMigrator();
            case "Flyway" -> new FlywayMigrator();
            case "Liquibase" -> new LiquibaseMigrator();
            default -> throw new IllegalArgumentException("no contender '" + name + "'");
        };
    }
}

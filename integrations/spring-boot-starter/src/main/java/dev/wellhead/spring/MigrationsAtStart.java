package dev.wellhead.spring;

import dev.wellhead.migrate.MigrationReport;
import dev.wellhead.migrate.Migrator;
import org.springframework.beans.factory.InitializingBean;

/**
 * Applies the pending migrations when it is made, before anything that Boot knows to use the database. A bean of this type
 * takes the place of ours, and {@code @DependsOnDatabaseInitialization} has a bean wait for it.
 */
public class MigrationsAtStart implements InitializingBean {
    private final Migrator migrator;

    /** Applies what this migrator finds pending. */
    public MigrationsAtStart(Migrator migrator) {
        this.migrator = migrator;
    }

    @Override
    public void afterPropertiesSet() {
        migrate(migrator);
    }

    /**
     * Applies the migrations; to be overridden by who wants to do more at this point, as to look at {@code drift()} before.
     * Blocks until they are applied.
     *
     * @throws dev.wellhead.migrate.MigrationException if that fails; the application then does not start
     */
    protected MigrationReport migrate(Migrator migrator) {
        return migrator.migrate();
    }
}

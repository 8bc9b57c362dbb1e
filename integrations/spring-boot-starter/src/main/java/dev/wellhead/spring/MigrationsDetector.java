package dev.wellhead.spring;

import java.util.Set;
import org.springframework.boot.sql.init.dependency.AbstractBeansOfTypeDatabaseInitializerDetector;

/** Tells Boot who initializes the database, so that JPA and others wait for it. */
final class MigrationsDetector extends AbstractBeansOfTypeDatabaseInitializerDetector {
    MigrationsDetector() {}

    @Override
    protected Set<Class<?>> getDatabaseInitializerBeanTypes() {
        return Set.of(MigrationsAtStart.class);
    }
}

package dev.wellhead.spring;

import dev.wellhead.core.Coded;
import dev.wellhead.testkit.TestDatabase;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.health.DataSourceHealthContributorAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.data.redis.core.RedisOperations;

/** Applications as small as they get: what Boot configures by itself, and ours. */
final class Applications {
    static final Class<?>[] OURS = {
        WellheadBackupAutoConfiguration.class,
        WellheadCacheAutoConfiguration.class,
        WellheadHealthAutoConfiguration.class,
        WellheadMigrateAutoConfiguration.class,
        WellheadOverviewAutoConfiguration.class,
        WellheadPoolAutoConfiguration.class,
        WellheadPoolMetadataAutoConfiguration.class,
        WellheadRateLimitAutoConfiguration.class,
        WellheadRedisAutoConfiguration.class,
        WellheadServiceConnectionAutoConfiguration.class
    };
    private static final Class<?>[] BOOTS = {
        PropertyPlaceholderAutoConfiguration.class,
        DataSourceAutoConfiguration.class,
        DataSourceTransactionManagerAutoConfiguration.class,
        DataSourceHealthContributorAutoConfiguration.class,
        JdbcTemplateAutoConfiguration.class,
        JacksonAutoConfiguration.class,
        SslAutoConfiguration.class,
        HealthContributorAutoConfiguration.class,
        HealthContributorRegistryAutoConfiguration.class,
        HealthEndpointAutoConfiguration.class
    };

    private Applications() {}

    /** An application without Spring Data Redis, and without any property. */
    static ApplicationContextRunner plain() {
        return new ApplicationContextRunner()
                .withClassLoader(new FilteredClassLoader(RedisOperations.class))
                .withConfiguration(AutoConfigurations.of(BOOTS))
                .withConfiguration(AutoConfigurations.of(OURS));
    }

    /** An application with Spring Data Redis, and without any property. */
    static ApplicationContextRunner withSpringDataRedis() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(BOOTS))
                .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
                .withConfiguration(AutoConfigurations.of(OURS));
    }

    /** A plain application on this database. */
    static ApplicationContextRunner on(TestDatabase database) {
        return plain().withPropertyValues(address(database));
    }

    /** Returns the error with a code that failed the start. */
    static Coded coded(AssertableApplicationContext context) {
        for (Throwable e = context.getStartupFailure(); e != null; e = e.getCause()) {
            if (e instanceof Coded coded) {
                return coded;
            }
        }
        throw new AssertionError("no error with a code", context.getStartupFailure());
    }

    static String[] address(TestDatabase database) {
        return database.user().isEmpty()
                ? new String[] {"spring.datasource.url=" + database.url()}
                : new String[] {
                    "spring.datasource.url=" + database.url(),
                    "spring.datasource.username=" + database.user(),
                    "spring.datasource.password=" + database.password()
                };
    }
}

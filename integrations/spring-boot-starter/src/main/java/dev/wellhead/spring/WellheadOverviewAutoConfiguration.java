package dev.wellhead.spring;

import dev.wellhead.backup.Backups;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.SqliteDatabase;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The {@link Overview}, the order in which everything is closed, and the actuator's endpoint {@code wellhead} that shows it. */
@AutoConfiguration(
        after = {
            WellheadPoolAutoConfiguration.class,
            WellheadMigrateAutoConfiguration.class,
            WellheadRedisAutoConfiguration.class,
            WellheadCacheAutoConfiguration.class,
            WellheadRateLimitAutoConfiguration.class,
            WellheadBackupAutoConfiguration.class
        })
@ConditionalOnProperty(name = "wellhead.enabled", matchIfMissing = true)
public final class WellheadOverviewAutoConfiguration {
    WellheadOverviewAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    Overview wellheadOverview(
            ObjectProvider<DataSource> dataSource,
            ObjectProvider<SqliteDatabase> sqlite,
            ObjectProvider<Redis> redis,
            ObjectProvider<Caches> caches,
            ObjectProvider<RateLimiter> limiter,
            ObjectProvider<Limits> limits,
            ObjectProvider<Migrator> migrator,
            ObjectProvider<Backups> backups,
            ObjectProvider<BackupTimes> times) {
        return new Overview(
                new Overview.Beans(dataSource, sqlite, redis, caches, limiter, limits, migrator, backups, times));
    }

    @Bean
    static ShutdownOrder wellheadShutdownOrder() {
        return new ShutdownOrder();
    }

    /** Where there is the actuator. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    @ConditionalOnAvailableEndpoint(endpoint = WellheadEndpoint.class)
    static class Actuator {
        @Bean
        @ConditionalOnMissingBean
        WellheadEndpoint wellheadEndpoint(Overview overview) {
            return new WellheadEndpoint(overview);
        }
    }
}

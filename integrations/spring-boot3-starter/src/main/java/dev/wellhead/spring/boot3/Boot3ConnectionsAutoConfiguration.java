package dev.wellhead.spring.boot3;

import dev.wellhead.spring.DatabaseAddress;
import dev.wellhead.spring.RedisAddress;
import dev.wellhead.spring.WellheadPoolAutoConfiguration;
import dev.wellhead.spring.WellheadRedisAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where database and Redis are, as service connections of Spring Boot 3 tell it; they go before all properties. */
@AutoConfiguration(
        before = {
            WellheadPoolAutoConfiguration.class,
            WellheadRedisAutoConfiguration.class,
            DataSourceAutoConfiguration.class,
            RedisAutoConfiguration.class
        })
@ConditionalOnProperty(name = "wellhead.enabled", matchIfMissing = true)
public final class Boot3ConnectionsAutoConfiguration {
    Boot3ConnectionsAutoConfiguration() {}

    /** The database. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JdbcConnectionDetails.class)
    @ConditionalOnBean(JdbcConnectionDetails.class)
    static class Jdbc {
        @Bean
        @ConditionalOnMissingBean
        DatabaseAddress wellheadDatabaseAddress(JdbcConnectionDetails details) {
            return DatabaseAddress.of(details.getJdbcUrl(), details.getUsername(), details.getPassword());
        }
    }

    /** Redis. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RedisConnectionDetails.class)
    @ConditionalOnBean(RedisConnectionDetails.class)
    static class ServiceConnection {
        @Bean
        @ConditionalOnMissingBean
        RedisAddress wellheadRedisAddress(RedisConnectionDetails details) {
            return RedisDetails.address(details);
        }
    }
}

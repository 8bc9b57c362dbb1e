package dev.wellhead.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;

/**
 * The Redis that a service connection names. Looked at before Spring Data Redis puts its own properties into a bean of the
 * same type, so that a service connection goes before {@code wellhead.redis.url}, and that before {@code
 * spring.data.redis.*}.
 */
@AutoConfiguration(
        before = WellheadRedisAutoConfiguration.class,
        beforeName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(DataRedisConnectionDetails.class)
@ConditionalOnBean(DataRedisConnectionDetails.class)
@ConditionalOnProperty(
        name = {"wellhead.enabled", "wellhead.redis.enabled"},
        matchIfMissing = true)
public final class WellheadServiceConnectionAutoConfiguration {
    WellheadServiceConnectionAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    RedisAddress wellheadRedisAddress(DataRedisConnectionDetails details) {
        return RedisDetails.address(details);
    }
}

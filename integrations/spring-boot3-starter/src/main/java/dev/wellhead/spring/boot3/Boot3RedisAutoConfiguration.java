package dev.wellhead.spring.boot3;

import dev.wellhead.spring.RedisAddress;
import dev.wellhead.spring.WellheadRedisAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails;
import org.springframework.context.annotation.Bean;

/** The address that Spring Data Redis is told, where our own properties tell none. */
@AutoConfiguration(after = RedisAutoConfiguration.class, before = WellheadRedisAutoConfiguration.class)
@ConditionalOnProperty(
        name = {"wellhead.enabled", "wellhead.redis.enabled"},
        matchIfMissing = true)
@ConditionalOnClass(RedisConnectionDetails.class)
@ConditionalOnBean(RedisConnectionDetails.class)
@ConditionalOnExpression("'${wellhead.redis.url:}${wellhead.redis.cluster:}${wellhead.redis.cluster[0]:}' == ''")
public final class Boot3RedisAutoConfiguration {
    Boot3RedisAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    RedisAddress wellheadRedisAddress(RedisConnectionDetails details) {
        return RedisDetails.address(details);
    }
}

package dev.wellhead.spring;

import dev.wellhead.core.MetricSink;
import dev.wellhead.redis.Redis;
import dev.wellhead.redis.RedisListener;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * The {@link Redis} client of caches and limiter, where something says where Redis is. Redis need not be there: the start
 * goes on without.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration",
            "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration",
            "org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration"
        })
@ConditionalOnClass(Redis.class)
@ConditionalOnProperty(
        name = {"wellhead.enabled", "wellhead.redis.enabled"},
        matchIfMissing = true)
@EnableConfigurationProperties(RedisProperties.class)
public final class WellheadRedisAutoConfiguration {
    WellheadRedisAutoConfiguration() {}

    /** What our own properties say. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(OnRedisProperties.class)
    static class OwnProperties {
        @Bean
        @ConditionalOnMissingBean
        RedisAddress wellheadRedisAddress(RedisProperties properties, ObjectProvider<SslBundles> bundles) {
            return RedisSettings.address(properties, bundles);
        }
    }

    /** What Spring Data Redis is told. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DataRedisConnectionDetails.class)
    @Conditional(OnRedisProperties.Missing.class)
    static class SpringData {
        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnBean(DataRedisConnectionDetails.class)
        RedisAddress wellheadRedisAddress(DataRedisConnectionDetails details) {
            return RedisDetails.address(details);
        }
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(RedisAddress.class)
    Redis wellheadRedis(
            RedisAddress address,
            RedisProperties properties,
            ObjectProvider<MetricSink> metrics,
            ObjectProvider<RedisListener> listener,
            ObjectProvider<BuilderCustomizer<Redis.Builder>> customizers) {
        Redis.Builder builder = address.builder();
        Settings settings = RedisSettings.apply(properties, builder);
        metrics.ifAvailable(builder::metrics);
        listener.ifAvailable(builder::listener);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return settings.build(builder::build);
    }
}

package dev.wellhead.spring;

import dev.wellhead.core.MetricSink;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.ratelimit.RateLimiterListener;
import dev.wellhead.redis.Redis;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The {@link RateLimiter}, which decides in Redis where there is one, else in this process, and the {@link Limits} that the
 * properties name.
 */
@AutoConfiguration(after = WellheadRedisAutoConfiguration.class)
@ConditionalOnClass(RateLimiter.class)
@ConditionalOnProperty(
        name = {"wellhead.enabled", "wellhead.ratelimit.enabled"},
        matchIfMissing = true)
@EnableConfigurationProperties(RateLimitProperties.class)
public final class WellheadRateLimitAutoConfiguration {
    static final String LIMITS = "wellheadLimits";
    private static final String PREFIX = "wellhead.ratelimit";

    WellheadRateLimitAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    RateLimiter wellheadRateLimiter(
            RateLimitProperties properties,
            ObjectProvider<Redis> redis,
            ObjectProvider<MetricSink> metrics,
            ObjectProvider<RateLimiterListener> listener,
            ObjectProvider<BuilderCustomizer<RateLimiter.RedisBuilder>> shared,
            ObjectProvider<BuilderCustomizer<RateLimiter.InMemoryBuilder>> local) {
        Redis found = properties.inMemory() ? null : redis.getIfAvailable();
        if (found == null) {
            RateLimiter.InMemoryBuilder builder = RateLimiter.inMemory();
            Settings settings = new Settings(PREFIX)
                    .set("namespace", properties.namespace(), builder::namespace)
                    .set("maxKeys", properties.maxKeys(), builder::maxKeys);
            metrics.ifAvailable(builder::metrics);
            local.orderedStream().forEach(customizer -> customizer.customize(builder));
            return settings.build(builder::build);
        }
        RateLimiter.RedisBuilder builder = RateLimiter.redis(found);
        Settings settings = new Settings(PREFIX)
                .set("namespace", properties.namespace(), builder::namespace)
                .set("maxKeys", properties.maxKeys(), builder::maxKeys)
                .set("denialMaxAge", properties.denialMaxAge(), builder::denialMaxAge)
                .set(
                        "localShare",
                        properties.localShare(),
                        share -> builder.onFailure(Limits.policy(properties.onFailure(), share)));
        metrics.ifAvailable(builder::metrics);
        listener.ifAvailable(builder::listener);
        shared.orderedStream().forEach(customizer -> customizer.customize(builder));
        return settings.build(builder::build);
    }

    @Bean(LIMITS)
    @ConditionalOnMissingBean
    Limits wellheadLimits(RateLimitProperties properties) {
        return new Limits(properties.limits());
    }

    @Bean
    static LimitBeans wellheadLimitBeans(Environment environment) {
        return new LimitBeans(environment);
    }
}

package dev.wellhead.spring;

import dev.wellhead.cache.Cache;
import dev.wellhead.cache.CacheListener;
import dev.wellhead.cache.Codec;
import dev.wellhead.core.MetricSink;
import dev.wellhead.redis.Redis;
import dev.wellhead.spring.WellheadConfigurationException.Reason;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * The {@link Caches}, and each {@link Cache} that a bean asks for: its name is that of the parameter or field, its types are
 * those that stand there.
 */
@AutoConfiguration(
        after = WellheadRedisAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
            "org.springframework.boot.jackson2.autoconfigure.Jackson2AutoConfiguration",
            "org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration"
        })
@ConditionalOnClass(Cache.class)
@ConditionalOnProperty(
        name = {"wellhead.enabled", "wellhead.cache.enabled"},
        matchIfMissing = true)
@EnableConfigurationProperties(CacheProperties.class)
public final class WellheadCacheAutoConfiguration {
    private static final int VIRTUAL_THREADS_SINCE = 21;

    WellheadCacheAutoConfiguration() {}

    /** JSON by the application's mapper of Jackson 3. */
    @Configuration(proxyBeanMethods = false)
    @Order(1)
    @ConditionalOnClass(name = "tools.jackson.databind.json.JsonMapper")
    static class Jackson3 {
        @Bean
        @ConditionalOnMissingBean(ValueCodecs.class)
        @ConditionalOnSingleCandidate(tools.jackson.databind.json.JsonMapper.class)
        ValueCodecs wellheadValueCodecs(tools.jackson.databind.json.JsonMapper mapper) {
            return new PlainCodecs(type -> {
                tools.jackson.databind.JavaType known = mapper.constructType(type);
                return Codec.of(mapper::writeValueAsBytes, bytes -> mapper.readValue(bytes, known));
            });
        }
    }

    /** JSON by the application's mapper of Jackson 2. */
    @Configuration(proxyBeanMethods = false)
    @Order(2)
    @ConditionalOnClass(name = "com.fasterxml.jackson.databind.ObjectMapper")
    static class Jackson2 {
        @Bean
        @ConditionalOnMissingBean(ValueCodecs.class)
        @ConditionalOnSingleCandidate(com.fasterxml.jackson.databind.ObjectMapper.class)
        ValueCodecs wellheadValueCodecs2(com.fasterxml.jackson.databind.ObjectMapper mapper) {
            return new PlainCodecs(type -> {
                com.fasterxml.jackson.databind.JavaType known = mapper.constructType(type);
                return Codec.of(mapper::writeValueAsBytes, bytes -> mapper.readValue(bytes, known));
            });
        }
    }

    @Bean
    @ConditionalOnMissingBean
    Caches wellheadCaches(
            CacheProperties properties,
            ObjectProvider<Redis> redis,
            ObjectProvider<ValueCodecs> codecs,
            ObjectProvider<MetricSink> metrics,
            ObjectProvider<CacheListener> listener,
            Environment environment) {
        return new Caches(
                properties,
                new Caches.Parts(
                        redis.getIfAvailable(),
                        codecs.getIfAvailable(() -> new PlainCodecs(type -> {
                            throw new IllegalArgumentException(
                                    "there is no mapper of Jackson in the application; add spring-boot-starter-json, or"
                                            + " declare a bean of type ValueCodecs");
                        })),
                        metrics.getIfAvailable(),
                        listener.getIfAvailable(),
                        virtualThreads(environment)));
    }

    private static @Nullable Executor virtualThreads(Environment environment) {
        boolean wanted = environment.getProperty("spring.threads.virtual.enabled", Boolean.class, false);
        if (!wanted || Runtime.version().feature() < VIRTUAL_THREADS_SINCE) {
            return null;
        }
        SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("wellhead-cache-");
        executor.setVirtualThreads(true);
        return executor;
    }

    @Bean(destroyMethod = "")
    @Scope(BeanDefinition.SCOPE_PROTOTYPE)
    static Cache<?, ?> wellheadCache(InjectionPoint point, Caches caches) {
        if (!(point instanceof DependencyDescriptor wanted)) {
            throw unknown("asked for in a way that tells no name", point);
        }
        ResolvableType type = wanted.getResolvableType().as(Cache.class);
        ResolvableType keys = type.getGeneric(0);
        ResolvableType values = type.getGeneric(1);
        if (keys.resolve() == null || values.resolve() == null) {
            throw unknown("asked for without the types of its keys and values; write Cache<Long, String>", point);
        }
        String name = wanted.getDependencyName();
        if (name == null) {
            throw unknown("asked for by a parameter whose name is not known; compile with -parameters", point);
        }
        return caches.get(name, keys.getType(), values.getType());
    }

    private static WellheadConfigurationException unknown(String what, InjectionPoint point) {
        return new WellheadConfigurationException(
                Reason.CACHE,
                "a cache is " + what + ", or use Caches.get(name, ...), at "
                        + point.getMember().getDeclaringClass().getName() + "."
                        + point.getMember().getName());
    }
}

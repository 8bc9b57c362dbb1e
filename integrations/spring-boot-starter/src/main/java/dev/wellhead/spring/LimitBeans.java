package dev.wellhead.spring;

import dev.wellhead.ratelimit.Limit;
import dev.wellhead.spring.RateLimitProperties.LimitSettings;
import java.util.Map;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Makes a bean of each limit that the properties name, under that name and as a parameter would be called. */
final class LimitBeans implements BeanDefinitionRegistryPostProcessor {
    private final Environment environment;

    LimitBeans(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        Map<String, LimitSettings> limits = Binder.get(environment)
                .bind(Limits.PREFIX, Bindable.mapOf(String.class, LimitSettings.class))
                .orElse(Map.of());
        for (String name : limits.keySet()) {
            if (!registry.isBeanNameInUse(name)) {
                RootBeanDefinition limit = new RootBeanDefinition(Limit.class);
                limit.setFactoryBeanName(WellheadRateLimitAutoConfiguration.LIMITS);
                limit.setFactoryMethodName("get");
                limit.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
                registry.registerBeanDefinition(name, limit);
                String camel = Names.camel(name);
                if (!registry.isBeanNameInUse(camel)) {
                    registry.registerAlias(name, camel);
                }
            }
        }
    }
}

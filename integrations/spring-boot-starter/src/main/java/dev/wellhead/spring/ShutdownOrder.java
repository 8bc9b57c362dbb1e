package dev.wellhead.spring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Has the limiter closed first, then the caches, then the Redis client under both, then the pool, by having each depend on
 * those that close after it; the schedule of backups has ended before any bean is destroyed.
 */
final class ShutdownOrder implements BeanFactoryPostProcessor {
    static final String POOL = "wellheadPool";
    static final String SQLITE = "wellheadSqlite";
    static final String REDIS = "wellheadRedis";
    static final String CACHES = "wellheadCaches";
    static final String LIMITER = "wellheadRateLimiter";

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        List<String> later = new ArrayList<>();
        for (String name : List.of(POOL, SQLITE)) {
            if (beans.containsLocalBean(name)) {
                later.add(name);
            }
        }
        for (String name : List.of(REDIS, CACHES, LIMITER)) {
            if (beans.containsBeanDefinition(name)) {
                dependOn(beans.getBeanDefinition(name), later);
                later.add(name);
            }
        }
    }

    private static void dependOn(BeanDefinition definition, List<String> names) {
        List<String> all = new ArrayList<>(names);
        String[] before = definition.getDependsOn();
        if (before != null) {
            all.addAll(Arrays.asList(before));
        }
        if (!all.isEmpty()) {
            definition.setDependsOn(all.toArray(String[]::new));
        }
    }
}

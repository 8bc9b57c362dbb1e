package dev.wellhead.spring;

import dev.wellhead.pool.ConnectionPool;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

/** Closes the pool with the patience that the properties ask for; the close that Spring calls next finds it closed. */
final class PoolDrain implements DestructionAwareBeanPostProcessor {
    private final ObjectProvider<PoolProperties> properties;

    PoolDrain(ObjectProvider<PoolProperties> properties) {
        this.properties = properties;
    }

    @Override
    public void postProcessBeforeDestruction(Object bean, String beanName) {
        if (beanName.equals("dataSource") && bean instanceof ConnectionPool pool) {
            pool.close(properties.getObject().drain());
        }
    }

    @Override
    public boolean requiresDestruction(Object bean) {
        return bean instanceof ConnectionPool;
    }
}

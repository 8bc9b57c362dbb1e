package dev.wellhead.spring;

import dev.wellhead.pool.ConnectionPool;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.annotation.Bean;

/** What Boot asks of pools, for its metrics {@code jdbc.connections.*}; also of one that was made by type alone. */
@AutoConfiguration
@ConditionalOnClass({ConnectionPool.class, DataSourcePoolMetadataProvider.class})
@ConditionalOnProperty(name = "wellhead.enabled", matchIfMissing = true)
public final class WellheadPoolMetadataAutoConfiguration {
    WellheadPoolMetadataAutoConfiguration() {}

    @Bean
    DataSourcePoolMetadataProvider wellheadPoolMetadataProvider() {
        return dataSource -> Pools.behind(dataSource).map(Metadata::new).orElse(null);
    }

    /** The numbers of one pool, read when they are asked for. */
    record Metadata(ConnectionPool pool) implements DataSourcePoolMetadata {
        @Override
        public Float getUsage() {
            return (float) getActive() / getMax();
        }

        @Override
        public Integer getActive() {
            return pool.stats().active();
        }

        @Override
        public Integer getIdle() {
            return pool.stats().idle();
        }

        @Override
        public Integer getMax() {
            return pool.stats().maxSize();
        }

        /** Returns null: what is held ready is not among the pool's numbers. */
        @Override
        public @Nullable Integer getMin() {
            return null;
        }

        /** Returns null: connections are asked by the driver's own means. */
        @Override
        public @Nullable String getValidationQuery() {
            return null;
        }

        @Override
        public Boolean getDefaultAutoCommit() {
            return true;
        }
    }
}

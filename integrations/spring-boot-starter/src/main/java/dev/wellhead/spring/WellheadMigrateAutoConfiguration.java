package dev.wellhead.spring;

import dev.wellhead.core.MetricSink;
import dev.wellhead.migrate.MigrationListener;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.SqliteDatabase;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * A {@link Migrator} over the application's data source, and its run before JPA, {@code JdbcTemplate} and whatever else Boot
 * knows to use the database. Takes unpooled connections where the data source is ours.
 */
@AutoConfiguration(
        after = WellheadPoolAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration"
        })
@ConditionalOnClass(Migrator.class)
@ConditionalOnProperty(
        name = {"wellhead.enabled", "wellhead.migrate.enabled"},
        matchIfMissing = true)
@ConditionalOnSingleCandidate(DataSource.class)
@EnableConfigurationProperties(MigrateProperties.class)
public final class WellheadMigrateAutoConfiguration {
    WellheadMigrateAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    @Conditional(OnMigrations.class)
    MigrationSource wellheadMigrationSource(MigrateProperties properties) {
        return MigrateSettings.source(properties.locations());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(MigrationSource.class)
    Migrator wellheadMigrator(
            DataSource dataSource,
            ObjectProvider<SqliteDatabase> sqlite,
            MigrationSource source,
            MigrateProperties properties,
            ObjectProvider<MetricSink> metrics,
            ObjectProvider<MigrationListener> listener,
            ObjectProvider<BuilderCustomizer<Migrator.Builder>> customizers) {
        DataSource connections = Pools.direct(dataSource, sqlite.getIfAvailable())
                .<DataSource>map(direct -> direct)
                .orElse(dataSource);
        Migrator.Builder builder = Migrator.builder(connections).source(source);
        Settings settings = MigrateSettings.apply(properties, builder);
        metrics.ifAvailable(builder::metrics);
        listener.ifAvailable(builder::listener);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return settings.build(builder::build);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(Migrator.class)
    @ConditionalOnProperty(name = "wellhead.migrate.run-at-start", matchIfMissing = true)
    MigrationsAtStart wellheadMigrationsAtStart(Migrator migrator) {
        return new MigrationsAtStart(migrator);
    }
}

package dev.wellhead.spring;

import dev.wellhead.core.MetricSink;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.PoolListener;
import dev.wellhead.pool.SqliteDatabase;
import dev.wellhead.spring.WellheadConfigurationException.Reason;
import java.sql.SQLException;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * The application's data source: a {@link ConnectionPool}, or an {@link SqliteDatabase} for a URL of SQLite. Steps back for
 * a data source of the application's own, for a {@code spring.datasource.type} of somebody else's, and where nothing says
 * where the database is.
 */
@AutoConfiguration(
        beforeName = {
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration"
        })
@ConditionalOnClass(ConnectionPool.class)
@ConditionalOnProperty(
        name = {"wellhead.enabled", "wellhead.pool.enabled"},
        matchIfMissing = true)
@Conditional(OnDatabase.Any.class)
@ConditionalOnMissingBean({DataSource.class, XADataSource.class})
@EnableConfigurationProperties({PoolProperties.class, SqliteProperties.class})
public final class WellheadPoolAutoConfiguration {
    WellheadPoolAutoConfiguration() {}

    /** What a service connection says. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JdbcConnectionDetails.class)
    @ConditionalOnBean(JdbcConnectionDetails.class)
    static class ServiceConnection {
        @Bean
        @ConditionalOnMissingBean
        DatabaseAddress wellheadDatabaseAddress(JdbcConnectionDetails details) {
            return DatabaseAddress.of(details.getJdbcUrl(), details.getUsername(), details.getPassword());
        }
    }

    /** The properties of Boot's own that say where the database is. */
    record Address(
            @Nullable String url,
            @Nullable String username,
            @Nullable String password,
            @Nullable String driverClassName) {
        static final String PREFIX = "spring.datasource";

        @Override
        public String toString() {
            return "Address";
        }
    }

    @Bean
    @ConditionalOnMissingBean
    DatabaseAddress wellheadDatabaseAddress(Environment environment) {
        Address address = Binder.get(environment).bindOrCreate(Address.PREFIX, Bindable.of(Address.class));
        String url = address.url();
        if (url == null || url.isBlank()) {
            // What says where the database is, is a bean of Boot 3, which only the other starter can read.
            throw new WellheadConfigurationException(
                    Reason.SETTING,
                    "a service connection of Spring Boot 3 says where the database is, and nothing here can read it; "
                            + WellheadBoot3AutoConfiguration.ADVICE);
        }
        return new DatabaseAddress(url, address.username(), address.password(), address.driverClassName());
    }

    /** A pool. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(OnDatabase.Server.class)
    static class Server {
        @Bean(name = {"dataSource", "wellheadPool"})
        ConnectionPool dataSource(
                DatabaseAddress address,
                PoolProperties properties,
                ObjectProvider<MetricSink> metrics,
                ObjectProvider<PoolListener> listener,
                ObjectProvider<BuilderCustomizer<ConnectionPool.Builder>> customizers) {
            ConnectionPool.Builder builder =
                    ConnectionPool.builder(address.withDriverLoaded().url());
            address.username().ifPresent(user -> builder.driverProperty("user", user));
            address.password().ifPresent(password -> builder.driverProperty("password", password));
            Settings settings = PoolSettings.apply(properties, builder);
            metrics.ifAvailable(builder::metrics);
            listener.ifAvailable(builder::listener);
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            ConnectionPool pool = settings.build(builder::build);
            settings.set("warmUp", properties.warmUp(), pool::awaitWarm);
            return pool;
        }

        @Bean
        static PoolDrain wellheadPoolDrain(ObjectProvider<PoolProperties> properties) {
            return new PoolDrain(properties);
        }
    }

    /** An SQLite database, whose data source sends readers and writers to the right connection. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(OnDatabase.Sqlite.class)
    static class Sqlite {
        @Bean
        @ConditionalOnMissingBean
        SqliteDatabase wellheadSqlite(
                DatabaseAddress address,
                PoolProperties pool,
                SqliteProperties sqlite,
                ObjectProvider<MetricSink> metrics,
                ObjectProvider<PoolListener> listener,
                ObjectProvider<BuilderCustomizer<SqliteDatabase.Builder>> customizers)
                throws SQLException {
            String url = address.withDriverLoaded().url();
            SqliteDatabase.Builder builder = new Settings(Address.PREFIX)
                    .get(
                            "url",
                            () -> SqliteUrl.file(url)
                                    .map(SqliteDatabase::builder)
                                    .orElseGet(SqliteDatabase::inMemory));
            PoolSettings.apply(pool, sqlite, builder);
            metrics.ifAvailable(builder::metrics);
            listener.ifAvailable(builder::listener);
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            return builder.open();
        }

        // Closed with the database.
        @Bean(destroyMethod = "")
        DataSource dataSource(SqliteDatabase database) {
            return database.dataSource();
        }
    }
}

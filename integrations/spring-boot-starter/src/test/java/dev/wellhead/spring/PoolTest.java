package dev.wellhead.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.PoolListener;
import dev.wellhead.pool.SqliteDatabase;
import dev.wellhead.pool.WellheadDataSource;
import dev.wellhead.testkit.Ports;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class PoolTest {
    private TestDatabase database;
    private ApplicationContextRunner application;

    @BeforeEach
    void create() {
        database = TestDatabase.postgres();
        application = Applications.on(database).withPropertyValues("wellhead.migrate.enabled=false");
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void poolIsTheDataSourceOfEverythingThatBootMakes() {
        application.run(context -> {
            assertThat(context).hasSingleBean(DataSource.class).hasSingleBean(ConnectionPool.class);
            assertThat(context.getBean("dataSource")).isSameAs(context.getBean(ConnectionPool.class));
            assertThat(context.getBean(JdbcTemplate.class).queryForObject("select current_database()", String.class))
                    .isEqualTo(database.name());
            assertThat(context.getBean(ConnectionPool.class).stats().acquired()).isPositive();
        });
    }

    @Test
    void poolIsClosedWithTheApplication() {
        ConnectionPool[] pool = new ConnectionPool[1];

        application.run(context -> pool[0] = context.getBean(ConnectionPool.class));

        assertThat(pool[0].health().detail()).contains("is closed");
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnDataSource {
        @Bean
        DataSource mine() {
            return new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/nowhere");
        }
    }

    @Test
    void dataSourceOfTheApplicationWins() {
        application
                .withUserConfiguration(OwnDataSource.class)
                .run(context -> assertThat(context)
                        .hasSingleBean(DataSource.class)
                        .hasBean("mine")
                        .doesNotHaveBean(ConnectionPool.class)
                        .doesNotHaveBean(DatabaseAddress.class));
    }

    @Test
    void anotherTypeOfDataSourceWins() {
        application
                .withPropertyValues("spring.datasource.type=" + DriverManagerDataSource.class.getName())
                .run(context -> assertThat(context)
                        .hasSingleBean(DriverManagerDataSource.class)
                        .doesNotHaveBean(ConnectionPool.class));
    }

    @Test
    void ourOwnTypeOfDataSourceIsThePool() {
        application
                .withPropertyValues("spring.datasource.type=" + WellheadDataSource.class.getName())
                .run(context ->
                        assertThat(context).hasSingleBean(DataSource.class).hasSingleBean(ConnectionPool.class));
    }

    @Test
    void withoutAnAddressBootDecides() {
        Applications.plain()
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(ConnectionPool.class)
                        .doesNotHaveBean(DatabaseAddress.class));
    }

    /** As a service connection makes it of a container. */
    @Configuration(proxyBeanMethods = false)
    static class ServiceConnection {
        static TestDatabase container;

        @Bean
        JdbcConnectionDetails details() {
            return new JdbcConnectionDetails() {
                @Override
                public String getUsername() {
                    return container.user();
                }

                @Override
                public String getPassword() {
                    return container.password();
                }

                @Override
                public String getJdbcUrl() {
                    return container.url();
                }
            };
        }
    }

    @Test
    void serviceConnectionIsUsedWithoutAnyProperty() {
        ServiceConnection.container = database;

        Applications.plain()
                .withPropertyValues("wellhead.migrate.enabled=false")
                .withUserConfiguration(ServiceConnection.class)
                .run(context -> assertThat(context.getBean(JdbcTemplate.class)
                                .queryForObject("select current_database()", String.class))
                        .isEqualTo(database.name()));
    }

    @Test
    void serviceConnectionWinsOverTheProperties() {
        ServiceConnection.container = database;

        application
                .withUserConfiguration(ServiceConnection.class)
                .withPropertyValues(
                        "spring.datasource.url=jdbc:sqlite:elsewhere.db", "spring.datasource.username=nobody")
                .run(context -> assertThat(context.getBean(JdbcTemplate.class)
                                .queryForObject("select current_database()", String.class))
                        .isEqualTo(database.name()));
    }

    @Test
    void poolTellsBootItsNumbers() {
        application.withPropertyValues("wellhead.pool.max-size=4").run(context -> {
            DataSource pool = context.getBean(DataSource.class);
            try (Connection held = pool.getConnection()) {
                DataSourcePoolMetadata metadata =
                        context.getBean(DataSourcePoolMetadataProvider.class).getDataSourcePoolMetadata(pool);

                assertThat(held.isValid(5)).isTrue();
                assertThat(metadata.getActive()).isEqualTo(1);
                assertThat(metadata.getMax()).isEqualTo(4);
                assertThat(metadata.getUsage()).isEqualTo(0.25f);
                assertThat(metadata.getIdle()).isNotNegative();
                assertThat(metadata.getDefaultAutoCommit()).isTrue();
                assertThat(metadata.getValidationQuery()).isNull();
                assertThat(metadata.getMin()).isNull();
            }
        });
    }

    @Test
    void numbersAreThoseOfThePoolBehindAProxyOrMadeByTypeAlone() throws Exception {
        DataSourcePoolMetadataProvider provider =
                new WellheadPoolMetadataAutoConfiguration().wellheadPoolMetadataProvider();
        try (WellheadDataSource byType = new WellheadDataSource()) {
            byType.setUrl(database.url());
            byType.setUsername(database.user());
            byType.setPassword(database.password());
            byType.setMaximumPoolSize(3);

            assertThat(provider.getDataSourcePoolMetadata(new DelegatingDataSource(byType))
                            .getMax())
                    .isEqualTo(3);
        }
        assertThat(provider.getDataSourcePoolMetadata(new DriverManagerDataSource("jdbc:none")))
                .isNull();
    }

    @Configuration(proxyBeanMethods = false)
    static class Shared {
        @Bean
        BuilderCustomizer<ConnectionPool.Builder> shares() {
            return builder -> builder.share("reports", 2, 1);
        }

        @Bean
        PoolListener listener() {
            return new PoolListener() {};
        }
    }

    @Test
    void customizerReachesWhatNoPropertySays() {
        application.withUserConfiguration(Shared.class).run(context -> {
            DataSource reports = context.getBean(ConnectionPool.class).share("reports");
            try (Connection connection = reports.getConnection()) {
                assertThat(connection.isValid(5)).isTrue();
            }
        });
    }

    @Test
    void contradictionsAreToldWithTheirPrefix() {
        application
                .withPropertyValues("wellhead.pool.max-size=2", "wellhead.pool.min-idle=3")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("minIdle 3 must be <= maxSize 2"));
    }

    @Test
    void startDoesNotWaitForADatabaseThatNobodyAsks() {
        Applications.plain()
                .withPropertyValues(
                        "spring.datasource.url=jdbc:postgresql://127.0.0.1:" + Ports.free() + "/app",
                        "wellhead.migrate.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(ConnectionPool.class));
    }

    @Test
    void missingDriverIsToldWithItsArtifact() {
        application
                .withClassLoader(new FilteredClassLoader("org.postgresql"))
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasRootCauseInstanceOf(ClassNotFoundException.class)
                        .hasStackTraceContaining("add the artifact of the driver (org.postgresql:postgresql)"));
    }

    @Test
    void sqliteGetsOneWriterAndManyReaders() {
        try (TestDatabase file = TestDatabase.sqlite()) {
            Applications.on(file).run(context -> {
                assertThat(context)
                        .hasSingleBean(DataSource.class)
                        .hasSingleBean(SqliteDatabase.class)
                        .doesNotHaveBean(ConnectionPool.class);
                JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
                TransactionTemplate reading =
                        new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
                reading.setReadOnly(true);

                jdbc.update("insert into notes (id, text) values (1, 'written')");

                String read = reading.execute(status -> jdbc.queryForObject("select text from notes", String.class));

                assertThat(read).isEqualTo("written");
                assertThat(context.getBean(SqliteDatabase.class)
                                .readers()
                                .stats()
                                .acquired())
                        .isPositive();
            });
        }
    }

    @Test
    void sqliteLivesInMemory() {
        Applications.plain()
                .withPropertyValues("spring.datasource.url=jdbc:sqlite::memory:")
                .run(context -> assertThat(context.getBean(JdbcTemplate.class)
                                .queryForObject("select count(*) from notes", Integer.class))
                        .isZero());
    }

    @Test
    void sqliteRefusesWhatSaysNothingToIt() {
        Applications.plain()
                .withPropertyValues("spring.datasource.url=jdbc:sqlite::memory:", "wellhead.pool.max-size=5")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith("wellhead.pool.max-size says nothing to SQLite"));
    }

    @Test
    void sqliteTellsABadPath() {
        Applications.plain()
                .withPropertyValues("spring.datasource.url=jdbc:sqlite:/nowhere/at/all/x.db")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("create the directory first"));
    }
}

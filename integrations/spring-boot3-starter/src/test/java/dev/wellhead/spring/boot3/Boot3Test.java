package dev.wellhead.spring.boot3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.cache.Cache;
import dev.wellhead.core.Coded;
import dev.wellhead.migrate.MigrationSource;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.WellheadDataSource;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import dev.wellhead.spring.WellheadEndpoint;
import dev.wellhead.testkit.Ports;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import io.lettuce.core.LettuceVersion;
import io.lettuce.core.RedisURI;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.health.HttpCodeStatusMapper;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.JdbcTemplate;

/** The starter in whole applications of Spring Boot 3, with everything that it configures by itself. */
class Boot3Test {
    private static final Status DEGRADED = new Status("DEGRADED");

    private static final Class<?>[] PARTS = {
        Boot3ConnectionsAutoConfiguration.class, Boot3HealthAutoConfiguration.class, Boot3RedisAutoConfiguration.class
    };

    private TestDatabase database;
    private ApplicationContextRunner application;

    @BeforeEach
    void create() {
        database = TestDatabase.postgres();
        application = new ApplicationContextRunner()
                .withUserConfiguration(Application.class)
                .withPropertyValues(
                        "spring.datasource.url=" + database.url(),
                        "spring.datasource.username=" + database.user(),
                        "spring.datasource.password=" + database.password(),
                        "spring.jpa.hibernate.ddl-auto=validate",
                        "management.endpoints.web.exposure.include=*",
                        "management.health.redis.enabled=false",
                        "wellhead.redis.budget=1s",
                        "wellhead.cache.defaults.expire-after-write=1m",
                        "wellhead.ratelimit.limits.per-ip.permits=100",
                        "wellhead.ratelimit.limits.per-ip.per=1m");
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @AutoConfigurationPackage(basePackageClasses = Boot3Test.class)
    static class Application {
        record Service(Cache<Long, List<String>> names, RateLimiter limiter, Limit perIp) {}

        @Bean
        Service service(Cache<Long, List<String>> names, RateLimiter limiter, Limit perIp) {
            return new Service(names, limiter, perIp);
        }
    }

    /** What an application writes that has the modules and no starter of ours. */
    @Configuration(proxyBeanMethods = false)
    static class ByHand {
        @Bean
        Migrator migrator(DataSource dataSource) throws SQLException {
            return Migrator.builder(((WellheadDataSource) dataSource).pool().direct())
                    .source(MigrationSource.classpath("migrations"))
                    .build();
        }

        @Bean
        InitializingBean migrated(Migrator migrator) {
            return migrator::migrate;
        }

        @Bean
        Cache<Long, List<String>> names() {
            return Cache.<Long, List<String>>local("names")
                    .expireAfterWrite(Duration.ofMinutes(1))
                    .build();
        }

        @Bean
        RateLimiter limiter() {
            return RateLimiter.inMemory().build();
        }

        @Bean
        Limit perIp() {
            return Limit.tokenBucket("per-ip", 100, Duration.ofMinutes(1));
        }
    }

    @Entity
    @Table(name = "notes")
    static class Note {
        @Id
        private long id;

        private String text;

        String shown() {
            return id + " " + text;
        }
    }

    private ApplicationContextRunner withRedis() {
        return application.withPropertyValues(
                "wellhead.redis.url=" + RedisServer.shared().uri(), "wellhead.redis.connect-timeout=30s");
    }

    @Test
    void everythingIsThere() {
        long key = System.nanoTime();
        withRedis().run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(SpringBootVersion.getVersion()).startsWith("3.");
            Application.Service service = context.getBean(Application.Service.class);
            assertThat(context.getBean(DataSource.class)).isInstanceOf(ConnectionPool.class);
            assertThat(context.getBean(Migrator.class).plan().steps()).isEmpty();
            assertThat(context.getBean(Redis.class).stats().connected()).isTrue();
            assertThat(service.names().get(key, id -> List.of("Ada"))).containsExactly("Ada");
            assertThat(service.limiter().tryAcquire(service.perIp(), "ip" + key).allowed())
                    .isTrue();
            assertThat(context.getBean(DataSourcePoolMetadataProvider.class)
                            .getDataSourcePoolMetadata(context.getBean(DataSource.class))
                            .getMax())
                    .isEqualTo(10);
            assertThat(context.getBean(WellheadEndpoint.class).wellhead())
                    .containsKeys("pool", "redis", "caches", "rateLimiter", "migrations");
        });
        withRedis()
                .run(context -> assertThat(context.getBean(Application.Service.class)
                                .names()
                                .getIfPresent(key))
                        .containsExactly("Ada"));
    }

    @Test
    void jpaFindsTheSchemaOfTheMigrations() {
        withRedis().run(context -> {
            context.getBean(JdbcTemplate.class).update("insert into notes (id, text) values (1, 'first')");

            assertThat(context.getBean(EntityManagerFactory.class)
                            .createEntityManager()
                            .find(Note.class, 1L)
                            .shown())
                    .isEqualTo("1 first");
        });
    }

    @Test
    void redisThatIsAwayDegradesAndBringsNothingDown() {
        application
                .withPropertyValues(
                        "wellhead.redis.url=redis://127.0.0.1:" + Ports.free(), "wellhead.redis.connect-timeout=10ms")
                .run(context -> {
                    HealthEndpoint health = context.getBean(HealthEndpoint.class);

                    assertThat(health.healthForPath("wellhead", "redis").getStatus())
                            .isEqualTo(DEGRADED);
                    assertThat(health.healthForPath("wellhead", "pool").getStatus())
                            .isEqualTo(Status.UP);
                    assertThat(health.health().getStatus()).isEqualTo(DEGRADED);
                    assertThat(context.getBean(HttpCodeStatusMapper.class).getStatusCode(DEGRADED))
                            .isEqualTo(200);
                });
    }

    /** As service connections make them of containers. */
    @Configuration(proxyBeanMethods = false)
    static class ServiceConnections {
        static TestDatabase container;

        @Bean
        JdbcConnectionDetails jdbc() {
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

        @Bean
        RedisConnectionDetails redis() {
            return new RedisConnectionDetails() {
                @Override
                public Standalone getStandalone() {
                    RedisURI uri = RedisURI.create(RedisServer.shared().uri());
                    return Standalone.of(uri.getHost(), uri.getPort());
                }
            };
        }
    }

    @Test
    void serviceConnectionsGoBeforeTheProperties() {
        ServiceConnections.container = database;

        application
                .withUserConfiguration(ServiceConnections.class)
                .withPropertyValues(
                        "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/nowhere",
                        "wellhead.redis.url=redis://127.0.0.1:" + Ports.free(),
                        "wellhead.redis.connect-timeout=30s")
                .run(context -> {
                    assertThat(context.getBean(JdbcTemplate.class)
                                    .queryForObject("select current_database()", String.class))
                            .isEqualTo(database.name());
                    assertThat(context.getBean(Redis.class).stats().connected()).isTrue();
                });
    }

    @Test
    void addressOfSpringDataRedisIsOursTooAndBothWorkOnTheLettuceOfBoot3() {
        RedisURI uri = RedisURI.create(RedisServer.shared().uri());
        String key = "boot3-" + System.nanoTime();
        application
                .withPropertyValues(
                        "spring.data.redis.host=" + uri.getHost(),
                        "spring.data.redis.port=" + uri.getPort(),
                        "wellhead.redis.connect-timeout=30s")
                .run(context -> {
                    StringRedisTemplate redis = context.getBean(StringRedisTemplate.class);
                    redis.opsForValue().set(key, "Ada", Duration.ofMinutes(1));

                    assertThat(redis.opsForValue().get(key)).isEqualTo("Ada");
                    assertThat(context.getBean(Redis.class).stats().connected()).isTrue();
                    assertThat(LettuceVersion.getVersion()).startsWith("6.");
                });
    }

    @Test
    void typeOfTheDataSourceAloneMakesThePoolWithNothingElseOfOurs() {
        application
                .withPropertyValues(
                        "wellhead.enabled=false",
                        "spring.jpa.hibernate.ddl-auto=none",
                        "spring.datasource.type=dev.wellhead.pool.WellheadDataSource",
                        "spring.datasource.url=" + database.url() + "?wellhead.maxSize=7")
                .withUserConfiguration(ByHand.class)
                .run(context -> {
                    JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);

                    assertThat(context.getBean(DataSource.class)).isInstanceOf(WellheadDataSource.class);
                    assertThat(((WellheadDataSource) context.getBean(DataSource.class))
                                    .pool()
                                    .stats()
                                    .maxSize())
                            .isEqualTo(7);
                    assertThat(jdbc.queryForObject("select count(*) from notes", Long.class))
                            .isZero();
                    assertThat(context).doesNotHaveBean(WellheadEndpoint.class);
                });
    }

    /** As if the starter for Boot 4 were there alone. */
    private static ApplicationContextRunner alone(ApplicationContextRunner application) {
        return application
                .withClassLoader(new FilteredClassLoader(PARTS))
                .withPropertyValues("spring.autoconfigure.exclude="
                        + Stream.of(PARTS).map(Class::getName).collect(Collectors.joining(",")));
    }

    @Test
    void starterOfBoot4AloneDoesWhatItCanAndSaysWhatIsMissing() {
        alone(application).run(context -> {
            assertThat(context)
                    .hasNotFailed()
                    .hasSingleBean(ConnectionPool.class)
                    .hasBean("wellheadBoot3Advice");
            assertThat(context.getBean(Migrator.class).plan().steps()).isEmpty();
        });
        withRedis().run(context -> assertThat(context).doesNotHaveBean("wellheadBoot3Advice"));
    }

    @Test
    void serviceConnectionThatStarterOfBoot4CannotReadIsExplained() {
        ServiceConnections.container = database;
        alone(new ApplicationContextRunner()
                        .withUserConfiguration(Application.class)
                        .withUserConfiguration(ServiceConnections.class))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith("a service connection of Spring Boot 3 says where the database is")
                        .hasMessageContaining("add dev.wellhead:wellhead-spring-boot3-starter"));
    }

    @Test
    void databaseThatIsAwayIsExplained() {
        application
                .withPropertyValues("spring.datasource.url=jdbc:postgresql://127.0.0.1:" + Ports.free() + "/app")
                .run(context -> {
                    assertThat(context).hasFailed();
                    Throwable failure = context.getStartupFailure();
                    assertThat(SpringFactoriesLoader.forDefaultResourceLocation()
                                    .load(FailureAnalyzer.class, (type, name, problem) -> {}))
                            .map(analyzer -> analyzer.analyze(failure))
                            .filteredOn(Objects::nonNull)
                            .anySatisfy(analysis -> {
                                assertThat(analysis.getDescription()).startsWith("WH-MIG-012: ");
                                assertThat(analysis.getCause()).isInstanceOf(Coded.class);
                            });
                });
    }
}

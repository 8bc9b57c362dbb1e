package dev.wellhead.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.backup.BackupInfo;
import dev.wellhead.backup.Backups;
import dev.wellhead.testkit.Ports;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class HealthTest {
    private static final Status DEGRADED = new Status("DEGRADED");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private TestDatabase database;
    private ApplicationContextRunner application;

    @BeforeEach
    void create() {
        database = TestDatabase.postgres();
        application = Applications.on(database)
                .withPropertyValues(
                        "management.endpoints.web.exposure.include=health",
                        "management.endpoint.health.show-details=always");
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void allIsUpWhenAllIsThere() {
        application
                .withPropertyValues(
                        "wellhead.redis.url=" + RedisServer.shared().uri(), "wellhead.redis.connect-timeout=30s")
                .run(context -> {
                    assertThat(ours(context).getComponents())
                            .containsOnlyKeys("pool", "redis", "caches", "rateLimiter", "migrations");
                    assertThat(ours(context).getComponents().values())
                            .extracting(HealthDescriptor::getStatus)
                            .containsOnly(Status.UP);
                    assertThat(whole(context)).isEqualTo(Status.UP);
                    assertThat(detail(context, "migrations")).isEqualTo("1 applied");
                });
    }

    @Test
    void redisThatIsAwayDegradesAndBringsNothingDown() {
        application
                .withPropertyValues(
                        "wellhead.redis.url=redis://127.0.0.1:" + Ports.free(), "wellhead.redis.connect-timeout=10ms")
                .run(context -> {
                    assertThat(status(context, "redis")).isEqualTo(DEGRADED);
                    assertThat(status(context, "pool")).isEqualTo(Status.UP);
                    assertThat(whole(context)).isEqualTo(DEGRADED);
                    assertThat(context.getBean(HttpCodeStatusMapper.class).getStatusCode(DEGRADED))
                            .isEqualTo(200);
                });
    }

    @Test
    void redisThatComesBackIsUpAgain() {
        try (RedisServer server = RedisServer.builder().start()) {
            application
                    .withPropertyValues("wellhead.redis.url=" + server.uri(), "wellhead.redis.connect-timeout=30s")
                    .run(context -> {
                        assertThat(status(context, "redis")).isEqualTo(Status.UP);
                        server.stop();
                        await().atMost(PATIENCE)
                                .until(() -> status(context, "redis").equals(DEGRADED));
                        server.start();
                        await().atMost(PATIENCE)
                                .until(() -> status(context, "redis").equals(Status.UP));
                    });
        }
    }

    @Test
    void databaseThatIsAwayIsDownAndSaysNothingOfMigrations() {
        try (PostgresServer server = PostgresServer.builder().start()) {
            try (TestDatabase own = server.createDatabase()) {
                Applications.on(own)
                        .withPropertyValues("wellhead.pool.connect-timeout=1s", "wellhead.pool.acquire-timeout=1s")
                        .run(context -> {
                            assertThat(status(context, "migrations")).isEqualTo(Status.UP);
                            server.stop();
                            await().atMost(PATIENCE).until(() -> {
                                ask(context.getBean(DataSource.class));
                                return status(context, "pool").equals(Status.DOWN);
                            });

                            assertThat(status(context, "migrations")).isEqualTo(Status.UNKNOWN);
                            assertThat(whole(context)).isEqualTo(Status.DOWN);
                            server.start();
                            await().atMost(PATIENCE).until(() -> {
                                ask(context.getBean(DataSource.class));
                                return status(context, "pool").equals(Status.UP);
                            });
                        });
            }
        }
    }

    // The pool finds out by whoever wants a connection.
    private static void ask(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection()) {
            connection.isValid(1);
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isNotEmpty();
        }
    }

    @Test
    void pendingMigrationsDegrade() {
        application.withPropertyValues("wellhead.migrate.run-at-start=false").run(context -> {
            assertThat(status(context, "migrations")).isEqualTo(DEGRADED);
            assertThat(detail(context, "migrations")).contains("1 pending");
        });
    }

    @Test
    void backupsDegradeUntilOneIsVerified() {
        application
                .withPropertyValues("wellhead.backup.directory=" + folder.resolve("backups"))
                .run(context -> {
                    assertThat(status(context, "backups")).isEqualTo(DEGRADED);
                    Backups backups = context.getBean(Backups.class);
                    BackupInfo made = backups.create();
                    assertThat(backups.verify(made.id()).verified()).isTrue();

                    assertThat(status(context, "backups")).isEqualTo(Status.UP);
                });
    }

    @Test
    void backupThatIsTooOldDegrades() {
        application
                .withPropertyValues(
                        "wellhead.backup.directory=" + folder.resolve("backups"), "wellhead.backup.alarm-after=1ms")
                .run(context -> {
                    Backups backups = context.getBean(Backups.class);
                    backups.verify(backups.create().id());

                    await().atMost(PATIENCE)
                            .until(() -> status(context, "backups").equals(DEGRADED));
                });
    }

    @Test
    void orderOfTheApplicationWins() {
        application
                .withPropertyValues(
                        "wellhead.redis.url=redis://127.0.0.1:" + Ports.free(),
                        "wellhead.redis.connect-timeout=10ms",
                        "management.endpoint.health.status.order=down,up")
                .run(context -> assertThat(whole(context)).isEqualTo(Status.UP));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnIndicator {
        @Bean
        HealthIndicator wellheadHealthIndicator() {
            return () -> Health.outOfService().build();
        }
    }

    @Test
    void indicatorOfTheApplicationWins() {
        application
                .withUserConfiguration(OwnIndicator.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("wellheadHealthContributor"));
    }

    @Test
    void indicatorCanBeSwitchedOff() {
        application
                .withPropertyValues("management.health.wellhead.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean("wellheadHealthContributor"));
    }

    private static Status whole(ApplicationContext context) {
        return context.getBean(HealthEndpoint.class).health().getStatus();
    }

    private static CompositeHealthDescriptor ours(ApplicationContext context) {
        return (CompositeHealthDescriptor) context.getBean(HealthEndpoint.class).healthForPath("wellhead");
    }

    private static Status status(ApplicationContext context, String part) {
        HealthDescriptor descriptor = ours(context).getComponents().get(part);
        return descriptor == null ? null : descriptor.getStatus();
    }

    private static String detail(ApplicationContext context, String part) {
        return ((IndicatedHealthDescriptor) ours(context).getComponents().get(part))
                .getDetails()
                .get("detail")
                .toString();
    }
}

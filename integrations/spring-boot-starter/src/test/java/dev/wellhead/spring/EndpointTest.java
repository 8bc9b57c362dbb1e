package dev.wellhead.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.backup.Backups;
import dev.wellhead.cache.Cache;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.testkit.Ports;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EndpointTest {
    private static final String CANARY = "canary-77ab";

    @TempDir
    private Path folder;

    private TestDatabase database;
    private ApplicationContextRunner application;

    @BeforeEach
    void create() {
        database = TestDatabase.postgres();
        application =
                Applications.on(database).withPropertyValues("management.endpoints.web.exposure.include=wellhead");
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void endpointIsThereOnlyWhereItIsExposed() {
        application.run(context -> assertThat(context).hasSingleBean(WellheadEndpoint.class));
        Applications.on(database).run(context -> assertThat(context).doesNotHaveBean(WellheadEndpoint.class));
        application
                .withPropertyValues("management.endpoint.wellhead.access=NONE")
                .run(context -> assertThat(context).doesNotHaveBean(WellheadEndpoint.class));
    }

    @Test
    void endpointTellsOfEverything() {
        application
                .withPropertyValues(
                        "wellhead.redis.url=" + RedisServer.shared().uri(),
                        "wellhead.redis.budget=1s",
                        "wellhead.redis.connect-timeout=30s",
                        "wellhead.cache.defaults.expire-after-write=1m",
                        "wellhead.ratelimit.limits.per-ip.permits=100",
                        "wellhead.ratelimit.limits.per-ip.per=1m",
                        "wellhead.backup.directory=" + folder.resolve("backups"))
                .run(context -> {
                    Cache<Long, String> names = context.getBean(Caches.class).get("names", Long.class, String.class);
                    names.get(System.nanoTime(), key -> "name");
                    context.getBean(RateLimiter.class)
                            .tryAcquire(context.getBean("perIp", Limit.class), "somebody" + System.nanoTime());
                    context.getBean(Backups.class).create();

                    JsonNode json = json(context);

                    assertThat(json.propertyNames())
                            .containsExactly("pool", "redis", "caches", "rateLimiter", "migrations", "backups");
                    assertThat(json.at("/pool/status").asString()).isEqualTo("UP");
                    assertThat(json.at("/pool/maxSize").asInt()).isEqualTo(10);
                    assertThat(json.at("/redis/connected").asBoolean()).isTrue();
                    assertThat(json.at("/caches/names/loads").asInt()).isEqualTo(1);
                    assertThat(json.at("/rateLimiter/allowed").asInt()).isEqualTo(1);
                    assertThat(json.at("/rateLimiter/limits/per-ip").asString()).contains("100 per PT1M");
                    assertThat(json.at("/migrations/0/version").asString()).isEqualTo("001");
                    assertThat(json.at("/migrations/0/state").asString()).isEqualTo("APPLIED");
                    assertThat(json.at("/backups/status").asString()).isEqualTo("DEGRADED");
                    assertThat(json.at("/backups/list/0/state").asString()).isEqualTo("COMPLETE");
                    assertThat(json.at("/backups/list/0/rows").isNumber()).isTrue();
                });
    }

    @Test
    void endpointTellsOfSqlite() {
        try (TestDatabase file = TestDatabase.sqlite()) {
            Applications.on(file)
                    .withPropertyValues("management.endpoints.web.exposure.include=wellhead")
                    .run(context -> {
                        JsonNode json = json(context);

                        assertThat(json.at("/sqliteWriter/maxSize").asInt()).isEqualTo(1);
                        assertThat(json.at("/sqliteReaders/maxSize").asInt()).isEqualTo(4);
                        assertThat(json.at("/migrations/0/state").asString()).isEqualTo("APPLIED");
                    });
        }
    }

    @Test
    void endpointShowsNoSecretAndNoSql() {
        application
                .withPropertyValues(
                        "wellhead.redis.url=redis://app:" + CANARY + "@127.0.0.1:" + Ports.free(),
                        "wellhead.redis.connect-timeout=10ms",
                        "wellhead.backup.encryption-key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
                        "wellhead.backup.directory=" + folder.resolve("backups"))
                .run(context -> {
                    try (Connection held = context.getBean(DataSource.class).getConnection();
                            Statement statement = held.createStatement()) {
                        statement.execute("select '" + CANARY + "'");

                        assertThat(json(context).toString())
                                .doesNotContain(CANARY)
                                .doesNotContain(database.password())
                                .doesNotContain("MDEyMzQ1Njc4")
                                .doesNotContain("select");
                    }
                    // Nor does what a person may log of the beans that know where things are.
                    assertThat(context.getBean(DatabaseAddress.class).toString()
                                    + context.getBean(RedisAddress.class)
                                    + context.getBean(RedisProperties.class)
                                    + context.getBean(BackupProperties.class)
                                    + context.getBean(PoolProperties.class))
                            .doesNotContain(CANARY)
                            .doesNotContain(database.password())
                            .doesNotContain("MDEyMzQ1Njc4");
                });
    }

    @Test
    void whatCannotBeReadIsToldInItsPlace() {
        application
                .withPropertyValues("wellhead.migrate.run-at-start=false", "wellhead.migrate.locations=classpath:gone")
                .run(context -> {
                    JsonNode json = json(context);

                    assertThat(json.at("/pool/status").asString()).isEqualTo("UP");
                    assertThat(json.at("/migrations/error").asString()).startsWith("WH-MIG-001: ");
                });
    }

    private static JsonNode json(ApplicationContext context) {
        JsonMapper mapper = new JsonMapper();
        return mapper.readTree(mapper.writeValueAsString(
                context.getBean(WellheadEndpoint.class).wellhead()));
    }
}

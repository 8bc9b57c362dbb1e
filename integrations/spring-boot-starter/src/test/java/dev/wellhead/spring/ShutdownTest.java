package dev.wellhead.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.cache.Cache;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisServer;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class ShutdownTest {
    @TempDir
    private Path folder;

    private TestDatabase database;
    private ApplicationContextRunner application;

    @BeforeEach
    void create() {
        database = TestDatabase.postgres();
        application = Applications.on(database)
                .withPropertyValues(
                        "wellhead.redis.url=" + RedisServer.shared().uri(),
                        "wellhead.redis.connect-timeout=30s",
                        "wellhead.cache.defaults.expire-after-write=1m",
                        "wellhead.backup.directory=" + folder.resolve("backups"),
                        "wellhead.backup.schedule.every=365d",
                        "wellhead.backup.schedule.verify-by-restore=false");
    }

    @AfterEach
    void drop() {
        database.close();
    }

    /** Writes down who is destroyed, and whether the schedule still runs then. */
    static final class Witness implements DestructionAwareBeanPostProcessor {
        static final List<String> SEEN = new ArrayList<>();
        private BackupTimes times;

        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
            if (bean instanceof BackupTimes found) {
                times = found;
            }
            return bean;
        }

        @Override
        public void postProcessBeforeDestruction(Object bean, String beanName) {
            SEEN.add(beanName + (times.isRunning() ? " under a schedule" : ""));
        }

        @Override
        public boolean requiresDestruction(Object bean) {
            return bean instanceof ConnectionPool
                    || bean instanceof Redis
                    || bean instanceof Caches
                    || bean instanceof RateLimiter;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Watched {
        @Bean
        static Witness witness() {
            return new Witness();
        }

        /** Asks for Redis before anything else does, and for the pool last. */
        @Bean
        String first(RateLimiter limiter, Redis redis, Caches caches) {
            return "made " + limiter + redis + caches;
        }
    }

    @Test
    void scheduleEndsFirstThenLimiterCachesRedisAndPool() {
        Witness.SEEN.clear();

        application
                .withUserConfiguration(Watched.class)
                .run(context -> assertThat(context.getBean(BackupTimes.class).isRunning())
                        .isTrue());

        assertThat(Witness.SEEN)
                .containsExactly("wellheadRateLimiter", "wellheadCaches", "wellheadRedis", "dataSource");
    }

    @Test
    void nothingOfOursIsLeft() {
        Set<String> before = threads();

        application.run(context -> {
            Cache<Long, String> names = context.getBean(Caches.class).get("names", Long.class, String.class);
            assertThat(names.get(System.nanoTime(), key -> "name")).isEqualTo("name");
            assertThat(threads()).isNotEqualTo(before);
        });

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
    }

    // Workers of a pool that is closed end by themselves within ten seconds.
    private static Set<String> threads() {
        Set<String> names = new TreeSet<>();
        Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("wellhead-") && !name.startsWith("wellhead-testkit"))
                .forEach(names::add);
        return names;
    }
}

package dev.wellhead.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.wellhead.cache.Cache;
import dev.wellhead.cache.Codec;
import dev.wellhead.cache.KeyCodec;
import dev.wellhead.ratelimit.Decision;
import dev.wellhead.ratelimit.Limit;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.Ports;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class RedisTest {
    private static final String CANARY = "canary-5c1f";

    private static final ApplicationContextRunner PATIENT =
            Applications.plain().withPropertyValues("wellhead.redis.budget=1s", "wellhead.redis.connect-timeout=10s");

    /** As a service connection makes it of a container. */
    @Configuration(proxyBeanMethods = false)
    static class ServiceConnection {
        @Bean
        DataRedisConnectionDetails details() {
            return new DataRedisConnectionDetails() {
                @Override
                public Standalone getStandalone() {
                    RedisURI uri = RedisURI.create(RedisServer.shared().uri());
                    return Standalone.of(uri.getHost(), uri.getPort());
                }
            };
        }
    }

    @Test
    void serviceConnectionIsUsedWithoutAnyProperty() {
        PATIENT.withUserConfiguration(ServiceConnection.class)
                .run(context -> assertThat(context.getBean(Redis.class).stats().connected())
                        .isTrue());
    }

    @Test
    void serviceConnectionWinsOverTheProperties() {
        PATIENT.withUserConfiguration(ServiceConnection.class)
                .withPropertyValues("wellhead.redis.url=redis://127.0.0.1:" + Ports.free())
                .run(context -> assertThat(context.getBean(Redis.class).stats().connected())
                        .isTrue());
    }

    @Test
    void addressOfSpringDataRedisIsOursToo() {
        RedisURI uri = RedisURI.create(RedisServer.shared().uri());

        Applications.withSpringDataRedis()
                .withPropertyValues(
                        "spring.data.redis.host=" + uri.getHost(),
                        "spring.data.redis.port=" + uri.getPort(),
                        "wellhead.redis.connect-timeout=10s")
                .run(context -> assertThat(context.getBean(Redis.class).stats().connected())
                        .isTrue());
    }

    @Test
    void ourOwnPropertyWinsOverThoseOfSpringDataRedis() {
        Applications.withSpringDataRedis()
                .withPropertyValues(
                        "spring.data.redis.port=" + Ports.free(),
                        "wellhead.redis.url=" + RedisServer.shared().uri(),
                        "wellhead.redis.connect-timeout=10s")
                .run(context -> assertThat(context.getBean(Redis.class).stats().connected())
                        .isTrue());
    }

    @Test
    void withoutAnAddressThereIsNoRedis() {
        Applications.plain().run(context -> assertThat(context).doesNotHaveBean(Redis.class));
    }

    @Test
    void redisThatIsAwayStopsNoStart() {
        Applications.plain()
                .withPropertyValues(
                        "wellhead.redis.url=redis://127.0.0.1:" + Ports.free(),
                        "wellhead.redis.connect-timeout=10ms",
                        "wellhead.cache.defaults.expire-after-write=1m")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Cache<Long, String> cache = context.getBean(Caches.class).get("names", Long.class, String.class);
                    Decision decision = context.getBean(RateLimiter.class)
                            .tryAcquire(Limit.tokenBucket("calls", 10, Duration.ofMinutes(1)), "somebody");

                    assertThat(cache.get(1L, key -> "loaded")).isEqualTo("loaded");
                    assertThat(decision.allowed()).isTrue();
                    assertThat(decision.source()).isEqualTo(Decision.Source.LOCAL_FALLBACK);
                });
    }

    private static ApplicationContextRunner slowRedis() {
        return Applications.plain()
                .withPropertyValues(
                        "wellhead.redis.url=" + RedisServer.shared().uri(),
                        "wellhead.redis.budget=3s",
                        "wellhead.cache.defaults.expire-after-write=1m");
    }

    @Test
    void leaseOfCachesFitsTheBudgetOfRedisByItself() {
        slowRedis()
                .run(context -> assertThat(context.getBean(Caches.class).get("names", Long.class, String.class))
                        .extracting("options.leaseNanos")
                        .isEqualTo(Duration.ofSeconds(6).toNanos()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"wellhead.cache.defaults.lease", "wellhead.cache.caches.names.lease"})
    void leaseTooShortForTheBudgetOfRedisIsRefusedWithBothProperties(String property) {
        slowRedis()
                .withPropertyValues(property + "=5s")
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(Caches.class).get("names", Long.class, String.class))
                        .isInstanceOf(WellheadConfigurationException.class)
                        .hasMessage("cache 'names': " + property
                                + " is 5000 ms, and must be twice wellhead.redis.budget (3000 ms) or more; raise it,"
                                + " or remove it for one that fits"));
    }

    @Test
    void badAddressIsToldWithoutItsPassword() {
        Applications.plain()
                .withPropertyValues("wellhead.redis.url=http://user:" + CANARY + "@cache:99999999")
                .run(context -> {
                    assertThat(context).hasFailed();
                    for (Throwable e = context.getStartupFailure(); e != null; e = e.getCause()) {
                        assertThat(e.toString()).doesNotContain(CANARY);
                    }
                    assertThat(context)
                            .getFailure()
                            .rootCause()
                            .hasMessageContaining("wellhead.redis.url is no address of Redis");
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnRedis {
        @Bean(destroyMethod = "close")
        Redis mine() {
            return Redis.builder(RedisURI.create(RedisServer.shared().uri()))
                    .name("mine")
                    .build();
        }
    }

    @Test
    void redisOfTheApplicationWins() {
        Applications.plain()
                .withUserConfiguration(OwnRedis.class)
                .withPropertyValues("wellhead.redis.url=redis://127.0.0.1:1")
                .run(context -> {
                    assertThat(context).hasSingleBean(Redis.class).hasBean("mine");
                    assertThat(context.getBean(RateLimiter.class).getClass().getSimpleName())
                            .isEqualTo("RedisRateLimiter");
                });
    }

    @Test
    void sentinelsAndClustersAreRead() {
        DataRedisConnectionDetails sentinels = new DataRedisConnectionDetails() {
            @Override
            public String getUsername() {
                return "app";
            }

            @Override
            public String getPassword() {
                return CANARY;
            }

            @Override
            public Sentinel getSentinel() {
                return new Sentinel() {
                    @Override
                    public int getDatabase() {
                        return 3;
                    }

                    @Override
                    public String getMaster() {
                        return "main";
                    }

                    @Override
                    public List<Node> getNodes() {
                        return List.of(new Node("s1", 26379), new Node("s2", 26380));
                    }

                    @Override
                    public String getUsername() {
                        return null;
                    }

                    @Override
                    public String getPassword() {
                        return null;
                    }
                };
            }
        };
        DataRedisConnectionDetails cluster = new DataRedisConnectionDetails() {
            @Override
            public String getPassword() {
                return CANARY;
            }

            @Override
            public Cluster getCluster() {
                return () -> List.of(new Node("n1", 6379), new Node("n2", 6380));
            }
        };

        assertThat(RedisDetails.address(sentinels))
                .asString()
                .contains("s1", "s2", "main")
                .doesNotContain(CANARY);
        assertThat(RedisDetails.address(cluster).toString())
                .contains("n1", "n2:6380", "of a cluster")
                .doesNotContain(CANARY);
    }

    @Configuration(proxyBeanMethods = false)
    static class Injected {
        record User(String name, int age) {}

        record Service(
                Cache<Long, User> usersById, Cache<String, List<User>> usersByTeam, Limit perIp, Limits limits) {}

        @Bean
        Service service(
                Cache<Long, User> usersById, Cache<String, List<User>> usersByTeam, Limit perIp, Limits limits) {
            return new Service(usersById, usersByTeam, perIp, limits);
        }
    }

    private static final String[] INJECTED = {
        "wellhead.redis.url=" + RedisServer.shared().uri(),
        "wellhead.cache.caches.users-by-id.expire-after-write=5m",
        "wellhead.cache.caches.usersByTeam.expire-after-write=1m",
        "wellhead.ratelimit.limits.per-ip.permits=100",
        "wellhead.ratelimit.limits.per-ip.per=1m",
        "wellhead.ratelimit.limits.per-user.permits=10",
        "wellhead.ratelimit.limits.per-user.per=1m"
    };

    @Test
    void cachesAndLimitsAreInjectedByTheirNames() {
        PATIENT.withUserConfiguration(Injected.class)
                .withPropertyValues(INJECTED)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Injected.Service service = context.getBean(Injected.Service.class);

                    assertThat(context.getBean(Caches.class).opened()).containsOnlyKeys("users-by-id", "users-by-team");
                    assertThat(context.getBean(Caches.class).get("usersById", Long.class, Injected.User.class))
                            .isSameAs(service.usersById());
                    assertThat(service.perIp()).isSameAs(service.limits().get("per-ip"));
                });
    }

    @Test
    void valuesGoThroughRedisAsJson() {
        long id = System.nanoTime();
        PATIENT.withUserConfiguration(Injected.class)
                .withPropertyValues(INJECTED)
                .run(context -> {
                    Injected.Service service = context.getBean(Injected.Service.class);
                    service.usersById().put(id, new Injected.User("Ada", 36));
                    service.usersByTeam()
                            .put("team" + id, List.of(new Injected.User("Ada", 36), new Injected.User("Alan", 41)));
                });

        PATIENT.withUserConfiguration(Injected.class)
                .withPropertyValues(INJECTED)
                .run(context -> {
                    Injected.Service service = context.getBean(Injected.Service.class);

                    assertThat(service.usersById().getIfPresent(id)).isEqualTo(new Injected.User("Ada", 36));
                    assertThat(service.usersByTeam().getIfPresent("team" + id))
                            .containsExactly(new Injected.User("Ada", 36), new Injected.User("Alan", 41));
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnBeans {
        @Bean
        Cache<Long, String> names() {
            return Cache.<Long, String>local("mine")
                    .expireAfterWrite(Duration.ofMinutes(1))
                    .build();
        }

        @Bean
        RateLimiter limiter() {
            return RateLimiter.inMemory().namespace("mine").build();
        }

        @Bean
        Optional<Cache<Long, String>> got(Cache<Long, String> names) {
            return Optional.of(names);
        }
    }

    @Test
    void cacheAndLimiterOfTheApplicationWin() {
        PATIENT.withUserConfiguration(OwnBeans.class)
                .withPropertyValues("wellhead.redis.url=" + RedisServer.shared().uri())
                .run(context -> {
                    assertThat(context)
                            .hasNotFailed()
                            .hasSingleBean(RateLimiter.class)
                            .hasBean("limiter");
                    assertThat(((Optional<?>) context.getBean("got")).orElseThrow())
                            .isSameAs(context.getBean("names"));
                    assertThat(context.getBean(Caches.class).opened()).isEmpty();
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class WithoutLife {
        @Bean
        String holder(Cache<Long, String> forgotten) {
            return "holds " + forgotten;
        }
    }

    @Test
    void cacheWithoutALifeIsToldWithItsProperty() {
        PATIENT.withUserConfiguration(WithoutLife.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("set wellhead.cache.caches.forgotten.expire-after-write"));
    }

    @Configuration(proxyBeanMethods = false)
    static class WithoutTypes {
        @Bean
        @SuppressWarnings("rawtypes") // It is what is to be refused.
        String holder(Cache untyped) {
            return "holds " + untyped;
        }
    }

    @Test
    void cacheWithoutTypesIsTold() {
        PATIENT.withUserConfiguration(WithoutTypes.class)
                .run(context ->
                        assertThat(context).getFailure().rootCause().hasMessageContaining("write Cache<Long, String>"));
    }

    @Configuration(proxyBeanMethods = false)
    static class StrangeKey {
        @Bean
        String holder(Cache<Thread, String> threads) {
            return "holds " + threads;
        }
    }

    @Test
    void keyThatCannotBeWrittenIsTold() {
        PATIENT.withUserConfiguration(StrangeKey.class)
                .withPropertyValues(
                        "wellhead.redis.url=" + RedisServer.shared().uri(),
                        "wellhead.cache.defaults.expire-after-write=1m")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("keys of java.lang.Thread cannot be written"));
    }

    @Test
    void nameWithTwoTypesIsTold() {
        PATIENT.withPropertyValues("wellhead.cache.defaults.expire-after-write=1m")
                .run(context -> {
                    Caches caches = context.getBean(Caches.class);
                    Cache<Long, String> first = caches.get("names", Long.class, String.class);

                    assertThat(caches.get("names", Long.class, String.class)).isSameAs(first);
                    assertThat(catchThrowable(() -> caches.get("names", String.class, String.class)))
                            .isInstanceOf(WellheadConfigurationException.class)
                            .hasMessageContaining(
                                    "is asked for as <java.lang.String, java.lang.String>, and was as <java.lang.Long,");
                });
    }

    @Test
    void cacheHasCodecsOfItsOwn() {
        KeyCodec<Thread> keys = KeyCodec.of(Thread::getName);
        Codec<String> values = Codec.string();
        PATIENT.withPropertyValues(
                        "wellhead.redis.url=" + RedisServer.shared().uri(),
                        "wellhead.cache.defaults.expire-after-write=1m")
                .run(context -> {
                    Cache<Thread, String> cache = context.getBean(Caches.class).get("threads", keys, values);

                    assertThat(cache.get(Thread.currentThread(), Thread::getName))
                            .isEqualTo(Thread.currentThread().getName());
                });
    }

    @Test
    void unknownLimitIsToldWithThoseThatThereAre() {
        PATIENT.withPropertyValues(INJECTED)
                .run(context -> assertThat(catchThrowable(
                                () -> context.getBean(Limits.class).get("per-moon")))
                        .isInstanceOf(WellheadConfigurationException.class)
                        .hasMessageContaining("there is no limit 'per-moon'")
                        .hasMessageContaining("[per-ip, per-user]"));
    }

    @Test
    void limitsThatDoNotFitTogetherAreTold() {
        String limit = "wellhead.ratelimit.limits.login";
        refusedLimit("needs permits and per", limit + ".permits=5");
        refusedLimit(
                "has burst, which only a token-bucket has",
                limit + ".permits=5",
                limit + ".per=1m",
                limit + ".algorithm=sliding-log",
                limit + ".burst=3");
        refusedLimit(
                "needs queue, how many may wait", limit + ".permits=5", limit + ".per=1m", limit + ".algorithm=leaky");
        refusedLimit(
                "is bounded to 1000 permits",
                limit + ".permits=5000",
                limit + ".per=1m",
                limit + ".algorithm=sliding-log");
    }

    private static void refusedLimit(String words, String... properties) {
        Applications.plain()
                .withPropertyValues(properties)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("wellhead.ratelimit.limits.login")
                        .hasStackTraceContaining(words));
    }

    @Test
    void virtualThreadsRunWhatCachesDoInTheBackground() {
        boolean there = Runtime.version().feature() >= 21;
        PATIENT.withPropertyValues(
                        "spring.threads.virtual.enabled=true",
                        "wellhead.cache.defaults.expire-after-write=1m",
                        // Has the loader run in a thread of the cache.
                        "wellhead.cache.defaults.hard-load-timeout=1m")
                .run(context -> {
                    Cache<Long, String> cache = context.getBean(Caches.class).get("names", Long.class, String.class);

                    String thread = cache.get(1L, key -> Thread.currentThread().getName());

                    assertThat(thread.startsWith("wellhead-cache-names")).isEqualTo(!there);
                });
    }
}

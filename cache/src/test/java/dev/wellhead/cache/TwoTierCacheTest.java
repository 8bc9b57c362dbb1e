package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TwoTierCacheTest extends CacheContract {
    // A name of its own for each test: they share the server.
    private final String name = "c-" + UUID.randomUUID();
    private final AtomicInteger openings = new AtomicInteger();
    private Redis redis;

    @BeforeEach
    void connect() {
        redis = Redis.builder(RedisURI.create(RedisServer.shared().uri()))
                .budget(Duration.ofSeconds(5))
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    @AfterEach
    void disconnect() {
        closeCache();
        redis.close();
    }

    @Override
    Cache.Builder<String, String> builder() {
        return builder(Codec.string());
    }

    private Cache.Builder<String, String> builder(Codec<String> codec) {
        return Cache.<String, String>builder(name, redis, KeyCodec.ofString(), codec)
                .lease(Duration.ofSeconds(10))
                .listener(new CacheListener() {
                    @Override
                    public void nearTierOpened(String cache) {
                        openings.incrementAndGet();
                    }
                });
    }

    @Override
    String cacheName() {
        return name;
    }

    @Override
    Cache<String, String> open(CacheBuilder<String, String, ?> builder) {
        Cache<String, String> cache = super.open(builder);
        await().atMost(Node.SOON).until(() -> cache.health().status() == Health.Status.UP);
        return cache;
    }

    @Test
    void nearValueExpiresBeforeTheFarOneAndIsReadAgain() {
        Cache<String, String> cache = open(builder().nearExpireAfterWrite(Duration.ofSeconds(30)));
        cache.get("k", key -> "value");

        ticker.advance(Duration.ofSeconds(30));
        String again = cache.get("k", key -> "loaded again");

        assertThat(again).isEqualTo("value");
        assertThat(cache.stats().farHits()).isEqualTo(1);
        assertThat(cache.stats().nearMisses()).isEqualTo(2);
    }

    @Test
    void nearValueLivesNoLongerThanTheFarOne() {
        Cache<String, String> cache = open(builder());
        cache.put("k", "value");
        FarAge.leave(redis, valueKey(), Duration.ofSeconds(20));
        // A collision-free way to make the node read it from Redis again.
        ticker.advance(Duration.ofSeconds(60));
        assertThat(cache.getIfPresent("k")).isEqualTo("value");

        ticker.advance(Duration.ofSeconds(20));

        assertThat(cache.getIfPresent("k")).isEqualTo("value");
        assertThat(cache.stats().farHits()).isEqualTo(2);
    }

    @Test
    void valueThatDoesNotSayHowOldItIsIsServedForAsLongAsRedisKeepsIt() {
        Cache<String, String> cache = open(builder());
        cache.put("k", "value");
        cache.invalidate("k");
        byte[] ageless = frame("ageless");
        redis.call(commands -> commands.set(valueKey(), ageless, SetArgs.Builder.px(20_000)));

        assertThat(cache.getIfPresent("k")).isEqualTo("ageless");
        ticker.advance(Duration.ofSeconds(20));
        assertThat(cache.<RuntimeException>get("k", key -> "not asked")).isEqualTo("ageless");

        assertThat(cache.stats().farHits()).isEqualTo(2);
    }

    @Test
    void hitCostsRedisNoScript() {
        Cache<String, String> cache = open(builder().nearMaximumSize(1));
        cache.put("k", "value");
        int reads = 1000;
        long before = scriptsRun();

        for (int read = 0; read < reads; read++) {
            ticker.advance(Duration.ofSeconds(60));
            assertThat(cache.<RuntimeException>get("k", key -> "not asked")).isEqualTo("value");
        }

        assertThat(cache.stats().farHits()).isEqualTo(reads);
        // What other caches and our own second ask meanwhile.
        assertThat(scriptsRun() - before).isLessThan(reads / 2);
    }

    private long scriptsRun() {
        String stats = redis.call(commands -> commands.info("commandstats"));
        return stats.lines()
                .filter(line -> line.startsWith("cmdstat_evalsha:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*calls=(\\d+).*", "$1")))
                .sum();
    }

    @Test
    void everyKeyInRedisHasALife() throws Exception {
        Cache<String, String> cache = open(builder().cacheNulls(Duration.ofSeconds(30)));
        Gate gate = new Gate();
        callers.start(() -> cache.get("loading", gate::pass));
        gate.awaitReached();
        cache.put("k", "value");
        cache.put("n", null);

        List<byte[]> keys = redis.call(commands -> commands.keys("wh:cache1:*" + name + ":*"));

        // Values of k and n, the lease, the generation, the clock of the tags.
        assertThat(keys).hasSize(5);
        for (byte[] key : keys) {
            assertThat(redis.<Long>call(commands -> commands.pttl(key)))
                    .as(new String(key, UTF_8))
                    .isPositive();
        }
        gate.open();
    }

    @Test
    void valueAndLeaseShareASlotWhateverTheKey() {
        FarKeys keys = new FarKeys(name, 1);
        for (String key : List.of("", "}", "{", "}{", "a}b", "plain")) {
            EncodedKey id = new EncodedKey(key.getBytes(UTF_8));

            assertThat(keys.all("g", id).stream().map(SlotHash::getSlot).distinct())
                    .hasSize(1);
        }
    }

    @Test
    void keyIsToldFromTheNameOfItsValue() {
        FarKeys keys = new FarKeys(name, 1);
        for (String key : List.of("", "}", ":", "a:b}", "plain")) {
            EncodedKey id = new EncodedKey(key.getBytes(UTF_8));

            assertThat(keys.keyOf(keys.value("g1", id))).contains(id);
            assertThat(new String(keys.value("g1", id), UTF_8)).startsWith(keys.valuePrefix());
        }
        assertThat(keys.keyOf("wh".getBytes(UTF_8))).isEmpty();
        assertThat(keys.keyOf(keys.valuePrefix().getBytes(UTF_8))).isEmpty();
    }

    @Test
    void garbageInRedisIsAMissAndIsOverwritten() {
        Cache<String, String> cache = open(builder());
        byte[] good = frame("good");
        byte[] damaged = good.clone();
        damaged[20] ^= 1;
        byte[] newer = good.clone();
        newer[2] = 9;
        List<byte[]> poison = List.of(
                new byte[0], new byte[] {1, 2, 3}, "{\"json\":true}...........".getBytes(UTF_8), damaged, newer);

        for (byte[] bytes : poison) {
            cache.invalidate("k");
            redis.call(commands -> commands.set(valueKey(), bytes, SetArgs.Builder.px(60_000)));
            assertThat(cache.<RuntimeException>get("k", key -> "loaded")).isEqualTo("loaded");
        }

        assertThat(cache.stats().unreadable()).isEqualTo(poison.size());
        assertThat(cache.stats().loads()).isEqualTo(poison.size());
        assertThat(Frame.read(redis.call(commands -> commands.get(valueKey())), new TagTable(1)))
                .get()
                .extracting(frame -> new String(frame.payload(), UTF_8))
                .isEqualTo("loaded");
    }

    @Test
    void recursionIsToldEvenIfTheFlightWasDetachedWhileItsLeaseGoesOn() throws Exception {
        Cache<String, String> cache = open();

        assertThatThrownBy(() -> cache.get("k", key -> {
                    reconnectSubscription(cache);
                    return cache.get("k", same -> "inner");
                }))
                .isInstanceOfSatisfying(
                        CacheException.class, e -> assertThat(e.code()).isEqualTo("WH-CACHE-001"));
    }

    @Test
    void flightThatWasDetachedByAReconnectStillLoadsForAll() throws Exception {
        Cache<String, String> cache = open();
        Gate gate = new Gate();
        Future<String> first = callers.start(() -> cache.get("k", key -> gate.pass("value")));
        gate.awaitReached();
        reconnectSubscription(cache);

        Future<String> second = callers.start(() -> cache.get("k", key -> "loaded twice"));
        await().until(() -> cache.stats().fleetWaits() == 1);
        gate.open();

        assertThat(Callers.results(List.of(first, second))).containsOnly("value");
    }

    private void reconnectSubscription(Cache<String, String> cache) {
        int opened = openings.get();
        redis.call(commands -> commands.clientKill(KillArgs.Builder.typePubsub()));
        await().atMost(Node.SOON).until(() -> openings.get() > opened);
        await().atMost(Node.SOON).until(() -> cache.health().status() == Health.Status.UP);
    }

    @Test
    void interruptedCallerGetsItsValueAndCountsNothingAgainstRedis() {
        Cache<String, String> cache = open();

        for (int call = 0; call < 10; call++) {
            Thread.currentThread().interrupt();
            assertThat(cache.<RuntimeException>get("k" + call, key -> "loaded")).isEqualTo("loaded");
            assertThat(Thread.interrupted()).isTrue();
        }

        String interruptedInside = cache.get("inside", key -> {
            Thread.currentThread().interrupt();
            return "loaded";
        });

        assertThat(interruptedInside).isEqualTo("loaded");
        assertThat(Thread.interrupted()).isTrue();
        await().until(() -> redis.<List<byte[]>>call(commands -> commands.keys("wh:cache1:v:*" + name + ":*"))
                        .size()
                == 1);
        assertThat(redis.stats().timedOut()).isZero();
        assertThat(redis.stats().breakerOpen()).isFalse();
    }

    @Test
    void keyOfAnotherTypeCostsALoadAndNoException() {
        Cache<String, String> cache = open(builder());
        redis.call(commands -> commands.lpush(valueKey(), "x".getBytes(UTF_8)));

        assertThat(cache.<RuntimeException>get("k", key -> "loaded")).isEqualTo("loaded");
    }

    @Test
    void valueThatTheCodecCannotReadIsAMiss() {
        Codec<String> fussy = Codec.of(text -> text.getBytes(UTF_8), bytes -> {
            throw Throwing.unchecked(new java.io.IOException("checked, and thrown nevertheless"));
        });
        Cache<String, String> cache = open(builder(fussy));
        cache.put("k", "value");
        ticker.advance(Duration.ofSeconds(60));

        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.<RuntimeException>get("k", key -> "loaded")).isEqualTo("loaded");
        assertThat(cache.stats().unreadable()).isEqualTo(2);
    }

    @Test
    void valueThatTheCodecCannotWriteStaysInTheNearTier() {
        Codec<String> broken = Codec.of(
                text -> {
                    throw new IllegalStateException("cannot write");
                },
                bytes -> "never");
        Cache<String, String> cache = open(builder(broken));

        cache.get("k", key -> "loaded");
        cache.put("p", "put");

        assertThat(cache.getIfPresent("k")).isEqualTo("loaded");
        assertThat(cache.getIfPresent("p")).isEqualTo("put");
        assertThat(cache.stats().notStored()).isEqualTo(2);
        assertThat(redis.<List<byte[]>>call(commands -> commands.keys("wh:cache1:[vl]:*" + name + ":*")))
                .isEmpty();
    }

    @Test
    void valueAboveTheCapIsCountedAndNotStoredFar() {
        Cache<String, String> cache = open(builder().maximumValueBytes(4));

        cache.get("k", key -> "12345");
        cache.get("fits", key -> "1234");

        assertThat(cache.stats().notStored()).isEqualTo(1);
        assertThat(redis.<List<byte[]>>call(commands -> commands.keys("wh:cache1:[vl]:*" + name + ":*")))
                .hasSize(1);
    }

    @Test
    void largeValueIsCompressedInRedisAndReadAgain() {
        Cache<String, String> cache = open(builder().compressAbove(1000));
        String large = "value ".repeat(1000);

        cache.put("k", large);
        ticker.advance(Duration.ofSeconds(60));

        assertThat(cache.getIfPresent("k")).isEqualTo(large);
        assertThat(redis.<Long>call(commands -> commands.strlen(valueKey()))).isLessThan(500);
        assertThat(cache.stats().farHits()).isEqualTo(1);
    }

    @Test
    void compressedValueIsReadByANodeThatCompressesNothing() {
        Cache<String, String> compressing = open(builder().compressAbove(1));
        compressing.put("k", "value ".repeat(100));

        try (Cache<String, String> other = builder().expireAfterWrite(LIFE).build()) {
            assertThat(other.getIfPresent("k")).isEqualTo("value ".repeat(100));
        }
    }

    @Test
    void lagOfOwnInvalidationsIsMeasured() {
        Cache<String, String> cache = open();
        assertThat(metrics.timers.keySet()).contains("wellhead.cache.invalidation.lag cache " + name);

        await().until(() -> {
            cache.invalidate("k");
            return cache.stats().invalidationLag().isPresent();
        });

        assertThat(metrics.timers
                        .get("wellhead.cache.invalidation.lag cache " + name)
                        .sum())
                .isPositive();
    }

    @Test
    void schemaVersionsDoNotReadEachOther() {
        Cache<String, String> one = open(builder().schemaVersion(1));
        one.put("k", "first form");

        try (Cache<String, String> two =
                builder().schemaVersion(2).expireAfterWrite(LIFE).build()) {
            assertThat(two.getIfPresent("k")).isNull();
        }
    }

    @Test
    void ownFillDoesNotEvictTheOwnNearValue() {
        Cache<String, String> cache = open(builder());

        cache.get("k", key -> "value");
        cache.put("p", "value");
        // Messages arrive in order: once this one is heard, those to ourselves have been.
        cache.put("probe", "here");
        long heard = cache.stats().farHits();
        publishInvalidationOf("probe");
        await().until(() ->
                "here".equals(cache.getIfPresent("probe")) && cache.stats().farHits() > heard);

        long hits = cache.stats().nearHits();
        cache.getIfPresent("k");
        cache.getIfPresent("p");
        assertThat(cache.stats().nearHits()).isEqualTo(hits + 2);
    }

    @Test
    void leaseIsGoneAfterALoadWhateverItsEnd() {
        Cache<String, String> cache = open(builder());

        cache.get("ok", key -> "value");
        cache.get("null", key -> null);
        assertThatThrownBy(() -> cache.get("failed", key -> {
                    throw new IllegalStateException("no database");
                }))
                .isInstanceOf(IllegalStateException.class);

        await().until(() -> redis.<List<byte[]>>call(commands -> commands.keys("wh:cache1:l:*" + name + ":*"))
                .isEmpty());
    }

    @Test
    void lostGenerationEmptiesTheCacheOnceItIsNoticed() {
        AtomicInteger changes = new AtomicInteger();
        CacheListener listener = new CacheListener() {
            @Override
            public void generationChanged(String cache) {
                changes.incrementAndGet();
            }
        };
        Cache<String, String> cache = open(builder().listener(listener));
        cache.put("k", "value");

        redis.call(commands -> commands.del(new FarKeys(name, 1).generation()));
        await().atMost(Node.SOON).until(() -> changes.get() == 1);

        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void writeThatMetAnotherGenerationIsMadeAgainInIt() {
        Cache<String, String> cache = open();
        FarKeys keys = new FarKeys(name, 1);
        byte[] later = keys.value("later", new EncodedKey("k".getBytes(UTF_8)));
        byte[] frame = frame("read by others");
        redis.call(commands -> commands.set(later, frame, SetArgs.Builder.px(60_000)));
        // As when another node starts a generation, and its message has not arrived.
        redis.call(commands -> commands.set(keys.generation(), "later".getBytes(UTF_8), SetArgs.Builder.px(60_000)));

        cache.invalidate("k");

        assertThat(redis.<Long>call(commands -> commands.exists(later))).isZero();
    }

    @Test
    void listenerThatThrowsChangesNothing() {
        CacheListener broken = new CacheListener() {
            @Override
            public void nearTierOpened(String cache) {
                throw new IllegalStateException("listener");
            }

            @Override
            public void valueNotStored(String cache) {
                throw new IllegalStateException("listener");
            }
        };
        Cache<String, String> cache = open(builder().maximumValueBytes(1).listener(broken));

        assertThat(cache.<RuntimeException>get("k", key -> "too long")).isEqualTo("too long");
    }

    @Test
    void farMetricsAgreeWithStats() {
        Cache<String, String> cache = open(builder());
        cache.get("k", key -> "value");
        ticker.advance(Duration.ofSeconds(60));

        cache.get("k", key -> "value");

        Function<String, Long> gets =
                result -> metrics.count("wellhead.cache.gets cache " + name + " tier far result " + result);
        assertThat(List.of(gets.apply("hit"), gets.apply("miss"))).containsExactly(1L, 1L);
    }

    @Test
    void farOptionsAreRefusedTogetherAndByName() {
        Cache.Builder<String, String> builder = builder();

        assertThatThrownBy(() -> builder.maximumValueBytes(0)).hasMessage("maximumValueBytes must be >= 1, was 0");
        assertThatThrownBy(() -> builder.compressAbove(0)).hasMessage("compressAbove must be >= 1, was 0");
        assertThatThrownBy(() -> builder.maximumQueuedInvalidations(0)).hasMessageContaining("was 0");
        assertThatThrownBy(() -> builder.schemaVersion(-1)).hasMessage("schemaVersion must be >= 0, was -1");
        assertThatThrownBy(() -> builder.nearExpireWhileAway(Duration.ZERO)).hasMessageContaining("was PT0S");
        assertThatThrownBy(() -> builder.expireAfterWrite(Duration.ofSeconds(1))
                        .nearExpireAfterWrite(Duration.ofSeconds(2))
                        .nearExpireWhileAway(Duration.ofSeconds(3))
                        .lease(Duration.ofMillis(1))
                        .build())
                .hasMessageContaining("nearExpireAfterWrite must be <= expireAfterWrite (PT1S), was PT2S")
                .hasMessageContaining("nearExpireWhileAway must be <= nearExpireAfterWrite (PT2S), was PT3S")
                .hasMessageContaining("lease must be >= twice the budget of redis (PT10S), was PT0.001S");
    }

    @Test
    void leaseFitsTheBudgetOfTheClientWhereItIsNotSet() {
        String address = RedisServer.shared().uri();
        for (Duration budget : List.of(Duration.ofMillis(50), Duration.ofSeconds(3))) {
            try (Redis client = Redis.builder(RedisURI.create(address))
                            .budget(budget)
                            .build();
                    Cache<String, String> cache = Cache.builder("leases", client, KeyCodec.ofString(), Codec.string())
                            .expireAfterWrite(Duration.ofMinutes(1))
                            .build()) {
                assertThat(cache)
                        .extracting("options.leaseNanos")
                        .isEqualTo(Math.max(2_000_000_000L, 2 * budget.toNanos()));
            }
        }
    }

    private static byte[] frame(String value) {
        Meta meta = new Meta(1_000_000_000, 0, 0, Tags.NONE);
        return new Frame(Frame.Content.PLAIN, meta, value.getBytes(UTF_8)).toBytes(0);
    }

    private byte[] valueKey() {
        FarKeys keys = new FarKeys(name, 1);
        byte[] generation = redis.call(commands -> commands.get(keys.generation()));
        return keys.value(new String(generation, UTF_8), new EncodedKey("k".getBytes(UTF_8)));
    }

    private void publishInvalidationOf(String key) {
        byte[] message = new Message(Message.Kind.INVALIDATE, 42, key.getBytes(UTF_8)).toBytes();
        redis.call(commands -> commands.publish(new FarKeys(name, 1).channel().getBytes(UTF_8), message));
    }
}

package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Health;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.ManualTicker;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.UUID;

/** Where a cache under test keeps its values, and how time passes there. */
interface CacheHome extends AutoCloseable {
    /** Returns a builder of a cache that nobody has used, with nothing set but what it needs for the test. */
    CacheBuilder<String, String, ?> builder();

    String name();

    ManualTicker ticker();

    /** Waits until the cache can do all it should. */
    default void awaitUp(Cache<?, ?> cache) {}

    /** Makes a value as old as that, which was just stored and is kept for so long. */
    void age(String key, Duration age, Duration kept);

    @Override
    void close();

    /** A process. */
    static CacheHome local() {
        ManualTicker ticker = new ManualTicker();
        return new CacheHome() {
            @Override
            public CacheBuilder<String, String, ?> builder() {
                return Cache.<String, String>local("local").ticker(ticker);
            }

            @Override
            public String name() {
                return "local";
            }

            @Override
            public ManualTicker ticker() {
                return ticker;
            }

            @Override
            public void age(String key, Duration age, Duration kept) {
                ticker.advance(age);
            }

            @Override
            public void close() {}
        };
    }

    /** A process and a real Redis. */
    static CacheHome twoTier() {
        return new TwoTier();
    }

    /** Under a name of its own each: they share the server. */
    final class TwoTier implements CacheHome {
        private final ManualTicker ticker = new ManualTicker();
        private final String name = "c-" + UUID.randomUUID();
        final Redis redis = Redis.builder(RedisURI.create(RedisServer.shared().uri()))
                .budget(Duration.ofSeconds(5))
                .connectTimeout(Duration.ofSeconds(10))
                .build();

        @Override
        public Cache.Builder<String, String> builder() {
            return Cache.<String, String>builder(name, redis, KeyCodec.ofString(), Codec.string())
                    .ticker(ticker)
                    .lease(Duration.ofSeconds(10));
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public ManualTicker ticker() {
            return ticker;
        }

        @Override
        public void awaitUp(Cache<?, ?> cache) {
            await().atMost(Node.SOON).until(() -> cache.health().status() == Health.Status.UP);
        }

        @Override
        public void age(String key, Duration age, Duration kept) {
            byte[] name = valueKey(key);
            FarAge.leave(redis, name, kept.minus(age));
            // Past any stay in the near tier: it is read from Redis again.
            ticker.advance(Duration.ofSeconds(60));
        }

        byte[] valueKey(String key) {
            FarKeys keys = new FarKeys(name, 1);
            byte[] generation = redis.call(commands -> commands.get(keys.generation()));
            return keys.value(new String(generation, UTF_8), new EncodedKey(key.getBytes(UTF_8)));
        }

        @Override
        public void close() {
            redis.close();
        }
    }
}

import dev.wellhead.cache.Cache;
import dev.wellhead.cache.Codec;
import dev.wellhead.cache.KeyCodec;
import dev.wellhead.examples.labs.debugging.PriceCache;
import dev.wellhead.redis.Redis;
import io.lettuce.core.RedisURI;
import java.sql.SQLException;
import java.time.Duration;

/** Prices, kept in this process and in Redis; an absent one is loaded once in the fleet. */
public class Prices implements PriceCache {
    private Redis redis;
    private Cache<String, String> prices;
    private Loader database;

    @Override
    public void open(String redisUri, Duration life, Loader database) {
        // Without an answer of Redis within the budget a node loads for itself. A thousand threads may keep a laptop busy
        // for longer than the 50 ms that are the default.
        this.redis = Redis.builder(RedisURI.create(redisUri))
                .budget(Duration.ofSeconds(1))
                .build();
        this.prices = Cache.builder("prices", redis, KeyCodec.ofString(), Codec.string())
                .expireAfterWrite(life)
                .build();
        this.database = database;
    }

    @Override
    public String get(String product) throws SQLException {
        return prices.get(product, database::load);
    }

    @Override
    public void close() {
        prices.close();
        redis.close();
    }
}

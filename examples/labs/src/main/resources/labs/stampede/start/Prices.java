import dev.wellhead.examples.labs.debugging.PriceCache;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.sql.SQLException;
import java.time.Duration;

/** Prices, kept in Redis. */
public class Prices implements PriceCache {
    private RedisClient client;
    private RedisCommands<String, String> redis;
    private Duration life;
    private Loader database;

    @Override
    public void open(String redisUri, Duration life, Loader database) {
        this.client = RedisClient.create(redisUri);
        this.redis = client.connect().sync();
        this.life = life;
        this.database = database;
    }

    @Override
    public String get(String product) throws SQLException {
        String price = redis.get("price:" + product);
        if (price == null) {
            price = database.load(product);
            redis.set("price:" + product, price, SetArgs.Builder.px(life));
        }
        return price;
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}

import dev.wellhead.cache.Cache;
import dev.wellhead.cache.Codec;
import dev.wellhead.cache.KeyCodec;
import dev.wellhead.examples.labs.practice.PriceService;
import dev.wellhead.examples.labs.practice.PriceTable;
import dev.wellhead.jdbc.Transactions;
import dev.wellhead.redis.Redis;
import io.lettuce.core.RedisURI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalInt;

/** Leaves to a cache who loads, who waits, and what may still be stored. */
public final class Prices implements PriceService {
    private PriceTable table;
    private Redis redis;
    private Cache<String, Integer> cache;

    @Override
    public void open(PriceTable table, String redisUri) {
        this.table = table;
        redis = Redis.builder(RedisURI.create(redisUri))
                // A service would rather load than wait so long; the lab wants to see Redis at work on any machine.
                .budget(Duration.ofSeconds(1))
                .build();
        Codec<Integer> digits = Codec.of(
                cents -> cents.toString().getBytes(StandardCharsets.US_ASCII),
                bytes -> Integer.valueOf(new String(bytes, StandardCharsets.US_ASCII)));
        cache = Cache.builder("prices", redis, KeyCodec.ofString(), digits)
                .expireAfterWrite(Duration.ofMinutes(5))
                .build();
    }

    @Override
    public OptionalInt price(String item) throws SQLException {
        Integer cents = cache.get(item, this::load);
        return cents == null ? OptionalInt.empty() : OptionalInt.of(cents);
    }

    private Integer load(String item) throws SQLException {
        OptionalInt cents = table.load(item);
        return cents.isPresent() ? cents.getAsInt() : null;
    }

    @Override
    public void change(String item, int cents) throws SQLException {
        Transactions.on(table.dataSource()).run(transaction -> {
            // Nobody can store this key from now on until the commit is through.
            cache.invalidateAfterCommit(item, transaction::afterCommit);
            table.store(transaction.connection(), item, cents);
        });
    }

    @Override
    public void close() {
        cache.close();
        redis.close();
    }
}

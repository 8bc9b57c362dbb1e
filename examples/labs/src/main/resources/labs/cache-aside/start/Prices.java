import dev.wellhead.examples.labs.practice.PriceService;
import dev.wellhead.examples.labs.practice.PriceTable;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalInt;

/** Asks Redis first, then the table; deletes from Redis what changes. */
public final class Prices implements PriceService {
    private static final long SECONDS = 300;

    private PriceTable table;
    private RedisClient client;
    private RedisCommands<String, String> redis;

    @Override
    public void open(PriceTable table, String redisUri) {
        this.table = table;
        client = RedisClient.create(redisUri);
        redis = client.connect().sync();
    }

    @Override
    public OptionalInt price(String item) throws SQLException {
        String cached = redis.get("price:" + item);
        if (cached != null) {
            return OptionalInt.of(Integer.parseInt(cached));
        }
        OptionalInt loaded = table.load(item);
        if (loaded.isPresent()) {
            redis.set("price:" + item, "" + loaded.getAsInt(), SetArgs.Builder.ex(SECONDS));
        }
        return loaded;
    }

    @Override
    public void change(String item, int cents) throws SQLException {
        try (Connection connection = table.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            redis.del("price:" + item);
            table.store(connection, item, cents);
            connection.commit();
        }
    }

    @Override
    public void close() {
        client.shutdown();
    }
}

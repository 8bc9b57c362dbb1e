import dev.wellhead.examples.labs.practice.CallLimiter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;

/** Counts the calls of a window in a key that expires with it. */
public final class Limiter implements CallLimiter {
    private RedisClient client;
    private RedisCommands<String, String> redis;
    private int permits;
    private Duration per;

    @Override
    public void open(String redisUri, int permits, Duration per) {
        this.permits = permits;
        this.per = per;
        client = RedisClient.create(redisUri);
        redis = client.connect().sync();
    }

    @Override
    public boolean allow(String caller) {
        String key = "calls:" + caller;
        long count = redis.incr(key);
        if (count == 1) {
            redis.pexpire(key, per.toMillis());
        }
        return count <= permits;
    }

    @Override
    public void close() {
        client.shutdown();
    }
}

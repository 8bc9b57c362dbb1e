import dev.wellhead.examples.labs.basics.RedisRecipes;
import io.lettuce.core.api.sync.RedisCommands;

public final class Recipes implements RedisRecipes {
    private static final String QUEUE = "jobs";

    @Override
    public void storeCode(RedisCommands<String, String> redis, String user, String code) {
        redis.set("code:" + user, code);
    }

    @Override
    public String code(RedisCommands<String, String> redis, String user) {
        return redis.get("code:" + user);
    }

    @Override
    public long countVisit(RedisCommands<String, String> redis, String page) {
        String visits = redis.get("visits:" + page);
        long more = visits == null ? 1 : Long.parseLong(visits) + 1;
        redis.set("visits:" + page, String.valueOf(more));
        return more;
    }

    @Override
    public void submit(RedisCommands<String, String> redis, String job) {
        redis.lpush(QUEUE, job);
    }

    @Override
    public String take(RedisCommands<String, String> redis, String worker) {
        return redis.rpop(QUEUE);
    }

    @Override
    public void done(RedisCommands<String, String> redis, String worker, String job) {
        // It has left the queue already.
    }

    @Override
    public void recover(RedisCommands<String, String> redis, String worker) {
        // Nobody knows what the worker had taken.
    }
}

import dev.wellhead.examples.labs.basics.RedisRecipes;
import io.lettuce.core.LMoveArgs;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;

public final class Recipes implements RedisRecipes {
    private static final String QUEUE = "jobs";

    @Override
    public void storeCode(RedisCommands<String, String> redis, String user, String code) {
        redis.set("code:" + user, code, SetArgs.Builder.ex(CODE_LIFETIME));
    }

    @Override
    public String code(RedisCommands<String, String> redis, String user) {
        return redis.get("code:" + user);
    }

    @Override
    public long countVisit(RedisCommands<String, String> redis, String page) {
        return redis.incr("visits:" + page);
    }

    @Override
    public void submit(RedisCommands<String, String> redis, String job) {
        redis.lpush(QUEUE, job);
    }

    @Override
    public String take(RedisCommands<String, String> redis, String worker) {
        return redis.blmove(QUEUE, taken(worker), LMoveArgs.Builder.rightLeft(), 0.2);
    }

    @Override
    public void done(RedisCommands<String, String> redis, String worker, String job) {
        redis.lrem(taken(worker), 1, job);
    }

    @Override
    public void recover(RedisCommands<String, String> redis, String worker) {
        // From the newest to the oldest, each to the end that is taken from: they come first, in their old order.
        while (redis.lmove(taken(worker), QUEUE, LMoveArgs.Builder.leftRight()) != null) {}
    }

    private static String taken(String worker) {
        return "jobs:taken:" + worker;
    }
}

package dev.wellhead.benchmarks.cache;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.Collection;
import java.util.List;

/** GET and MGET over one connection: the floor of what asking Redis costs. */
final class BareLettuceNode implements CacheNode {
    private final NodeOptions options;
    private final RedisClient client;
    private final RedisCommands<String, String> commands;

    BareLettuceNode(NodeOptions options) {
        this.options = options;
        client = RedisClient.create(options.redis());
        commands = client.connect().sync();
    }

    @Override
    public String get(String key) {
        String value = commands.get(key);
        if (value == null) {
            value = options.load(key);
            commands.set(key, value, SetArgs.Builder.px(options.life()));
        }
        return value;
    }

    @Override
    public Collection<String> getAll(List<String> keys) {
        return commands.mget(keys.toArray(String[]::new)).stream()
                .map(KeyValue::getValue)
                .toList();
    }

    @Override
    public void invalidate(String key) {
        commands.del(key);
    }

    @Override
    public void close() {
        client.shutdown();
    }
}

package dev.wellhead.benchmarks.cache;

import org.redisson.api.RBucket;
import org.redisson.api.RedissonClient;

/** Redisson's plain value of a key, loaded by hand: one GET. */
final class RedissonBucketNode implements CacheNode {
    private final NodeOptions options;
    private final RedissonClient client;

    RedissonBucketNode(NodeOptions options) {
        this.options = options;
        client = RedissonMapNode.client(options.redis());
    }

    @Override
    public String get(String key) {
        RBucket<String> bucket = client.getBucket("redisson:" + key);
        String value = bucket.get();
        if (value == null) {
            value = options.load(key);
            bucket.set(value, options.life());
        }
        return value;
    }

    @Override
    public void invalidate(String key) {
        client.getBucket("redisson:" + key).delete();
    }

    @Override
    public void close() {
        client.shutdown();
    }
}

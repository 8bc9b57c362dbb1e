package dev.wellhead.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Makes the connections on which Redis speaks unasked, and ends them. */
final class Feeds implements AutoCloseable {
    private final Threads threads;
    private final String client;
    private final long beatNanos;
    private final Supplier<RedisURI> anyServer;
    private final RedisClient forChannels;
    private final RedisClient forPushes;
    private final Set<Feed<?>> feeds = ConcurrentHashMap.newKeySet();

    /** @param anyServer whose channels to listen to; asked for each connection */
    Feeds(Threads threads, String client, long beatNanos, ClientOptions options, Supplier<RedisURI> anyServer) {
        this.threads = threads;
        this.client = client;
        this.beatNanos = beatNanos;
        this.anyServer = anyServer;
        ClientOptions once = options.mutate().autoReconnect(false).build();
        forChannels = RedisClient.create(threads.resources());
        forChannels.setOptions(once);
        forPushes = RedisClient.create(threads.resources());
        // Without version 3 Redis takes the order to track and then says nothing.
        forPushes.setOptions(
                once.mutate().protocolVersion(ProtocolVersion.RESP3).build());
    }

    Subscription subscribe(String channel, Subscription.Listener receiver) {
        ChannelSubscription subscription = new ChannelSubscription(this, channel, receiver);
        begin(subscription);
        return subscription;
    }

    TrackingFeed track(RedisURI address, String prefix, Tracking.Listener receiver, TrackingFeed.Beat beat) {
        TrackingFeed feed = new TrackingFeed(this, address, prefix, receiver, beat);
        begin(feed);
        return feed;
    }

    void stop(Feed<?> feed) {
        feed.end();
        forget(feed);
    }

    void forget(Feed<?> feed) {
        feeds.remove(feed);
    }

    CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> connectToChannels() {
        return forChannels.connectPubSubAsync(ByteArrayCodec.INSTANCE, anyServer.get());
    }

    CompletionStage<StatefulRedisConnection<byte[], byte[]>> connectForPushes(RedisURI address) {
        return forPushes.connectAsync(ByteArrayCodec.INSTANCE, address);
    }

    Threads threads() {
        return threads;
    }

    String client() {
        return client;
    }

    long beatNanos() {
        return beatNanos;
    }

    @Override
    public void close() {
        feeds.forEach(Feed::end);
        feeds.clear();
        forChannels.shutdown(Duration.ZERO, Threads.SHUTDOWN_PATIENCE);
        forPushes.shutdown(Duration.ZERO, Threads.SHUTDOWN_PATIENCE);
    }

    private void begin(Feed<?> feed) {
        feeds.add(feed);
        feed.start();
    }
}

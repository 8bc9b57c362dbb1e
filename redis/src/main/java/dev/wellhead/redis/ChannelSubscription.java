package dev.wellhead.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;

/** One channel on a connection of its own. */
final class ChannelSubscription extends Feed<StatefulRedisPubSubConnection<byte[], byte[]>> implements Subscription {
    private final Feeds feeds;
    private final byte[] channel;
    private final Listener receiver;

    ChannelSubscription(Feeds feeds, String channel, Listener receiver) {
        super(feeds.threads(), feeds.client() + ", channel '" + channel + "'", feeds.beatNanos());
        this.feeds = feeds;
        this.channel = channel.getBytes(StandardCharsets.UTF_8);
        this.receiver = receiver;
    }

    @Override
    CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> open() {
        return feeds.connectToChannels();
    }

    @Override
    CompletionStage<?> arm(StatefulRedisPubSubConnection<byte[], byte[]> opened) {
        opened.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] from, byte[] message) {
                tell(receiver, () -> receiver.message(message));
            }
        });
        return opened.async().subscribe(channel);
    }

    /** Subscribing once more changes nothing and is answered in either version of the protocol, unlike PING. */
    @Override
    CompletionStage<?> beat(StatefulRedisPubSubConnection<byte[], byte[]> opened) {
        return opened.async().subscribe(channel);
    }

    @Override
    void armed() {
        tell(receiver, receiver::restored);
    }

    @Override
    void lost() {
        tell(receiver, receiver::lost);
    }

    @Override
    void refused(RedisUnavailableException why) {
        tell(receiver, () -> receiver.refused(why));
    }

    @Override
    public void close() {
        end();
        feeds.forget(this);
    }
}

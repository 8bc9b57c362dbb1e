package dev.wellhead.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Watches the keys of one server, on a connection of its own. */
final class TrackingFeed extends Feed<StatefulRedisConnection<byte[], byte[]>> {
    private final Feeds feeds;
    private final RedisURI address;
    private final String prefix;
    private final Tracking.Listener receiver;
    private final Beat beat;

    /** Asks for a sign of life. */
    interface Beat {
        CompletionStage<?> on(StatefulRedisConnection<byte[], byte[]> opened);
    }

    TrackingFeed(Feeds feeds, RedisURI address, String prefix, Tracking.Listener receiver, Beat beat) {
        super(feeds.threads(), feeds.client() + ", keys '" + prefix + "*'", feeds.beatNanos());
        this.feeds = feeds;
        this.address = address;
        this.prefix = prefix;
        this.receiver = receiver;
        this.beat = beat;
    }

    @Override
    CompletionStage<StatefulRedisConnection<byte[], byte[]>> open() {
        return feeds.connectForPushes(address);
    }

    @Override
    CompletionStage<?> arm(StatefulRedisConnection<byte[], byte[]> opened) {
        opened.addListener(message -> {
            if (message.getType().equals("invalidate")) {
                tell(receiver, () -> invalidated(message));
            }
        });
        // NOLOOP would spare nothing: it is about what this connection writes, and this one writes nothing.
        return opened.async()
                .clientTracking(TrackingArgs.Builder.enabled().bcast().prefixes(StandardCharsets.UTF_8, prefix));
    }

    @Override
    CompletionStage<?> beat(StatefulRedisConnection<byte[], byte[]> opened) {
        return beat.on(opened);
    }

    @Override
    void armed() {
        tell(receiver, receiver::opened);
    }

    @Override
    void lost() {
        tell(receiver, receiver::lost);
    }

    @Override
    void refused(RedisUnavailableException why) {
        tell(receiver, () -> receiver.refused(why));
    }

    private void invalidated(PushMessage message) {
        List<Object> content = message.getContent();
        if (content.size() > 1 && content.get(1) instanceof List<?> keys) {
            keys.forEach(key -> receiver.invalidated(bytes((ByteBuffer) key)));
        } else {
            receiver.flushed();
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}

package dev.wellhead.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One channel on a connection of its own, so that a slow receiver holds up nobody else. */
final class ChannelSubscription implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelSubscription.class);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Link link;
    private final RedisClient client;
    private final RedisURI uri;
    private final byte[] channel;
    private final Listener receiver;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable StatefulRedisPubSubConnection<byte[], byte[]> connection;

    ChannelSubscription(Link link, RedisClient client, RedisURI uri, String channel, Listener receiver) {
        this.link = link;
        this.client = client;
        this.uri = uri;
        this.channel = channel.getBytes(StandardCharsets.UTF_8);
        this.receiver = receiver;
    }

    void start() {
        client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri).whenComplete((opened, error) -> {
            if (closed.get()) {
                if (opened != null) {
                    opened.closeAsync();
                }
            } else if (error != null) {
                link.schedule(this::start, RETRY_NANOS);
            } else {
                listen(opened);
            }
        });
    }

    private void listen(StatefulRedisPubSubConnection<byte[], byte[]> opened) {
        connection = opened;
        opened.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] from, byte[] message) {
                tell(() -> receiver.message(message));
            }

            // Comes for the first subscription, and again for the one that Lettuce repeats after a reconnect.
            @Override
            public void subscribed(byte[] to, long count) {
                tell(receiver::restored);
            }
        });
        opened.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                tell(receiver::lost);
            }
        });
        opened.async().subscribe(channel);
        if (closed.get()) {
            opened.closeAsync();
        }
    }

    private void tell(Runnable event) {
        if (!closed.get()) {
            try {
                event.run();
            } catch (RuntimeException e) {
                LOG.error("subscriber {} failed", receiver.getClass().getName(), e);
            }
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            link.forget(this);
            StatefulRedisPubSubConnection<byte[], byte[]> open = connection;
            if (open != null) {
                open.closeAsync();
            }
        }
    }
}

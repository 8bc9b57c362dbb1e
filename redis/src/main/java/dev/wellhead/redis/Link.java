package dev.wellhead.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Holds the Lettuce client and its connections: commands are rejected while there is none, lost ones come back within
 * half a second of Redis, and the first one is tried for until it is made, which Lettuce by itself does not do.
 */
final class Link implements AutoCloseable {
    private static final Duration LONGEST_RECONNECT_DELAY = Duration.ofMillis(500);
    private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(2);

    private final RedisURI uri;
    private final ClientResources resources;
    private final boolean ownsResources;
    private final RedisClient client;
    private final Runnable connected;
    private final Set<ChannelSubscription> subscriptions = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();
    // Null until the first connection is made; the same object from then on, since Lettuce reconnects it.
    private volatile @Nullable StatefulRedisConnection<byte[], byte[]> connection;

    /** @param connected called from a client thread whenever the connection for commands is there again */
    Link(RedisURI uri, @Nullable ClientResources hostResources, int queue, Runnable connected) {
        this.uri = uri;
        this.connected = connected;
        ownsResources = hostResources == null;
        ClientResources.Builder builder = hostResources == null
                ? DefaultClientResources.builder().ioThreadPoolSize(2).computationThreadPoolSize(2)
                : hostResources.mutate();
        resources = builder.reconnectDelay(() ->
                        Delay.fullJitter(Duration.ofMillis(10), LONGEST_RECONNECT_DELAY, 10, TimeUnit.MILLISECONDS))
                .build();
        client = RedisClient.create(resources, uri);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(queue)
                // Deadlines are ours, one for a call even if it takes two commands.
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(Duration.ofSeconds(2))
                        .keepAlive(true)
                        .build())
                .build());
        client.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
                if (handler == connection) {
                    connected.run();
                }
            }
        });
    }

    /** Makes the first connection, in the background; tries again until it is made or the link is closed. */
    void connect() {
        attempt(1);
    }

    private void attempt(int number) {
        client.connectAsync(ByteArrayCodec.INSTANCE, uri).whenComplete((opened, error) -> {
            if (error == null) {
                connection = opened;
                // The client's own event came before we knew the connection.
                connected.run();
                if (closed.get()) {
                    opened.closeAsync();
                }
            } else if (!closed.get()) {
                long longest = Math.min(10L << Math.min(number, 10), LONGEST_RECONNECT_DELAY.toMillis());
                long pause = TimeUnit.MILLISECONDS.toNanos(
                        ThreadLocalRandom.current().nextLong(1, longest + 1));
                schedule(() -> attempt(number + 1), pause);
            }
        });
    }

    /** @throws RedisConnectionException if there never was a connection */
    RedisAsyncCommands<byte[], byte[]> commands() {
        StatefulRedisConnection<byte[], byte[]> current = connection;
        if (current == null) {
            throw new RedisConnectionException("not connected yet to " + address());
        }
        return current.async();
    }

    Subscription subscribe(String channel, Subscription.Listener receiver) {
        ChannelSubscription subscription = new ChannelSubscription(this, client, uri, channel, receiver);
        subscriptions.add(subscription);
        // Not here: Lettuce generates classes for its first such connection, which takes longer than all else.
        schedule(subscription::start, 0);
        return subscription;
    }

    void forget(ChannelSubscription subscription) {
        subscriptions.remove(subscription);
    }

    /** Runs a short task later on a thread of the client; not at all once the resources are shut down. */
    Future<?> schedule(Runnable task, long delayNanos) {
        if (closed.get() || resources.eventExecutorGroup().isShuttingDown()) {
            return CompletableFuture.completedFuture(null);
        }
        return resources.eventExecutorGroup().schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    boolean isConnected() {
        StatefulRedisConnection<byte[], byte[]> current = connection;
        return current != null && current.isOpen();
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Host and port, or the sentinels' master: an address carries no secret. */
    String address() {
        return uri.getHost() == null
                ? "sentinel master " + uri.getSentinelMasterId()
                : uri.getHost() + ":" + uri.getPort();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        subscriptions.forEach(Subscription::close);
        client.shutdown(Duration.ZERO, SHUTDOWN_PATIENCE);
        if (ownsResources) {
            resources
                    .shutdown(0, SHUTDOWN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .awaitUninterruptibly(SHUTDOWN_PATIENCE.toMillis());
        }
    }
}

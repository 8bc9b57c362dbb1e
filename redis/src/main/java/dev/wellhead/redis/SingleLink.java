package dev.wellhead.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One connection to one server, or to the master that the sentinels name each time it is made. */
final class SingleLink implements Link {
    private static final long MEND_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final byte[] PROBE_KEY = "wh:probe".getBytes(StandardCharsets.US_ASCII);

    private final Threads threads;
    private final RedisURI uri;
    private final Server server;
    private final RedisClient client;
    private final FirstConnection<StatefulRedisConnection<byte[], byte[]>> first;
    private final AtomicBoolean mending = new AtomicBoolean();
    private final AtomicReference<@Nullable Watcher> watcher = new AtomicReference<>();
    // Null until the first connection is made. Lettuce reconnects it; mend() puts another in its place.
    private final AtomicReference<@Nullable StatefulRedisConnection<byte[], byte[]>> connection =
            new AtomicReference<>();

    SingleLink(Threads threads, RedisURI uri, ClientOptions options, Server server) {
        this.threads = threads;
        this.uri = uri;
        this.server = server;
        client = RedisClient.create(threads.resources(), uri);
        client.setOptions(options);
        client.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
                if (handler == connection.get()) {
                    connected();
                }
            }
        });
        first = new FirstConnection<>(threads, this::open, this::use);
    }

    @Override
    public void connect(Watcher watching) {
        watcher.set(watching);
        first.attempt(1);
    }

    private CompletionStage<StatefulRedisConnection<byte[], byte[]>> open() {
        return client.connectAsync(ByteArrayCodec.INSTANCE, uri);
    }

    private void use(StatefulRedisConnection<byte[], byte[]> opened) {
        StatefulRedisConnection<byte[], byte[]> before = connection.getAndSet(opened);
        if (before != null) {
            before.closeAsync();
        }
        if (threads.isClosing()) {
            opened.closeAsync();
        }
        // The client's own event came before we knew the connection.
        connected();
        if (before == null) {
            Objects.requireNonNull(watcher.get()).complete();
        }
    }

    private void connected() {
        // It may be another server, with another clock.
        server.clock.forget();
        Objects.requireNonNull(watcher.get()).connected(server);
    }

    @Override
    public RedisClusterAsyncCommands<byte[], byte[]> commands() {
        StatefulRedisConnection<byte[], byte[]> current = connection.get();
        if (current == null) {
            throw first.missing(address());
        }
        return current.async();
    }

    @Override
    public CompletionStage<RedisClusterAsyncCommands<byte[], byte[]>> commands(Server of) {
        return CompletableFuture.completedFuture(commands());
    }

    @Override
    public Server serverOf(List<byte[]> keys) {
        return server;
    }

    @Override
    public byte[] keyOf(Server of) {
        return PROBE_KEY;
    }

    @Override
    public Collection<Server> servers() {
        return List.of(server);
    }

    @Override
    public boolean knows(Server known) {
        return true;
    }

    @Override
    public void mend(Server silent) {
        if (connection.get() == null || !mending.compareAndSet(false, true)) {
            return;
        }
        open().whenComplete((opened, error) -> {
            if (opened != null) {
                use(opened);
            }
            threads.schedule(() -> mending.set(false), MEND_PAUSE_NANOS);
        });
    }

    @Override
    public boolean isConnected() {
        StatefulRedisConnection<byte[], byte[]> current = connection.get();
        return current != null && current.isOpen();
    }

    @Override
    public boolean isCluster() {
        return false;
    }

    @Override
    public String address() {
        return Addresses.of(uri);
    }

    @Override
    public RedisURI anyServer() {
        return uri;
    }

    @Override
    public Tracking track(Feeds feeds, String prefix, Tracking.Listener receiver) {
        TrackingFeed feed =
                feeds.track(uri, prefix, receiver, opened -> opened.async().ping());
        return () -> feeds.stop(feed);
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Threads.SHUTDOWN_PATIENCE);
    }
}

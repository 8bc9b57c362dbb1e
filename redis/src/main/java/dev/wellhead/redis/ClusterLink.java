package dev.wellhead.redis;

import dev.wellhead.redis.RedisUnavailableException.Reason;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A connection to each master of a cluster. Lettuce follows MOVED and ASK, and looks again where the slots are. */
final class ClusterLink implements Link {
    /*
     * Each master is a Server of its own, found by the slot of the keys; `unknown` stands for commands without keys and
     * for slots that nobody serves. A master that fails over is left behind: its replica has another id.
     */
    private static final long MEND_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int KEYS_TRIED = 5_000;

    private final Threads threads;
    private final String client;
    private final List<RedisURI> seeds;
    private final Function<String, Server> newServer;
    private final Server unknown;
    private final RedisClusterClient cluster;
    private final FirstConnection<StatefulRedisClusterConnection<byte[], byte[]>> first;
    private final Map<String, Server> servers = new ConcurrentHashMap<>();
    private final AtomicBoolean mending = new AtomicBoolean();
    private final AtomicReference<@Nullable Watcher> watcher = new AtomicReference<>();
    private final AtomicReference<@Nullable StatefulRedisClusterConnection<byte[], byte[]>> connection =
            new AtomicReference<>();

    /** @param newServer makes a server of this name */
    ClusterLink(
            Threads threads,
            String client,
            List<RedisURI> seeds,
            ClusterClientOptions options,
            Function<String, Server> newServer) {
        this.threads = threads;
        this.client = client;
        this.seeds = seeds;
        this.newServer = newServer;
        unknown = newServer.apply(address());
        cluster = RedisClusterClient.create(threads.resources(), seeds);
        cluster.setOptions(options);
        first = new FirstConnection<>(threads, this::open, this::use);
    }

    @Override
    public void connect(Watcher watching) {
        watcher.set(watching);
        first.attempt(1);
    }

    private CompletionStage<StatefulRedisClusterConnection<byte[], byte[]>> open() {
        return cluster.refreshPartitionsAsync().thenCompose(found -> cluster.connectAsync(ByteArrayCodec.INSTANCE));
    }

    private void use(StatefulRedisClusterConnection<byte[], byte[]> opened) {
        connection.set(opened);
        if (threads.isClosing()) {
            opened.closeAsync();
            return;
        }
        Watcher watching = Objects.requireNonNull(watcher.get());
        for (RedisClusterNode master : masters()) {
            server(master);
        }
        watching.connected(unknown);
        watching.complete();
    }

    @Override
    public RedisClusterAsyncCommands<byte[], byte[]> commands() {
        return current().async();
    }

    @Override
    public CompletionStage<? extends RedisClusterAsyncCommands<byte[], byte[]>> commands(Server server) {
        String id = id(server);
        return id == null
                ? CompletableFuture.completedFuture(commands())
                : current().getConnectionAsync(id).thenApply(StatefulRedisConnection::async);
    }

    @Override
    public Server serverOf(List<byte[]> keys) {
        if (keys.isEmpty()) {
            return unknown;
        }
        int slot = SlotHash.getSlot(keys.get(0));
        for (byte[] key : keys) {
            if (SlotHash.getSlot(key) != slot) {
                throw new RedisUnavailableException(
                        Reason.FAILED,
                        false,
                        client + ": " + keys.size() + " keys of one script lie in different slots of the cluster, "
                                + slot + " and " + SlotHash.getSlot(key) + "; " + ServerError.CROSSSLOT.advice,
                        null);
            }
        }
        StatefulRedisClusterConnection<byte[], byte[]> current = connection.get();
        RedisClusterNode master =
                current == null ? null : current.getPartitions().getMasterBySlot(slot);
        return master == null ? unknown : server(master);
    }

    private Server server(RedisClusterNode master) {
        Server known = servers.get(master.getNodeId());
        if (known != null) {
            return known;
        }
        Server fresh = newServer.apply(Addresses.of(master.getUri()));
        known = servers.putIfAbsent(master.getNodeId(), fresh);
        if (known != null) {
            return known;
        }
        Objects.requireNonNull(watcher.get()).connected(fresh);
        return fresh;
    }

    @Override
    public byte @Nullable [] keyOf(Server server) {
        Partitions partitions = current().getPartitions();
        String id = id(server);
        for (int i = 0; i < KEYS_TRIED; i++) {
            byte[] key = ("wh:probe:" + i).getBytes(StandardCharsets.US_ASCII);
            RedisClusterNode master = partitions.getMasterBySlot(SlotHash.getSlot(key));
            if (id == null || (master != null && master.getNodeId().equals(id))) {
                return key;
            }
        }
        return null;
    }

    @Override
    public Collection<Server> servers() {
        List<Server> all = new ArrayList<>(servers.values());
        all.add(unknown);
        return all;
    }

    @Override
    public boolean knows(Server server) {
        String id = id(server);
        if (id == null
                || masters().stream().anyMatch(master -> master.getNodeId().equals(id))) {
            return true;
        }
        servers.remove(id, server);
        return false;
    }

    @Override
    public void mend(Server server) {
        StatefulRedisClusterConnection<byte[], byte[]> before = connection.get();
        if (before == null || !mending.compareAndSet(false, true)) {
            return;
        }
        open().thenCompose(opened -> reaches(opened, server).handle((reached, error) -> {
                    // Worth it only if the server answers on it: the other masters are well where they are.
                    if (error == null && connection.compareAndSet(before, opened)) {
                        // What is under way on it may yet be answered.
                        threads.schedule(before::closeAsync, FAREWELL_NANOS);
                        Objects.requireNonNull(watcher.get()).connected(server);
                    } else {
                        opened.closeAsync();
                    }
                    return opened;
                }))
                .whenComplete((opened, error) -> threads.schedule(() -> mending.set(false), MEND_PAUSE_NANOS));
    }

    /** Asks on the connection that callers will use, which the key leads to. */
    private CompletionStage<?> reaches(StatefulRedisClusterConnection<byte[], byte[]> opened, Server server) {
        byte[] key = keyOf(server);
        return key == null ? opened.async().clusterMyId() : opened.async().exists(key);
    }

    /** Looks again where the slots are. */
    CompletionStage<Void> refresh() {
        return cluster.refreshPartitionsAsync();
    }

    /** Returns the servers that have slots, as far as is known. */
    List<RedisClusterNode> masters() {
        StatefulRedisClusterConnection<byte[], byte[]> current = connection.get();
        return current == null
                ? List.of()
                : current.getPartitions().stream()
                        .filter(node ->
                                node.getRole().isUpstream() && !node.getSlots().isEmpty())
                        .toList();
    }

    /** Returns the address of a server with the credentials of the seeds. */
    RedisURI uri(RedisClusterNode node) {
        return Addresses.of(seeds.get(0), node.getUri().getHost(), node.getUri().getPort());
    }

    @Override
    public boolean isConnected() {
        StatefulRedisClusterConnection<byte[], byte[]> current = connection.get();
        return current != null && current.isOpen();
    }

    @Override
    public boolean isCluster() {
        return true;
    }

    @Override
    public String address() {
        return Addresses.of(seeds);
    }

    @Override
    public RedisURI anyServer() {
        List<RedisURI> candidates =
                new ArrayList<>(masters().stream().map(this::uri).toList());
        if (candidates.isEmpty()) {
            candidates.addAll(seeds);
        }
        return candidates.get(ThreadLocalRandom.current().nextInt(candidates.size()));
    }

    @Override
    public Tracking track(Feeds feeds, String prefix, Tracking.Listener receiver) {
        return new ClusterTracking(threads, this, feeds, prefix, receiver).begin();
    }

    @Override
    public void close() {
        cluster.shutdown(Duration.ZERO, Threads.SHUTDOWN_PATIENCE);
    }

    private StatefulRedisClusterConnection<byte[], byte[]> current() {
        StatefulRedisClusterConnection<byte[], byte[]> current = connection.get();
        if (current == null) {
            throw first.missing(address());
        }
        return current;
    }

    private @Nullable String id(Server server) {
        Optional<String> id = servers.entrySet().stream()
                .filter(entry -> entry.getValue() == server)
                .map(Map.Entry::getKey)
                .findFirst();
        return id.orElse(null);
    }
}

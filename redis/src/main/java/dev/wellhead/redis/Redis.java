package dev.wellhead.redis;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.GuardedMetrics;
import dev.wellhead.core.internal.Options;
import dev.wellhead.core.internal.Reminders;
import dev.wellhead.redis.RedisUnavailableException.Reason;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of one Redis, of the master that sentinels name, or of a cluster, shared by any number of caches and limiters. Every call ends within its budget, with an answer
 * or a {@link RedisUnavailableException}; after a few failures in a row a breaker refuses calls at once, and a probe in
 * the background opens the way again. Redis need not be there when the client is built.
 *
 * <p>Thread-safe. Whoever builds it closes it.
 */
public final class Redis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Redis.class);
    // Deadlines are kept by the threads, in real time.
    private static final Ticker TICKER = Ticker.system();

    private static final Duration CONNECTION_PATIENCE = Duration.ofSeconds(2);
    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(10);

    private final String name;
    private final long budgetNanos;
    private final Reminders<CompletableFuture<?>> deadlines;
    private final Threads threads;
    private final Link link;
    private final Feeds feeds;
    private final Prober prober;
    private final CallCounter counter;
    private final List<MetricSink.Registration> gauges;

    private Redis(Builder options) {
        name = "redis '" + options.name + "'";
        budgetNanos = options.budgetNanos;
        threads = new Threads(options.resources);
        deadlines = new Reminders<>(TICKER, budgetNanos, threads::schedule, call -> giveUp(call, overBudget()));
        link = link(options);
        feeds = new Feeds(threads, name, options.heartbeatNanos, clientOptions(options), link::anyServer);
        prober = new Prober(name, threads, link, budgetNanos, options.probeNanos, options.listener);
        MetricSink metrics = GuardedMetrics.of(options.metrics, name, LOG);
        counter = new CallCounter(metrics, options.name, options.ticker);
        gauges = List.of(
                metrics.gauge("wellhead.redis.connected", () -> link.isConnected() ? 1 : 0, "redis", options.name),
                metrics.gauge("wellhead.redis.breaker.open", () -> isAnyOpen() ? 1 : 0, "redis", options.name));
    }

    private Link link(Builder options) {
        List<RedisURI> uris = options.uris.stream()
                .map(uri -> Addresses.patient(uri, CONNECTION_PATIENCE))
                .toList();
        Function<String, Server> server = address -> new Server(address, options.failures, options.ticker, budgetNanos);
        if (options.cluster) {
            return new ClusterLink(threads, name, uris, clusterOptions(options), server);
        }
        return new SingleLink(threads, uris.get(0), clientOptions(options), server.apply(Addresses.of(uris.get(0))));
    }

    private static ClientOptions clientOptions(Builder options) {
        ClientOptions.Builder builder = ClientOptions.builder();
        configure(builder, options);
        return builder.build();
    }

    private static ClusterClientOptions clusterOptions(Builder options) {
        ClusterClientOptions.Builder builder = ClusterClientOptions.builder();
        configure(builder, options);
        // A master that has just joined is followed to before anybody has told us of it.
        return builder.validateClusterNodeMembership(false)
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                        .adaptiveRefreshTriggersTimeout(Duration.ofMillis(500))
                        .refreshTriggersReconnectAttempts(2)
                        .build())
                .build();
    }

    private static void configure(ClientOptions.Builder builder, Builder options) {
        builder.autoReconnect(true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                // What was under way when a connection broke may have been carried out: it is not sent twice.
                .replayFilter(command -> true)
                .requestQueueSize(options.queue)
                // Deadlines are ours, one for a call even if it takes two commands.
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECTION_PATIENCE)
                        .keepAlive(true)
                        .build());
        if (options.tls != null) {
            builder.sslOptions(options.tls);
        }
    }

    /**
     * Starts the options of a client for one server, or for the master that sentinels name if the address has them. The
     * address may hold user, password and database, and ask for TLS.
     */
    public static Builder builder(RedisURI uri) {
        return new Builder(List.of(uri), false);
    }

    /**
     * Starts the options of a client for a Redis Cluster.
     *
     * @param seeds some of its servers, through which the others are found; user, password and TLS of the first hold for all
     * @throws IllegalArgumentException if there is none
     */
    public static Builder cluster(List<RedisURI> seeds) {
        Options.atLeast("seeds", 1, seeds.size());
        return new Builder(List.copyOf(seeds), true);
    }

    /** The options of a client. For one thread. */
    public static final class Builder {
        private final List<RedisURI> uris;
        private final boolean cluster;
        private String name = "redis";
        private @Nullable ClientResources resources;
        private long budgetNanos = TimeUnit.MILLISECONDS.toNanos(50);
        private long connectNanos = TimeUnit.SECONDS.toNanos(1);
        private int failures = 3;
        private long probeNanos = TimeUnit.SECONDS.toNanos(1);
        private long heartbeatNanos = TimeUnit.SECONDS.toNanos(1);
        private int queue = 10_000;
        private @Nullable SslOptions tls;
        private Ticker ticker = Ticker.system();
        private MetricSink metrics = MetricSink.none();
        private RedisListener listener = new RedisListener() {};

        private Builder(List<RedisURI> uris, boolean cluster) {
            this.uris = uris;
            this.cluster = cluster;
        }

        /** Names the client in messages and metrics. Default: {@code redis}. */
        public Builder name(String name) {
            this.name = Options.name("name", name);
            return this;
        }

        /**
         * Shares the host's threads. The reconnect delay is set on a copy, so the host's own clients keep theirs; the
         * host shuts its resources down, after this client. Default: resources of its own.
         */
        public Builder resources(ClientResources resources) {
            this.resources = resources;
            return this;
        }

        /** Bounds every call, from the request to the answer. Default: 50 ms. */
        public Builder budget(Duration budget) {
            this.budgetNanos = Options.positiveNanos("budget", budget);
            return this;
        }

        /** Bounds how long {@link #build()} waits for the first answer before it goes on without. Default: 1 s. */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectNanos = Options.positiveNanos("connectTimeout", connectTimeout);
            return this;
        }

        /**
         * Sets how many calls in a row must fail for the breaker to open, and how often it is then tried in the
         * background whether Redis is back. Calls that were under way together count as one. Default: 3 and 1 s; a
         * connection made again is tried at once.
         */
        public Builder breaker(int failures, Duration probeEvery) {
            this.failures = Options.atLeast("failures", 1, failures);
            this.probeNanos = Options.positiveNanos("probeEvery", probeEvery);
            return this;
        }

        /**
         * Sets how often subscriptions and trackings ask for a sign of life. A connection that is dead without knowing it
         * is told as lost after three of these at most. Default: 1 s.
         */
        public Builder heartbeat(Duration heartbeat) {
            this.heartbeatNanos = Options.positiveNanos("heartbeat", heartbeat);
            return this;
        }

        /**
         * Says what to trust, for an address that asks for TLS ({@code rediss://}). The server's certificate and host
         * name are verified unless the address says otherwise. Default: the JVM's authorities.
         */
        public Builder tls(SslOptions tls) {
            this.tls = tls;
            return this;
        }

        /** Bounds how many calls may be under way at once; more fail at once. Default: 10,000. */
        public Builder queue(int queue) {
            this.queue = Options.atLeast("queue", 1, queue);
            return this;
        }

        /** Receives {@code wellhead.redis.*}. Default: none. */
        public Builder metrics(MetricSink metrics) {
            this.metrics = metrics;
            return this;
        }

        /** Hears when Redis goes and comes. Default: nobody. */
        public Builder listener(RedisListener listener) {
            this.listener = listener;
            return this;
        }

        /** Replaces the clock for durations. Default: {@link Ticker#system()}. */
        public Builder ticker(Ticker ticker) {
            this.ticker = ticker;
            return this;
        }

        /**
         * Builds the client and waits for the first answer, at most the connect timeout. A Redis that is not there is
         * no error: it is logged, calls fail fast, and connecting goes on in the background.
         */
        public Redis build() {
            Redis redis = new Redis(this);
            redis.connect(connectNanos);
            return redis;
        }
    }

    /**
     * Runs a script and waits for its result, at most the budget. An interrupt ends the wait as if the budget had run
     * out; the flag stays set.
     *
     * @param keys what the script touches; on a cluster they must share a slot, which keys with the same {@code {tag}} do
     * @throws RedisUnavailableException if there is no result in time
     */
    public <T extends @Nullable Object> T run(RedisScript<T> script, List<byte[]> keys, List<byte[]> arguments) {
        return await(start(script, keys, arguments));
    }

    /**
     * Runs a script. The stage ends within the budget, on a thread of the client: what depends on it must not block.
     * It fails with {@link RedisUnavailableException} only.
     *
     * @param keys what the script touches; on a cluster they must share a slot, which keys with the same {@code {tag}} do
     */
    public <T extends @Nullable Object> CompletionStage<T> runAsync(
            RedisScript<T> script, List<byte[]> keys, List<byte[]> arguments) {
        return bounded(start(script, keys, arguments));
    }

    /**
     * Sends any command and waits for its result, at most the budget. On a cluster Lettuce finds the servers.
     *
     * @param command starts the command on the shared connection; must not block, nor change the connection's state
     * @throws RedisUnavailableException if there is no result in time
     */
    public <T extends @Nullable Object> T call(
            Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
        return await(start(command));
    }

    /**
     * Sends any command. The stage ends within the budget, on a thread of the client: what depends on it must not block.
     * It fails with {@link RedisUnavailableException} only.
     *
     * @param command starts the command on the shared connection; must not block, nor change the connection's state
     */
    public <T extends @Nullable Object> CompletionStage<T> callAsync(
            Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
        return bounded(start(command));
    }

    /**
     * Sends a command about one key and waits for its result, at most the budget. On a cluster it is refused or counted
     * against the server of that key alone.
     *
     * @param key decides about the server
     * @param command starts the command on the shared connection; must not block, nor change the connection's state
     * @throws RedisUnavailableException if there is no result in time
     */
    public <T extends @Nullable Object> T call(
            byte[] key, Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
        return await(start(link.serverOf(List.of(key)), call -> call.send(command)));
    }

    /**
     * Sends a command about one key. The stage ends within the budget, on a thread of the client: what depends on it must
     * not block. It fails with {@link RedisUnavailableException} only. On a cluster it is refused or counted against the
     * server of that key alone.
     *
     * @param key decides about the server
     * @param command starts the command on the shared connection; must not block, nor change the connection's state
     */
    public <T extends @Nullable Object> CompletionStage<T> callAsync(
            byte[] key, Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
        return bounded(start(link.serverOf(List.of(key)), call -> call.send(command)));
    }

    /** Returns whether this is a cluster, where the keys of one script must share a slot. */
    public boolean isCluster() {
        return link.isCluster();
    }

    /**
     * Listens to a channel, on a connection of its own that is made again whenever it breaks or falls silent. Returns at
     * once; {@link Subscription.Listener#restored()} says when it is subscribed. On a cluster it hears what is published
     * on any of its servers.
     */
    public Subscription subscribe(String channel, Subscription.Listener receiver) {
        return feeds.subscribe(channel, receiver);
    }

    /**
     * Watches all keys that begin with a prefix, on a connection of its own to each master, made again whenever it breaks
     * or falls silent. Returns at once; {@link Tracking.Listener#opened()} says when every change is heard.
     */
    public Tracking track(String prefix, Tracking.Listener receiver) {
        return link.track(feeds, prefix, receiver);
    }

    /** Returns what is known of Redis' own time; of a cluster, the time of one of its servers. */
    public RedisClock clock() {
        return link.serverOf(List.of()).clock;
    }

    /**
     * Returns what is known of the time of the server that has the key. The servers of a cluster each have their own, and
     * what a script reads is that of the server where it runs.
     */
    public RedisClock clock(byte[] key) {
        return link.serverOf(List.of(key)).clock;
    }

    /** Returns the bound of every call. */
    public Duration budget() {
        return Duration.ofNanos(budgetNanos);
    }

    /** Returns what happened so far. Never blocks. */
    public RedisStats stats() {
        return counter.stats(link.isConnected(), isAnyOpen());
    }

    /** Returns DEGRADED while Redis, or a part of the cluster, is away: callers go on without. Never blocks, asks nobody. */
    public Health health() {
        for (Server server : link.servers()) {
            RedisUnavailableException cause = server.cause();
            if (server.breaker.isOpen() && cause != null) {
                return Health.degraded(
                        name + ": " + server.name + " is away, calls go on without it: " + cause.getMessage());
            }
        }
        return link.isConnected() ? Health.up(name + " answers") : Health.degraded(name + " is not connected");
    }

    /** Closes the connections and, unless they are the host's, the threads; calls under way fail. Idempotent. */
    @Override
    public void close() {
        if (!threads.beginClosing()) {
            return;
        }
        gauges.forEach(MetricSink.Registration::close);
        feeds.close();
        link.close();
        threads.close();
    }

    private void connect(long patienceNanos) {
        link.connect(prober);
        try {
            prober.ready().get(patienceNanos, TimeUnit.NANOSECONDS);
            LOG.info("{} connected to {}", name, link.address());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn(
                    "{} at {} does not answer; going on without it, connecting in the background{}",
                    name,
                    link.address(),
                    whyNot());
        }
    }

    /** Says what keeps the first connection from being made, for whoever reads the log of the start. */
    private String whyNot() {
        try {
            link.commands();
            return "";
        } catch (RedisException e) {
            return " (" + Failures.of(name, e).getMessage() + ")";
        }
    }

    private boolean isAnyOpen() {
        return link.servers().stream().anyMatch(server -> server.breaker.isOpen());
    }

    private <T extends @Nullable Object> CompletableFuture<T> start(
            RedisScript<T> script, List<byte[]> keys, List<byte[]> arguments) {
        Server server;
        try {
            server = link.serverOf(keys);
        } catch (RedisUnavailableException e) {
            counter.failed(e.reason(), counter.start());
            return CompletableFuture.failedFuture(e);
        }
        return start(server, call -> call.send(script, keys, arguments, counter::scriptLoaded));
    }

    private <T extends @Nullable Object> CompletableFuture<T> start(
            Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
        return start(link.serverOf(List.of()), call -> call.send(command));
    }

    /** Starts a call: refused by the breaker, failed at once, or under way. Counts how it ends. */
    private <T extends @Nullable Object> CompletableFuture<T> start(Server server, Consumer<Call<T>> send) {
        if (server.breaker.isOpen()) {
            counter.shortCircuited();
            return CompletableFuture.failedFuture(refusal(server));
        }
        long begun = TICKER.nanos();
        long start = counter.start();
        CompletableFuture<T> call;
        try {
            Call<T> sent = new Call<>(name, link.commands());
            send.accept(sent);
            call = sent;
        } catch (RuntimeException e) {
            call = CompletableFuture.failedFuture(Failures.of(name, e));
        }
        call.whenComplete((value, error) -> ended(server, error, begun, start));
        return call;
    }

    private void ended(Server server, @Nullable Throwable error, long begun, long start) {
        if (error == null) {
            server.breaker.succeeded();
            counter.succeeded(start);
            return;
        }
        RedisUnavailableException failure = Failures.of(name, error);
        counter.failed(failure.reason(), start);
        if (Failures.isElsewhere(failure)) {
            prober.mend(server);
        }
        if (failure.isAgainstRedis() && server.breaker.failed(begun, TICKER.nanos())) {
            counter.breakerOpened();
            prober.opened(server, failure);
        }
    }

    private <T extends @Nullable Object> T await(CompletableFuture<T> call) {
        try {
            return call.get(budgetNanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw Failures.of(name, e);
        } catch (TimeoutException e) {
            throw giveUp(call, overBudget());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            // An impatient caller says nothing against Redis.
            throw giveUp(
                    call,
                    new RedisUnavailableException(
                            Reason.TIMEOUT, false, name + ": interrupted while waiting for the answer", e));
        }
    }

    private static RedisUnavailableException giveUp(CompletableFuture<?> call, RedisUnavailableException failure) {
        call.completeExceptionally(failure);
        return failure;
    }

    private RedisUnavailableException overBudget() {
        return Failures.of(name, new TimeoutException("budget of " + budget().toMillis() + " ms used up"));
    }

    private <T extends @Nullable Object> CompletionStage<T> bounded(CompletableFuture<T> call) {
        if (!call.isDone()) {
            Reminders.Reminder<?> deadline = deadlines.add(call);
            call.whenComplete((value, error) -> deadline.drop());
        }
        return call.minimalCompletionStage();
    }

    private RedisUnavailableException refusal(Server server) {
        RedisUnavailableException cause = server.cause();
        return new RedisUnavailableException(
                Reason.BREAKER_OPEN,
                false,
                name + ": not asked, since the last calls failed; tried again in the background"
                        + (cause == null ? "" : " (" + cause.getMessage() + ")"),
                null);
    }
}

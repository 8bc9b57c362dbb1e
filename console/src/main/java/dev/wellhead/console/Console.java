package dev.wellhead.console;

import com.sun.net.httpserver.HttpHandler;
import dev.wellhead.backup.Backups;
import dev.wellhead.cache.Cache;
import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.DaemonThreads;
import dev.wellhead.core.internal.Options;
import dev.wellhead.migrate.Migrator;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.SqliteDatabase;
import dev.wellhead.ratelimit.RateLimiter;
import dev.wellhead.redis.Redis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A page that shows how the parts of a service are: mount {@link #handler()} on a server of yours, or {@link #start(int)} one.
 * It only shows: nothing can be changed by it. Without a {@linkplain Builder#token token} it answers programs of its own machine
 * alone.
 *
 * <p>One daemon thread looks at all parts once a second, and keeps ten minutes of that in bounded memory; that blocks nobody and
 * asks nobody. What must be asked of a database or a store (migrations, backups, query plans) is asked only while somebody
 * looks, on threads that nobody waits for.
 *
 * <p>Thread-safe. Owns threads, and the server if it started one: close it. It closes none of the parts that it shows.
 */
public final class Console implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);
    private static final int MOST_READERS = 8;
    private static final long READER_IDLE_SECONDS = 10;

    private final State state;
    private final Access access;
    private final Sampler sampler;
    private final ThreadPoolExecutor readers;
    private final ConsoleHandler handler;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final List<ConsoleServer> servers = new CopyOnWriteArrayList<>();

    private Console(Builder options) {
        Ticker ticker = options.ticker;
        // Each question has at most one asker, so there are never more threads than questions; plans may be many.
        readers = new ThreadPoolExecutor(
                0,
                MOST_READERS,
                READER_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                DaemonThreads.of("console", "reader"));
        Parts parts = new Parts(options.metrics, options.clock, ticker, readers, options.explains);
        List<Card> cards = options.parts.stream().map(part -> part.card(parts)).toList();
        History history = new History(options.samples, cards);
        sampler = new Sampler(cards, history, ticker, options.periodNanos);
        state = new State(options.title, cards, history, sampler, options.clock, options.periodNanos, options.samples);
        access = new Access(options.token, ticker);
        handler = new ConsoleHandler(access, Assets.load(), Map.of("state", state::now, "plan", state::plan));
        sampler.start();
    }

    /** Starts a console that shows nothing yet. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns what answers for the console, to be mounted anywhere on a server of the host's: {@code
     * server.createContext("/console", console.handler())}. It never blocks but to send its answers. Closing the console leaves
     * it mounted; then it shows what was last known.
     */
    public HttpHandler handler() {
        return handler;
    }

    /**
     * Starts a server for the console alone, on the loopback address.
     *
     * @param port 0 for any that is free
     * @return where the page is
     * @throws IOException if the port is taken
     * @throws IllegalArgumentException if it is no port
     * @throws IllegalStateException if the console is closed
     */
    public URI start(int port) throws IOException {
        return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /**
     * Starts a server for the console alone, on this address. Plain HTTP: across a network, put TLS in front of it.
     *
     * @return where the page is; for a wildcard address with the name of the loopback one
     * @throws IOException if the address is taken, or not of this machine
     * @throws IllegalArgumentException if it is not a loopback address and the console has no token
     * @throws IllegalStateException if the console is closed
     */
    public URI start(InetSocketAddress address) throws IOException {
        InetAddress host = address.getAddress();
        if (host == null) {
            throw new IOException(
                    "console: " + address.getHostString() + " is not known; give an address of this machine");
        }
        if (!host.isLoopbackAddress() && !access.asksForToken()) {
            throw new IllegalArgumentException("console: " + host.getHostAddress()
                    + " can be reached by others, and there is no token; set token(...), or start(port) for this machine"
                    + " alone");
        }
        ConsoleServer server = ConsoleServer.start(address, handler);
        servers.add(server);
        if (closed.get()) {
            server.close();
            throw new IllegalStateException("console: closed, it starts no server any more");
        }
        LOG.info("console at {}", server.uri());
        return server.uri();
    }

    /** Ends its threads and servers, within about 3 s. Idempotent. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        servers.forEach(ConsoleServer::close);
        sampler.stop();
        readers.shutdownNow();
    }

    /** For tests: takes a sample now. */
    void sample(long nowNanos) {
        sampler.sample(nowNanos);
    }

    @Override
    public String toString() {
        return "Console[" + state.summary() + (access.asksForToken() ? ", with a token]" : ", this machine only]");
    }

    /** What cards are made with. */
    record Parts(ConsoleMetrics metrics, Clock clock, Ticker ticker, Executor readers, boolean explains) {}

    /** A part of the service, before it is known what all are shown with. */
    @FunctionalInterface
    private interface Part {
        Card card(Parts parts);
    }

    /** Options of a console, and what it shows, in this order. For one thread. A bad value is refused by its setter. */
    public static final class Builder {
        private static final int SHORTEST_TOKEN = 16;
        private static final int LONGEST_TEXT = 100;

        private final List<Part> parts = new ArrayList<>();
        private final List<String> named = new ArrayList<>();
        private String title = "Wellhead";
        private ConsoleMetrics metrics = ConsoleMetrics.create();
        private @Nullable String token;
        private boolean explains = true;
        private Clock clock = Clock.systemUTC();
        private Ticker ticker = Ticker.system();
        private long periodNanos = TimeUnit.SECONDS.toNanos(1);
        private int samples = 600;

        private Builder() {}

        /** Sets what stands at the top of the page: the service's name. Default: {@code Wellhead}. */
        public Builder title(String title) {
            if (title.isBlank() || title.length() > LONGEST_TEXT) {
                throw new IllegalArgumentException("title must have 1 to 100 characters, had " + title.length());
            }
            this.title = title;
            return this;
        }

        /** Shows a pool, its borrowers and slow queries. For wait times see {@link #metrics}. */
        public Builder pool(ConnectionPool pool) {
            return add(
                    "pool",
                    pool.name(),
                    parts -> new PoolCard(
                            pool,
                            parts.metrics(),
                            parts.clock(),
                            parts.explains() ? new Plans(pool, parts.ticker(), parts.readers()) : null));
        }

        /** Shows both pools of an SQLite database. */
        public Builder pools(SqliteDatabase database) {
            return pool(database.writer()).pool(database.readers());
        }

        /**
         * Shows a cache.
         *
         * @param name what to call it
         */
        public Builder cache(String name, Cache<?, ?> cache) {
            Objects.requireNonNull(cache, "cache");
            return add("cache", name, parts -> new CacheCard(name, cache));
        }

        /**
         * Shows a limiter; with the keys that it denies most if it is a {@link WatchedLimiter}.
         *
         * @param name what to call it
         */
        public Builder limiter(String name, RateLimiter limiter) {
            Objects.requireNonNull(limiter, "limiter");
            return add("limiter", name, parts -> new LimiterCard(name, limiter));
        }

        /**
         * Shows a Redis client.
         *
         * @param name what its own builder was given as the name ({@code redis} by default), by which its latency is found in
         *     {@link #metrics}
         */
        public Builder redis(String name, Redis redis) {
            Objects.requireNonNull(redis, "redis");
            return add("redis", name, parts -> new RedisCard(name, redis, parts.metrics()));
        }

        /**
         * Shows where each migration stands. While somebody looks at the page, {@link Migrator#status()} is called every 15 s.
         *
         * @param name what to call them
         */
        public Builder migrations(String name, Migrator migrator) {
            Objects.requireNonNull(migrator, "migrator");
            return add(
                    "migrations", name, parts -> new MigrationsCard(name, migrator, parts.ticker(), parts.readers()));
        }

        /**
         * Shows the backups in a store. While somebody looks at the page, {@link Backups#list()} and {@link Backups#health()} are
         * called every 30 s.
         *
         * @param name what to call them
         */
        public Builder backups(String name, Backups backups) {
            Objects.requireNonNull(backups, "backups");
            return add(
                    "backups",
                    name,
                    parts -> new BackupsCard(name, backups, parts.clock(), parts.ticker(), parts.readers()));
        }

        /**
         * Sets where pools and Redis clients tell their times: the object that their builders were given as {@code
         * metrics(...)}. Default: none, and then the page shows no wait times and no latency.
         */
        public Builder metrics(ConsoleMetrics metrics) {
            this.metrics = Objects.requireNonNull(metrics, "metrics");
            return this;
        }

        /**
         * Lets in whoever has this token, from wherever, and nobody else. It goes into the page's form, or the header {@code
         * Authorization: Bearer}; never into an address, which would be logged. Only its hash is kept. Default: none, and then only
         * programs of this machine are answered.
         *
         * @throws IllegalArgumentException if it has fewer than 16 characters, or others than visible ASCII ones
         */
        public Builder token(String token) {
            if (token.length() < SHORTEST_TOKEN) {
                throw new IllegalArgumentException("token must have at least 16 characters, had " + token.length()
                        + "; take a random one, as openssl rand -hex 16 prints");
            }
            if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IllegalArgumentException("token must have visible ASCII characters only, without blanks");
            }
            this.token = token;
            return this;
        }

        /**
         * Has no query explained. Default: a slow query is explained when somebody asks for its plan on the page: never run, on a
         * connection beside the pool, one at a time.
         */
        public Builder withoutPlans() {
            this.explains = false;
            return this;
        }

        /** For tests. */
        Builder clocks(Clock clock, Ticker ticker) {
            this.clock = clock;
            this.ticker = ticker;
            return this;
        }

        /** For tests. */
        Builder sampling(long periodNanos, int samples) {
            this.periodNanos = periodNanos;
            this.samples = samples;
            return this;
        }

        private Builder add(String kind, String name, Part part) {
            Options.name("name of " + kind, name);
            if (named.contains(kind + " " + name)) {
                throw new IllegalArgumentException(
                        "there is a " + kind + " '" + name + "' already; give each a name of its own");
            }
            named.add(kind + " " + name);
            parts.add(part);
            return this;
        }

        /** Builds the console, and begins to look at its parts. Blocks for nothing. */
        public Console build() {
            return new Console(this);
        }
    }
}

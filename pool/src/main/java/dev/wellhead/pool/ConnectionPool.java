package dev.wellhead.pool;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.DaemonThreads;
import dev.wellhead.core.internal.Options;
import dev.wellhead.jdbc.DirectDataSource;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A bounded pool of JDBC connections. Callers are served strictly in order of arrival, and wait no longer than their
 * timeout whatever the driver does: connecting and validating happen on the pool's own threads. A connection that comes
 * back is rolled back and restored to what it was when new, or is closed.
 *
 * <p>Thread-safe. The connections it lends are for one thread at a time, but may be closed from any, any number of times.
 * Owns threads and connections: close it.
 */
public final class ConnectionPool implements DataSource, AutoCloseable {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);
    private static final Duration DRAIN = Duration.ofSeconds(10);
    // What the driver gets to close its connections in.
    private static final long CLOSING_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long WORKER_IDLE_SECONDS = 10;

    private final PoolSettings settings;
    private final Ticker ticker;
    private final Meters meters;
    private final PoolEvents events;
    private final Slots slots;
    private final Complaints complaints;
    private final ThreadPoolExecutor workers;
    private final Housekeeper housekeeper;
    private final List<MetricSink.Registration> gauges;
    private final @Nullable DirectDataSource direct;

    private ConnectionPool(
            Builder options, PoolSettings settings, @Nullable DirectDataSource direct, Opener.Source source) {
        this.settings = settings;
        this.direct = direct;
        ticker = options.ticker;
        meters = new Meters(options.metrics, ticker, settings.name());
        events = new PoolEvents(settings.name(), meters, options.listener);
        complaints = new Complaints(settings);
        DaemonThreads threads = DaemonThreads.of("pool", settings.name());
        // Each task has a slot of its own, so there are never more threads than slots.
        workers = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, WORKER_IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
        housekeeper = new Housekeeper(threads);
        Opener opener = new Opener(source, options.setup, settings.maxLifetimeNanos());
        slots = new Slots(settings, new Slots.Tools(opener, ticker, workers, meters, events, housekeeper::wake));
        gauges = meters.gauges(slots::stats);
        housekeeper.start(slots::housekeep);
        LOG.info(
                "pool '{}' opened: at most {} connections{}",
                settings.name(),
                settings.maxSize(),
                direct == null ? "" : " to " + direct.url());
    }

    /**
     * Starts a pool of connections that the driver manager opens for this URL. Credentials go to {@link
     * Builder#credentials}, not into the URL.
     */
    public static Builder builder(String jdbcUrl) {
        return new Builder(Objects.requireNonNull(jdbcUrl, "jdbcUrl"), null);
    }

    /** Starts a pool of connections of this data source, which must open a new one at each call. */
    public static Builder builder(DataSource unpooled) {
        return new Builder(null, Objects.requireNonNull(unpooled, "unpooled"));
    }

    /**
     * Borrows a connection; its {@code close()} gives it back. Waits up to the acquire timeout.
     *
     * @throws PoolTimeoutException if none came within the acquire timeout
     * @throws PoolUnavailableException if too many wait already, if the database is known to be down and no connection is
     *     left, or if the thread was interrupted while it waited (the flag is kept; a thread already interrupted still
     *     gets a connection that is there)
     * @throws ConnectionClosedException if the pool is closed, or closes meanwhile
     */
    @Override
    public Connection getConnection() throws SQLException {
        Waiter waiter = await(settings.acquireNanos());
        Connection connection = lent(waiter);
        if (connection == null) {
            throw complaint(waiter, settings.acquireNanos());
        }
        return connection;
    }

    /**
     * Borrows a connection if one can be had within this time, possibly zero; empty if not, also if too many wait
     * already. A connection that lay idle for over 500 ms is validated before it is lent, so with zero the result may be
     * empty though one lies idle, which is then ready for the next call.
     *
     * @throws IllegalArgumentException if the duration is negative
     * @throws PoolUnavailableException if the database is known to be down and no connection is left, or if the thread was
     *     interrupted while it waited (the flag is kept)
     * @throws ConnectionClosedException if the pool is closed, or closes meanwhile
     */
    public Optional<Connection> tryAcquire(Duration timeout) throws SQLException {
        long nanos = Options.nonNegativeNanos("timeout", timeout);
        Waiter waiter = await(nanos);
        Connection connection = lent(waiter);
        if (connection != null) {
            return Optional.of(connection);
        }
        if (waiter.refusal() == Refusal.TIMEOUT || waiter.refusal() == Refusal.QUEUE_FULL) {
            return Optional.empty();
        }
        throw complaint(waiter, nanos);
    }

    private Waiter await(long timeoutNanos) {
        long start = meters.start();
        Waiter waiter = slots.request();
        if (!waiter.isSettled()) {
            Refusal reason = waiter.await(ticker, timeoutNanos);
            slots.withdraw(waiter, reason);
        }
        meters.waited(start);
        if (waiter.refusal() == Refusal.TIMEOUT) {
            events.timedOut(slots.stats());
        }
        return waiter;
    }

    private static @Nullable Connection lent(Waiter waiter) {
        Lease lease = waiter.lease();
        if (lease == null) {
            return null;
        }
        try {
            lease.rememberStack();
            return new PooledConnection(lease);
        } catch (Throwable e) {
            // Out of memory or stack: the caller gets no proxy, so nobody else could give it back.
            lease.close();
            throw e;
        }
    }

    private SQLException complaint(Waiter waiter, long timeoutNanos) {
        Refusal refusal = Objects.requireNonNull(waiter.refusal(), "refusal");
        return complaints.about(refusal, slots.view(), timeoutNanos);
    }

    /** Not supported: a pool's connections all have the same credentials. */
    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "pool '" + settings.name() + "' lends connections of one user; build another pool for another user");
    }

    /**
     * Returns a source of new, unpooled connections with the same URL, credentials and driver properties, for long jobs
     * such as migrations and backups: they hold no slot and trip no leak report. Works after the pool is closed, too.
     *
     * @throws IllegalStateException if the pool was built from a data source that is no {@link DirectDataSource}
     */
    public DirectDataSource direct() {
        if (direct == null) {
            throw new IllegalStateException("pool '" + settings.name()
                    + "' was built from a DataSource, whose URL and credentials are not known; build it from a JDBC URL"
                    + " or a DirectDataSource to have direct()");
        }
        return direct;
    }

    /** Returns how the pool stands now and what it has done. Never blocks. */
    public PoolStats stats() {
        return slots.stats();
    }

    /** Returns who holds connections now, longest first. Never blocks. */
    public List<BorrowedConnection> borrowed() {
        return slots.borrowed();
    }

    /**
     * Returns what the pool knows of its state, without asking the database: down if it is closed, or cannot connect and
     * has no connection left; degraded if it cannot connect, or everything is lent and callers wait.
     */
    public Health health() {
        Slots.View view = slots.view();
        PoolStats stats = view.stats();
        if (view.shut()) {
            return Health.down("pool '" + settings.name() + "' is closed");
        }
        if (view.down()) {
            String detail = "pool '" + settings.name() + "': the database cannot be reached since "
                    + Meters.duration(view.outageNanos()) + " (" + stats + ")";
            return stats.active() + stats.idle() == 0 ? Health.down(detail) : Health.degraded(detail);
        }
        if (stats.waiting() > 0 && stats.active() == stats.maxSize()) {
            return Health.degraded("pool '" + settings.name() + "': everything is lent (" + stats + ")");
        }
        return Health.up(stats.toString());
    }

    /** Closes the pool as {@link #close(Duration)} does, waiting up to 10 s for what is lent. */
    @Override
    public void close() {
        close(DRAIN);
    }

    /**
     * Closes the pool: refuses everybody who waits at once, closes what is idle, waits up to {@code drain} for what is
     * lent, then takes the rest away by force: statements are cancelled and the connections cut. Returns within {@code
     * drain} and 3 s more; a driver that hangs beyond that keeps its daemon thread until it returns, and what it opened
     * is closed then. Interrupted, it drains no longer and keeps the flag. Idempotent.
     *
     * @throws IllegalArgumentException if the duration is negative
     */
    public void close(Duration drain) {
        long drainNanos = Options.nonNegativeNanos("drain", drain);
        boolean wasOpen = !slots.view().shut();
        slots.shut();
        if (!slots.awaitReturned(drainNanos)) {
            List<BorrowedConnection> held = slots.borrowed();
            LOG.warn("pool '{}': taking away connections that did not come back: {}", settings.name(), held);
            slots.revokeAll();
        }
        if (!slots.awaitEmpty(CLOSING_NANOS)) {
            LOG.warn("pool '{}': the driver has not closed everything yet ({})", settings.name(), slots.stats());
        }
        housekeeper.stop();
        workers.shutdown();
        gauges.forEach(MetricSink.Registration::close);
        if (wasOpen) {
            LOG.info("pool '{}' closed", settings.name());
        }
    }

    /** Returns null: there is no log writer, SLF4J is used. */
    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    /** Not supported. */
    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("no log writer; use SLF4J");
    }

    /** Not supported: use {@link Builder#acquireTimeout}. */
    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("no login timeout; use acquireTimeout of the builder");
    }

    /** Returns the acquire timeout in seconds, rounded up. */
    @Override
    public int getLoginTimeout() {
        return (int) Math.min(Integer.MAX_VALUE, seconds(settings.acquireNanos()));
    }

    /** Not supported. */
    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("java.util.logging is not used; use SLF4J");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (!type.isInstance(this)) {
            throw new SQLException("not a wrapper for " + type.getName());
        }
        return type.cast(this);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public String toString() {
        return "ConnectionPool[" + settings.name() + ", " + slots.stats() + "]";
    }

    private static long seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos + TimeUnit.SECONDS.toNanos(1) - 1);
    }

    /** Options of a pool. Not thread-safe. A bad value is refused by its setter, a bad relation by {@link #build()}. */
    public static final class Builder {
        private static final int WAITERS_PER_CONNECTION = 64;
        private static final int MIN_IDLE = 2;

        private final @Nullable String url;
        private final @Nullable DataSource unpooled;
        private final Properties driverProperties = new Properties();
        private String name = "main";
        private int maxSize = 10;
        private @Nullable Integer minIdle;
        private @Nullable Integer maxWaiters;
        private long acquireNanos = TimeUnit.SECONDS.toNanos(5);
        private long connectNanos = TimeUnit.SECONDS.toNanos(5);
        private long validationNanos = TimeUnit.SECONDS.toNanos(2);
        private long maxLifetimeNanos = TimeUnit.MINUTES.toNanos(30);
        private long idleNanos = TimeUnit.MINUTES.toNanos(10);
        private long leakNanos = TimeUnit.SECONDS.toNanos(60);
        private MetricSink metrics = MetricSink.none();
        private PoolListener listener = new PoolListener() {};
        private Ticker ticker = Ticker.system();
        private Opener.Setup setup = connection -> {};

        private Builder(@Nullable String url, @Nullable DataSource unpooled) {
            this.url = url;
            this.unpooled = unpooled;
        }

        /** Names the pool in messages, metrics and threads. Default: {@code main}. */
        public Builder name(String name) {
            this.name = Options.name("name", name);
            return this;
        }

        /** Sets who connects. Only with a JDBC URL. Default: what the URL says. */
        public Builder credentials(String user, String password) {
            driverProperties.setProperty("user", user);
            driverProperties.setProperty("password", password);
            return this;
        }

        /** Sets a property that is handed to the driver. Only with a JDBC URL. Default: none. */
        public Builder driverProperty(String key, String value) {
            driverProperties.setProperty(key, value);
            return this;
        }

        /** Sets how many physical connections there may be, those being opened or closed included. Default: 10. */
        public Builder maxSize(int maxSize) {
            this.maxSize = Options.atLeast("maxSize", 1, maxSize);
            return this;
        }

        /** Sets how many idle connections are held ready. Default: 2, or {@code maxSize} if that is smaller. */
        public Builder minIdle(int minIdle) {
            this.minIdle = Options.atLeast("minIdle", 0, minIdle);
            return this;
        }

        /** Sets how many callers may wait at a time; more are refused at once. Default: 64 times {@code maxSize}. */
        public Builder maxWaiters(int maxWaiters) {
            this.maxWaiters = Options.atLeast("maxWaiters", 1, maxWaiters);
            return this;
        }

        /** Sets how long {@link ConnectionPool#getConnection()} waits. Default: 5 s. */
        public Builder acquireTimeout(Duration acquireTimeout) {
            this.acquireNanos = Options.positiveNanos("acquireTimeout", acquireTimeout);
            return this;
        }

        /**
         * Sets how long the driver may take to connect before it counts as a failure. On PostgreSQL it is also handed to
         * the driver, in seconds rounded up, as {@code connectTimeout} and {@code loginTimeout}, unless the URL or a driver
         * property sets them; with other drivers set theirs, since a connect that never returns keeps its slot. Default:
         * 5 s.
         */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectNanos = Options.positiveNanos("connectTimeout", connectTimeout);
            return this;
        }

        /**
         * Sets how long a validation may take, handed to the driver in seconds rounded up. Connections are validated
         * before they are lent if they lay idle for over 500 ms. Default: 2 s.
         */
        public Builder validationTimeout(Duration validationTimeout) {
            this.validationNanos = Options.positiveNanos("validationTimeout", validationTimeout);
            return this;
        }

        /**
         * Sets after what time a connection is replaced, less up to 25 % at random so that they do not all go at once; one
         * that is lent is replaced when it comes back. Default: 30 min.
         */
        public Builder maxLifetime(Duration maxLifetime) {
            this.maxLifetimeNanos = Options.positiveNanos("maxLifetime", maxLifetime);
            return this;
        }

        /** Keeps connections as long as they work. */
        public Builder withoutMaxLifetime() {
            this.maxLifetimeNanos = Long.MAX_VALUE;
            return this;
        }

        /** Sets after what time idle connections beyond {@code minIdle} are closed. Default: 10 min. */
        public Builder idleTimeout(Duration idleTimeout) {
            this.idleNanos = Options.positiveNanos("idleTimeout", idleTimeout);
            return this;
        }

        /** Keeps idle connections however long nobody needs them. */
        public Builder withoutIdleTimeout() {
            this.idleNanos = Long.MAX_VALUE;
            return this;
        }

        /** Sets how long a connection may be held before it is reported as a leak, once. Default: 60 s. */
        public Builder leakThreshold(Duration leakThreshold) {
            this.leakNanos = Options.positiveNanos("leakThreshold", leakThreshold);
            return this;
        }

        /** Reports no leaks. */
        public Builder withoutLeakDetection() {
            this.leakNanos = Long.MAX_VALUE;
            return this;
        }

        /** Sets where metrics go. Default: nowhere. */
        public Builder metrics(MetricSink metrics) {
            this.metrics = Objects.requireNonNull(metrics, "metrics");
            return this;
        }

        /** Sets who hears of events. Default: nobody. */
        public Builder listener(PoolListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** Sets the clock for all durations. Default: {@link Ticker#system()}. */
        public Builder ticker(Ticker ticker) {
            this.ticker = Objects.requireNonNull(ticker, "ticker");
            return this;
        }

        /** Sets what is done once with each new connection. */
        Builder setup(Opener.Setup setup) {
            this.setup = setup;
            return this;
        }

        /**
         * Builds the pool and starts to open its idle reserve in the background; does not wait for the database.
         *
         * @throws IllegalArgumentException naming everything that does not fit together
         */
        public ConnectionPool build() {
            int reserve = minIdle == null ? Math.min(MIN_IDLE, maxSize) : minIdle;
            int queue = maxWaiters == null
                    ? (int) Math.min(Integer.MAX_VALUE, (long) WAITERS_PER_CONNECTION * maxSize)
                    : maxWaiters;
            Options.of("pool '" + name + "'")
                    .require(reserve <= maxSize, "minIdle " + reserve + " must be <= maxSize " + maxSize)
                    .require(
                            url != null || driverProperties.isEmpty(),
                            "credentials and driver properties need a JDBC URL; a DataSource has its own")
                    .check();
            PoolSettings settings = new PoolSettings(
                    name,
                    maxSize,
                    reserve,
                    queue,
                    acquireNanos,
                    connectNanos,
                    validationNanos,
                    maxLifetimeNanos,
                    idleNanos,
                    leakNanos);
            if (url != null) {
                DirectDataSource direct = DirectDataSource.of(url, withDriverTimeouts(url));
                return new ConnectionPool(this, settings, direct, direct::getConnection);
            }
            DataSource source = Objects.requireNonNull(unpooled, "unpooled");
            @Nullable DirectDataSource direct = source instanceof DirectDataSource known ? known : null;
            return new ConnectionPool(this, settings, direct, source::getConnection);
        }

        // Without them pgjdbc waits for ever on a server that accepts and says nothing.
        private Properties withDriverTimeouts(String url) {
            Properties properties = new Properties();
            properties.putAll(driverProperties);
            if (url.startsWith("jdbc:postgresql:")) {
                String seconds = String.valueOf(Math.min(seconds(connectNanos), Integer.MAX_VALUE / 1000));
                for (String option : List.of("connectTimeout", "loginTimeout")) {
                    if (!properties.containsKey(option) && !url.contains(option + "=")) {
                        properties.setProperty(option, seconds);
                    }
                }
                if (!properties.containsKey("tcpKeepAlive") && !url.contains("tcpKeepAlive=")) {
                    properties.setProperty("tcpKeepAlive", "true");
                }
            }
            return properties;
        }
    }
}

package dev.wellhead.pool;

import dev.wellhead.core.Health;
import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Redaction;
import dev.wellhead.core.Ticker;
import dev.wellhead.core.internal.DaemonThreads;
import dev.wellhead.core.internal.Options;
import dev.wellhead.jdbc.Credentials;
import dev.wellhead.jdbc.DirectDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A bounded pool of JDBC connections. Callers who wait are served in order of arrival, and wait no longer than their timeout
 * whatever the driver does: connecting and validating happen on the pool's own threads. Newcomers queue behind them, but
 * where connections are held for a few microseconds only, a running thread may overtake for a moment. A connection that
 * comes back is rolled back and restored to what it was when new, or is closed.
 *
 * <p>Thread-safe. The connections it lends are for one thread at a time, but may be closed from any, any number of times.
 * Owns threads and connections: close it.
 */
public final class ConnectionPool extends PlainDataSource implements AutoCloseable {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);
    private static final Duration DRAIN = Duration.ofSeconds(10);
    // What borrowers get to notice in that their statements were cancelled, and the driver to close its connections in.
    private static final long CANCELLED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long CLOSING_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long WORKER_IDLE_SECONDS = 10;

    private final PoolSettings settings;
    private final SlowQueries slowQueries;
    private final Slots slots;
    private final Dispatcher dispatcher;
    private final PoolControl control;
    private final PoolReports reports;
    private final Acquisition acquisition;
    private final ThreadPoolExecutor workers;
    private final Housekeeper housekeeper;
    private final List<MetricSink.Registration> gauges;
    private final @Nullable Runnable hideFromJmx;
    private final @Nullable DirectDataSource direct;

    private ConnectionPool(
            Builder options, PoolSettings settings, @Nullable DirectDataSource direct, Opener.Source source) {
        this.settings = settings;
        this.direct = direct;
        Ticker ticker = options.ticker;
        Meters meters = new Meters(options.metrics, ticker, settings.name());
        PoolEvents events = new PoolEvents(settings.name(), meters, options.listener);
        slowQueries = new SlowQueries(
                new SlowQueries.Options(options.slowNanos, options.slowKept, options.captureParameters),
                ticker,
                meters,
                events);
        DaemonThreads threads = DaemonThreads.of("pool", settings.name());
        // Each task has a place of its own in the pool, so there are never more threads than places.
        workers = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, WORKER_IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
        housekeeper = new Housekeeper(threads);
        Opener opener = new Opener(source, options.wholeSetup(), options.sessionReset, settings.maxLifetimeNanos());
        slots = new Slots(
                settings,
                new Slots.Tools(
                        opener, ticker, workers, meters, events, new SqlEffects(), slowQueries, housekeeper::wake));
        dispatcher = slots.dispatcher();
        control = slots.control();
        reports = slots.reports();
        acquisition = new Acquisition(settings, ticker, meters, events, slots);
        gauges = meters.isEnabled() ? meters.gauges(reports::stats, settings.minIdle()) : List.of();
        hideFromJmx = options.jmx ? showToJmx() : null;
        housekeeper.start(slots.maintenance()::housekeep);
        if (LOG.isInfoEnabled()) {
            // Taking the secrets out of a URL costs a start more than all the rest of it.
            LOG.info(
                    "pool '{}' opened: at most {} connections{}",
                    settings.name(),
                    settings.maxSize(),
                    direct == null ? "" : " to " + direct.url());
        }
    }

    private Runnable showToJmx() {
        try {
            return PoolBean.register(this, settings.name());
        } catch (RuntimeException | NoClassDefFoundError e) {
            gauges.forEach(MetricSink.Registration::close);
            throw e instanceof RuntimeException refused
                    ? refused
                    : new IllegalStateException(
                            "pool '" + settings.name() + "': jmx() needs the module java.management, which this runtime"
                                    + " does not have; add it, or leave jmx() out",
                            e);
        }
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
        return acquisition.acquire(null);
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
        return acquisition.tryAcquire(Options.nonNegativeNanos("timeout", timeout));
    }

    /**
     * Asks for a connection without waiting for it. The future is completed on a thread of the pool's within the acquire
     * timeout, with what {@link #getConnection()} would return or throw. Whoever cancels it before gets none and leaves
     * the queue; whoever drops it must close the connection all the same. Never blocks.
     */
    public CompletableFuture<Connection> acquireAsync() {
        return acquisition.acquireAsync();
    }

    /** Not supported: a pool's connections all have the same credentials. */
    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "pool '" + settings.name() + "' lends connections of one user; build another pool for another user");
    }

    /**
     * Returns the part of this pool that was set aside under this name with {@link Builder#share}, as a data source of
     * its own: its borrowers hold no more connections than it may, and find those free that are reserved for it.
     *
     * @throws IllegalArgumentException if there is no share of this name
     */
    public DataSource share(String name) {
        Share share = dispatcher
                .shares()
                .named(name)
                .orElseThrow(() -> new IllegalArgumentException("pool '" + settings.name() + "' has no share '"
                        + Redaction.printable(name) + "'; name it in the builder with share(...)"));
        return new SharedSource(share);
    }

    final class SharedSource extends PlainDataSource {
        private final Share share;

        SharedSource(Share share) {
            this.share = share;
        }

        @Override
        public Connection getConnection() throws SQLException {
            return acquisition.acquire(share);
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return ConnectionPool.this.getConnection(user, password);
        }

        @Override
        public int getLoginTimeout() {
            return ConnectionPool.this.getLoginTimeout();
        }

        @Override
        public String toString() {
            return "share '" + share.name + "' of " + ConnectionPool.this;
        }
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

    /** Returns the name that stands in logs, metrics and messages. */
    public String name() {
        return settings.name();
    }

    /** Returns how the pool stands now and what it has done. Never blocks. */
    public PoolStats stats() {
        return reports.stats();
    }

    /** Returns who holds connections now, longest first. Never blocks. */
    public List<BorrowedConnection> borrowed() {
        return reports.borrowed();
    }

    /**
     * Returns the last executions that were slow, newest first, as many as {@link Builder#slowQueriesKept} says. {@link
     * QueryPlans} tells why they are. Never blocks.
     */
    public List<SlowQuery> slowQueries() {
        return slowQueries.newestFirst();
    }

    /**
     * Returns what the pool knows of its state, without asking the database: down if it is closed, or cannot connect and
     * has no connection left; degraded if it cannot connect, or everything is lent and callers wait.
     */
    public Health health() {
        PoolReports.View view = reports.view();
        PoolStats stats = view.stats();
        if (view.shut()) {
            return Health.down("pool '" + settings.name() + "' is closed");
        }
        if (view.down()) {
            String detail = "pool '" + settings.name() + "': the database cannot be reached since "
                    + Meters.duration(view.outageNanos()) + " (" + stats + ")";
            return stats.active() + stats.idle() == 0 ? Health.down(detail) : Health.degraded(detail);
        }
        if (view.suspended()) {
            return Health.degraded("pool '" + settings.name() + "' is suspended (" + stats + ")");
        }
        if (stats.waiting() > 0 && stats.active() == stats.maxSize()) {
            return Health.degraded("pool '" + settings.name() + "': everything is lent (" + stats + ")");
        }
        return Health.up(stats.toString());
    }

    /**
     * Waits until the idle reserve of {@code minIdle} connections has been opened, at most this long. A start-up may do so
     * to have its first requests find the pool warm. Interrupted, it returns at once and keeps the flag.
     *
     * @return whether the reserve is there
     * @throws IllegalArgumentException if the duration is negative
     */
    public boolean awaitWarm(Duration timeout) {
        return control.awaitWarm(Options.nonNegativeNanos("timeout", timeout));
    }

    /**
     * Changes the bound on open connections. What is too much is closed: idle ones at once, those on loan when they come
     * back. Does not block.
     *
     * @throws IllegalArgumentException if {@code maxSize} is below 1 or below {@code minIdle}
     */
    public void resize(int maxSize) {
        Options.atLeast("maxSize", Math.max(1, settings.minIdle()), maxSize);
        control.resize(maxSize);
        LOG.info("pool '{}': at most {} connections from now on", settings.name(), maxSize);
    }

    /**
     * Lends nothing until {@link #resume()} or until the time is over, as before a failover that is announced: callers
     * wait, within their own timeouts. What is lent stays lent. Does not block.
     *
     * @throws IllegalArgumentException if the duration is zero or negative
     */
    public void suspend(Duration atMost) {
        control.suspend(Options.positiveNanos("atMost", atMost));
        LOG.info("pool '{}' suspended for {} at most", settings.name(), atMost);
    }

    /** Ends {@link #suspend}; does nothing if the pool is not suspended. Does not block. */
    public void resume() {
        control.resume();
        LOG.info("pool '{}' resumed", settings.name());
    }

    /**
     * Replaces every connection: closes idle ones at once and those on loan when they come back, as after a change of
     * credentials or of the schema. Does not block.
     */
    public void evict() {
        control.evict();
    }

    /** Closes the pool as {@link #close(Duration)} does, waiting up to 10 s for what is lent. */
    @Override
    public void close() {
        close(DRAIN);
    }

    /**
     * Closes the pool: refuses everybody who waits at once, closes what is idle, waits up to {@code drain} for what is
     * lent, then cancels the statements that still run and takes the connections away. Returns within {@code drain} and
     * 3.5 s more; a driver that hangs beyond that keeps its daemon thread until it returns, and what it opened is closed
     * then. Interrupted, it drains no longer and keeps the flag. Idempotent.
     *
     * @throws IllegalArgumentException if the duration is negative
     */
    public void close(Duration drain) {
        long drainNanos = Options.nonNegativeNanos("drain", drain);
        boolean wasOpen = !reports.view().shut();
        control.shut();
        if (!control.awaitReturned(drainNanos)) {
            LOG.warn(
                    "pool '{}': taking away connections that did not come back: {}",
                    settings.name(),
                    reports.borrowed());
            dispatcher.chores().work(control::cancelAll);
            control.awaitReturned(CANCELLED_NANOS);
            control.revokeAll();
        }
        if (!control.awaitEmpty(CLOSING_NANOS)) {
            LOG.warn("pool '{}': the driver has not closed everything yet ({})", settings.name(), reports.stats());
        }
        housekeeper.stop();
        workers.shutdown();
        gauges.forEach(MetricSink.Registration::close);
        if (hideFromJmx != null) {
            hideFromJmx.run();
        }
        if (wasOpen) {
            LOG.info("pool '{}' closed", settings.name());
        }
    }

    /** Returns the acquire timeout in seconds, rounded up. */
    @Override
    public int getLoginTimeout() {
        return (int) Math.min(Integer.MAX_VALUE, seconds(settings.acquireNanos()));
    }

    @Override
    public String toString() {
        return "ConnectionPool[" + settings.name() + ", " + reports.stats() + "]";
    }

    /** For tests: what it was built with. */
    PoolSettings settings() {
        return settings;
    }

    /** For tests: does now what the housekeeper would do with its next tick. */
    void housekeep() {
        slots.maintenance().housekeep();
    }

    private static long seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos + TimeUnit.SECONDS.toNanos(1) - 1);
    }

    /** Options of a pool. Not thread-safe. A bad value is refused by its setter, a bad relation by {@link #build()}. */
    public static final class Builder {
        private static final int WAITERS_PER_CONNECTION = 64;
        private static final int MIN_IDLE = 2;
        private static final int PARALLEL_CONNECTS = 16;

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
        private long keepaliveNanos = TimeUnit.MINUTES.toNanos(2);
        private long leakNanos = TimeUnit.SECONDS.toNanos(60);
        private long reclaimNanos = Long.MAX_VALUE;
        private long slowNanos = TimeUnit.SECONDS.toNanos(1);
        private int slowKept = 100;
        private boolean captureParameters;
        private @Nullable Integer parallelConnects;
        private boolean primaryRequired;
        private boolean jmx;
        private final Map<String, Share> shares = new LinkedHashMap<>();
        private @Nullable Supplier<Credentials> credentials;
        private MetricSink metrics = MetricSink.none();
        private PoolListener listener = new PoolListener() {};
        private Ticker ticker = Ticker.system();
        private SessionReset sessionReset = SessionReset.TRACKED;
        private List<String> connectionInit = List.of();
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

        /**
         * Sets who says who connects, asked at each connect, so that credentials can be changed while the pool is in use:
         * once they are, {@link ConnectionPool#evict()} replaces what was opened before. Only with a JDBC URL.
         */
        public Builder credentials(Supplier<Credentials> credentials) {
            this.credentials = Objects.requireNonNull(credentials, "credentials");
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

        /**
         * Sets how many connections may be opened at a time. They are opened by demand: no more than would still be wanted
         * when they are ready, given the pace at which connections come back. After an outage the pool begins with one.
         * Default: 16, or {@code maxSize} if that is smaller.
         */
        public Builder parallelConnects(int parallelConnects) {
            this.parallelConnects = Options.atLeast("parallelConnects", 1, parallelConnects);
            return this;
        }

        /**
         * Sets a part of the pool aside for one kind of work, say for one tenant or for reports, to be had from {@link
         * ConnectionPool#share}: it never holds more than {@code atMost} connections, and {@code reserved} are kept free
         * for it whoever else is busy. A pool that is divided takes a lock for each borrow. Default: undivided.
         */
        public Builder share(String name, int atMost, int reserved) {
            Options.name("share", name);
            Options.atLeast("atMost of share '" + name + "'", 1, atMost);
            Options.atLeast("reserved of share '" + name + "'", 0, reserved);
            if (shares.putIfAbsent(name, new Share(name, atMost, reserved)) != null) {
                throw new IllegalArgumentException("share '" + name + "' is set already; give each its own name");
            }
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

        /**
         * Sets after what time an idle connection is validated though nobody wants it, so that no firewall forgets it.
         * Default: 2 min.
         */
        public Builder keepalive(Duration keepalive) {
            this.keepaliveNanos = Options.positiveNanos("keepalive", keepalive);
            return this;
        }

        /** Leaves idle connections alone. */
        public Builder withoutKeepalive() {
            this.keepaliveNanos = Long.MAX_VALUE;
            return this;
        }

        /**
         * Declares that the pool wants a server that takes writes: SQLState 25006 (read-only transaction), as a primary
         * that was demoted says it, then discards the connection and replaces all others as {@link ConnectionPool#evict()} does. Do not
         * use it where transactions are read-only on purpose and may try to write. Default: not required.
         */
        public Builder primaryRequired() {
            this.primaryRequired = true;
            return this;
        }

        /**
         * Takes a connection away from its borrower when nothing has begun or ended on it for this long: what runs is
         * cancelled on the server, then, unless something happens within 2 s, the connection is cut; the late borrower gets
         * SQLState 08003.
         * Default: off, leaks are reported only.
         */
        public Builder reclaimAfter(Duration inactive) {
            this.reclaimNanos = Options.positiveNanos("reclaimAfter", inactive);
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

        /**
         * Sets from what time on a statement is reported as slow. From 1 s on, and without a metric sink, no clock is read
         * for it: it is then measured to a tenth of a second. Default: 1 s.
         */
        public Builder slowQueryThreshold(Duration slowQueryThreshold) {
            this.slowNanos = Options.positiveNanos("slowQueryThreshold", slowQueryThreshold);
            return this;
        }

        /** Reports no slow statements. */
        public Builder withoutSlowQueries() {
            this.slowNanos = Long.MAX_VALUE;
            return this;
        }

        /** Sets how many slow statements {@link ConnectionPool#slowQueries()} knows, the last ones. Default: 100. */
        public Builder slowQueriesKept(int slowQueriesKept) {
            this.slowKept = Options.atLeast("slowQueriesKept", 1, slowQueriesKept);
            return this;
        }

        /**
         * Keeps the parameters of slow statements, which may be personal data, for {@link SlowQuery#parameters()} and to
         * explain the statement with. They go to no log. Default: off.
         */
        public Builder captureParameters() {
            this.captureParameters = true;
            return this;
        }

        /**
         * Sets statements that are run once on each new connection, in this order and each in a transaction of its own, for
         * example {@code SET search_path TO app}; what they set is what borrowers find, also after a {@link #sessionReset}.
         * If one fails, the connect counts as failed. Default: none.
         *
         * @throws IllegalArgumentException if one is blank, or begins a transaction
         */
        public Builder connectionInit(String... statements) {
            for (String sql : statements) {
                if (sql.isBlank()) {
                    throw new IllegalArgumentException("connectionInit must hold SQL, was blank");
                }
                if ((StatementEffects.of(sql, SqlDialect.POSTGRES) & SessionState.SQL_TRANSACTION) != 0) {
                    throw new IllegalArgumentException(
                            "connectionInit must not begin a transaction, was: " + SqlText.shown(sql));
                }
            }
            this.connectionInit = List.of(statements);
            return this;
        }

        /** Sets when the session of a connection that comes back is reset. Default: {@link SessionReset#TRACKED}. */
        public Builder sessionReset(SessionReset sessionReset) {
            this.sessionReset = Objects.requireNonNull(sessionReset, "sessionReset");
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

        /**
         * Shows the pool to JMX while it is open, as {@code dev.wellhead:type=ConnectionPool,name="<name>"} on the platform's
         * server, see {@link PoolMXBean}. Each pool then needs a name of its own; {@link #build()} refuses one that is
         * registered. Needs the module {@code java.management}. Default: not shown.
         */
        public Builder jmx() {
            this.jmx = true;
            return this;
        }

        /** Sets what is done with each new connection, before {@link #connectionInit}. */
        Builder setup(Opener.Setup setup) {
            this.setup = setup;
            return this;
        }

        /**
         * Builds the pool and starts to open its idle reserve in the background; does not wait for the database.
         *
         * @throws IllegalArgumentException naming everything that does not fit together
         * @throws IllegalStateException if {@link #jmx()} was called and JMX knows a pool of this name, or there is no JMX
         */
        public ConnectionPool build() {
            int reserve = minIdle == null ? Math.min(MIN_IDLE, maxSize) : minIdle;
            int queue = maxWaiters == null
                    ? (int) Math.min(Integer.MAX_VALUE, (long) WAITERS_PER_CONNECTION * maxSize)
                    : maxWaiters;
            Options.of("pool '" + name + "'")
                    .require(reserve <= maxSize, "minIdle " + reserve + " must be <= maxSize " + maxSize)
                    .require(
                            url != null || (driverProperties.isEmpty() && credentials == null),
                            "credentials and driver properties need a JDBC URL; a DataSource has its own")
                    .require(
                            kept() <= maxSize,
                            "shares reserve " + kept() + " connections, which must be <= maxSize " + maxSize)
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
                    keepaliveNanos,
                    leakNanos,
                    reclaimNanos,
                    parallelConnects == null ? Math.min(PARALLEL_CONNECTS, maxSize) : parallelConnects,
                    primaryRequired,
                    List.copyOf(shares.values()));
            if (url != null) {
                Properties properties = withDriverTimeouts(url);
                DirectDataSource direct = credentials == null
                        ? DirectDataSource.of(url, properties)
                        : DirectDataSource.of(url, properties, credentials);
                return new ConnectionPool(this, settings, direct, direct::getConnection);
            }
            DataSource source = Objects.requireNonNull(unpooled, "unpooled");
            @Nullable DirectDataSource direct = source instanceof DirectDataSource known ? known : null;
            return new ConnectionPool(this, settings, direct, source::getConnection);
        }

        private Opener.Setup wholeSetup() {
            Opener.Setup first = setup;
            List<String> init = connectionInit;
            return connection -> {
                first.apply(connection);
                run(init, connection);
            };
        }

        private static void run(List<String> init, Connection connection) throws SQLException {
            if (init.isEmpty()) {
                return;
            }
            boolean autoCommit = connection.getAutoCommit();
            if (!autoCommit) {
                // Else what is set would be rolled back with the transaction that it opens.
                connection.setAutoCommit(true);
            }
            try (Statement statement = connection.createStatement()) {
                for (String sql : init) {
                    statement.execute(sql);
                }
            }
            if (!autoCommit) {
                connection.setAutoCommit(false);
            }
        }

        private int kept() {
            int kept = 0;
            for (Share share : shares.values()) {
                kept += share.reserved;
            }
            return kept;
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

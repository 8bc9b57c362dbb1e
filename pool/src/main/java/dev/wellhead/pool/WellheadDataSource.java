package dev.wellhead.pool;

import dev.wellhead.core.MetricSink;
import dev.wellhead.core.Redaction;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ConnectionPool} as a bean, for frameworks that make their data source with a constructor without arguments and
 * set its properties, and for services that come from HikariCP, whose property names it knows. Code that builds its pool
 * itself uses {@link ConnectionPool#builder}, which has more to offer.
 *
 * <p>Options may also stand in the URL, as in {@code jdbc:postgresql://db/app?wellhead.maxSize=20&wellhead.acquireTimeout=2s}:
 * {@code name}, {@code maxSize}, {@code minIdle}, {@code maxWaiters}, {@code parallelConnects}, {@code acquireTimeout},
 * {@code connectTimeout}, {@code validationTimeout}, {@code maxLifetime}, {@code idleTimeout}, {@code keepalive}, {@code
 * leakThreshold}, {@code reclaimAfter}, {@code slowQueryThreshold}, {@code slowQueriesKept}, {@code captureParameters},
 * {@code sessionReset}, {@code primaryRequired} and {@code jmx}; durations as {@code 500ms}, {@code 2s},
 * {@code 5m} or {@code 1h}, and {@code off} where the builder has a method to switch the option off. The driver does not
 * see them. What is set nowhere has the builder's default. A property that is set again takes the last value; an option
 * that both a property and the URL set is refused.
 *
 * <p>A number of milliseconds where HikariCP has one, a {@code Duration} elsewhere. A setter refuses a bad value with an
 * {@code IllegalArgumentException}; once the pool is built or closed every setter throws {@code IllegalStateException}.
 * Properties cannot be read back, as some are secret.
 *
 * <p>The pool is built at the first {@link #getConnection()}, or by {@link #pool()}. Thread-safe. Owns the pool: close it.
 */
public final class WellheadDataSource extends PlainDataSource implements AutoCloseable {
    /*
     * The lock guards the properties and the one decision who builds. Building itself, which runs code of the driver's and
     * of the host's, happens outside of it: whoever finds no pool leaves a promise, everybody else waits for that one. A
     * promise that failed is taken back before it is broken, so that the properties can be mended. The pool is published by
     * the volatile field, after which getConnection() takes no lock.
     */
    private final ReentrantLock properties = new ReentrantLock();
    // Under the lock.
    private final Map<String, Consumer<ConnectionPool.Builder>> options = new LinkedHashMap<>();
    private final Properties driverProperties = new Properties();
    private @Nullable PoolUrl url;
    private @Nullable String username;
    private @Nullable String password;
    private @Nullable CompletableFuture<ConnectionPool> promise;
    private boolean closed;

    private volatile @Nullable ConnectionPool pool;

    /** Creates a data source without any property set; it needs a URL at least. */
    public WellheadDataSource() {}

    /** Sets the JDBC URL, which may hold options of the pool. Required. */
    public void setUrl(String url) {
        PoolUrl parsed = PoolUrl.parse(Objects.requireNonNull(url, "url"));
        change("url", () -> this.url = parsed);
    }

    /** Sets the same as {@link #setUrl}, under HikariCP's name. */
    public void setJdbcUrl(String jdbcUrl) {
        PoolUrl parsed = PoolUrl.parse(Objects.requireNonNull(jdbcUrl, "jdbcUrl"));
        change("jdbcUrl", () -> this.url = parsed);
    }

    /** Sets the database user. Default: what the URL says. */
    public void setUsername(String username) {
        Objects.requireNonNull(username, "username");
        change("username", () -> this.username = username);
    }

    /** Sets the password. Default: what the URL says. */
    public void setPassword(String password) {
        Objects.requireNonNull(password, "password");
        change("password", () -> this.password = password);
    }

    /**
     * Loads the driver's class, for drivers that do not announce themselves. Default: the driver manager finds the driver.
     *
     * @throws IllegalArgumentException if there is no such class, or it is no JDBC driver
     */
    public void setDriverClassName(String driverClassName) {
        load(Objects.requireNonNull(driverClassName, "driverClassName"));
        change("driverClassName", () -> {});
    }

    /** Sets a property that is handed to the driver, as its text. Default: none. */
    public void addDataSourceProperty(String key, Object value) {
        Objects.requireNonNull(key, "key");
        String text = value.toString();
        change("dataSourceProperty", () -> driverProperties.setProperty(key, text));
    }

    /** Sets all properties that are handed to the driver, in place of those set before. Default: none. */
    public void setDataSourceProperties(Properties dataSourceProperties) {
        Properties copy = new Properties();
        dataSourceProperties.forEach((key, value) -> copy.setProperty(key.toString(), value.toString()));
        change("dataSourceProperties", () -> {
            driverProperties.clear();
            driverProperties.putAll(copy);
        });
    }

    /** Sets the pool's name. Default: {@code main}. */
    public void setPoolName(String poolName) {
        set("poolName", PoolOption.NAME, Objects.requireNonNull(poolName, "poolName"));
    }

    /** Sets how many physical connections there may be. Default: 10. */
    public void setMaximumPoolSize(int maximumPoolSize) {
        set("maximumPoolSize", PoolOption.MAX_SIZE, maximumPoolSize);
    }

    /** Sets how many idle connections are held ready. Default: 2, or {@code maximumPoolSize} if that is smaller. */
    public void setMinimumIdle(int minimumIdle) {
        set("minimumIdle", PoolOption.MIN_IDLE, minimumIdle);
    }

    /** Sets how many milliseconds {@link #getConnection()} waits, at least 1. Default: 5,000. */
    public void setConnectionTimeout(long millis) {
        set("connectionTimeout", PoolOption.ACQUIRE_TIMEOUT, Duration.ofMillis(millis));
    }

    /** Sets how many milliseconds a validation may take, at least 1. Default: 2,000. */
    public void setValidationTimeout(long millis) {
        set("validationTimeout", PoolOption.VALIDATION_TIMEOUT, Duration.ofMillis(millis));
    }

    /**
     * Sets after how many milliseconds idle connections beyond {@code minimumIdle} are closed, 0 for never. Default:
     * 600,000.
     */
    public void setIdleTimeout(long millis) {
        set("idleTimeout", PoolOption.IDLE_TIMEOUT, unlessZero(millis));
    }

    /** Sets after how many milliseconds, less up to 25 %, a connection is replaced, 0 for never. Default: 1,800,000. */
    public void setMaxLifetime(long millis) {
        set("maxLifetime", PoolOption.MAX_LIFETIME, unlessZero(millis));
    }

    /** Sets after how many milliseconds an idle connection is validated, 0 for never. Default: 120,000. */
    public void setKeepaliveTime(long millis) {
        set("keepaliveTime", PoolOption.KEEPALIVE, unlessZero(millis));
    }

    /** Sets after how many milliseconds a borrow is reported as a leak, 0 for never. Default: 60,000. */
    public void setLeakDetectionThreshold(long millis) {
        set("leakDetectionThreshold", PoolOption.LEAK_THRESHOLD, unlessZero(millis));
    }

    /** Sets whether the pool is to be seen by JMX. Default: false. */
    public void setRegisterMbeans(boolean registerMbeans) {
        set("registerMbeans", PoolOption.JMX, registerMbeans);
    }

    /** Sets one statement that is run once on each new connection. Default: none. */
    public void setConnectionInitSql(String sql) {
        Consumer<ConnectionPool.Builder> init = builder -> builder.connectionInit(sql);
        init.accept(ConnectionPool.builder(""));
        change("connectionInitSql", () -> options.put("connectionInit", init));
    }

    /** Sets how many callers may wait at a time. Default: 64 times {@code maximumPoolSize}. */
    public void setMaxWaiters(int maxWaiters) {
        set("maxWaiters", PoolOption.MAX_WAITERS, maxWaiters);
    }

    /** Sets how many connections may be opened at a time. Default: 16, or {@code maximumPoolSize} if that is smaller. */
    public void setParallelConnects(int parallelConnects) {
        set("parallelConnects", PoolOption.PARALLEL_CONNECTS, parallelConnects);
    }

    /** Sets the same as {@link #setMaximumPoolSize}. */
    public void setMaxSize(int maxSize) {
        set("maxSize", PoolOption.MAX_SIZE, maxSize);
    }

    /** Sets the same as {@link #setMinimumIdle}. */
    public void setMinIdle(int minIdle) {
        set("minIdle", PoolOption.MIN_IDLE, minIdle);
    }

    /** Sets the same as {@link #setConnectionTimeout}. */
    public void setAcquireTimeout(Duration acquireTimeout) {
        set("acquireTimeout", PoolOption.ACQUIRE_TIMEOUT, acquireTimeout);
    }

    /** Sets how long the driver may take to connect. Default: 5 s. */
    public void setConnectTimeout(Duration connectTimeout) {
        set("connectTimeout", PoolOption.CONNECT_TIMEOUT, connectTimeout);
    }

    /** Sets after what time an idle connection is validated. Default: 2 min. */
    public void setKeepalive(Duration keepalive) {
        set("keepalive", PoolOption.KEEPALIVE, Optional.of(keepalive));
    }

    /** Sets after what time a borrow is reported as a leak. Default: 60 s. */
    public void setLeakThreshold(Duration leakThreshold) {
        set("leakThreshold", PoolOption.LEAK_THRESHOLD, Optional.of(leakThreshold));
    }

    /** Sets after what time a connection is taken away from a borrower who does nothing with it. Default: never. */
    public void setReclaimAfter(Duration reclaimAfter) {
        set("reclaimAfter", PoolOption.RECLAIM_AFTER, reclaimAfter);
    }

    /** Sets from what time on a statement is reported as slow. Default: 1 s. */
    public void setSlowQueryThreshold(Duration slowQueryThreshold) {
        set("slowQueryThreshold", PoolOption.SLOW_QUERY_THRESHOLD, Optional.of(slowQueryThreshold));
    }

    /** Sets how many slow statements {@link ConnectionPool#slowQueries()} knows. Default: 100. */
    public void setSlowQueriesKept(int slowQueriesKept) {
        set("slowQueriesKept", PoolOption.SLOW_QUERIES_KEPT, slowQueriesKept);
    }

    /** Sets whether the parameters of slow statements are kept, which may be personal data. Default: false. */
    public void setCaptureParameters(boolean captureParameters) {
        set("captureParameters", PoolOption.CAPTURE_PARAMETERS, captureParameters);
    }

    /** Sets when the session of a connection that comes back is reset. Default: {@link SessionReset#TRACKED}. */
    public void setSessionReset(SessionReset sessionReset) {
        set("sessionReset", PoolOption.SESSION_RESET, sessionReset);
    }

    /** Sets whether the pool wants a server that takes writes. Default: false. */
    public void setPrimaryRequired(boolean primaryRequired) {
        set("primaryRequired", PoolOption.PRIMARY_REQUIRED, primaryRequired);
    }

    /** Sets where metrics go. Default: nowhere. */
    public void setMetrics(MetricSink metrics) {
        Objects.requireNonNull(metrics, "metrics");
        change("metrics", () -> options.put("metrics", builder -> builder.metrics(metrics)));
    }

    /** Sets who hears of events. Default: nobody. */
    public void setListener(PoolListener listener) {
        Objects.requireNonNull(listener, "listener");
        change("listener", () -> options.put("listener", builder -> builder.listener(listener)));
    }

    private <T> void set(String property, PoolOption<T> option, T value) {
        Consumer<ConnectionPool.Builder> assignment;
        try {
            assignment = option.to(value);
        } catch (IllegalArgumentException e) {
            throw property.equals(option.name())
                    ? e
                    : new IllegalArgumentException(property + ": " + e.getMessage(), e);
        }
        change(property, () -> options.put(option.name(), assignment));
    }

    private void change(String property, Runnable change) {
        properties.lock();
        try {
            if (closed || promise != null) {
                throw new IllegalStateException("data source" + (closed ? " closed" : ": the pool is built already")
                        + "; " + property + " must be set before the first getConnection()");
            }
            change.run();
        } finally {
            properties.unlock();
        }
    }

    // HikariCP documents 0 as "off" for these.
    private static Optional<Duration> unlessZero(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }

    private static void load(String driver) {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context == null ? WellheadDataSource.class.getClassLoader() : context;
        String problem;
        Throwable cause = null;
        try {
            // Only what is a driver is initialized, which is when it registers with the driver manager.
            if (Driver.class.isAssignableFrom(Class.forName(driver, false, loader))) {
                Class.forName(driver, true, loader);
                return;
            }
            problem = "is no java.sql.Driver";
        } catch (ClassNotFoundException e) {
            problem = "is not on the class path; add the driver's artifact, or leave driverClassName out";
            cause = e;
        } catch (LinkageError e) {
            problem = "cannot be loaded: " + e;
            cause = e;
        }
        throw new IllegalArgumentException("driverClassName " + Redaction.printable(driver) + " " + problem, cause);
    }

    /**
     * Borrows a connection as {@link ConnectionPool#getConnection()} does, after building the pool if there is none yet.
     *
     * @throws SQLException also if the pool cannot be built, with everything that is wrong with the properties, which can
     *     still be set then
     */
    @Override
    public Connection getConnection() throws SQLException {
        return pool().getConnection();
    }

    /** Not supported: a pool's connections all have the same credentials. */
    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return pool().getConnection(user, password);
    }

    /**
     * Returns the pool behind this data source, after building it if there is none yet. Never waits for the database.
     *
     * @throws ConnectionClosedException if this data source was closed before a pool was built
     * @throws SQLException if the pool cannot be built
     */
    public ConnectionPool pool() throws SQLException {
        ConnectionPool built = pool;
        return built == null ? build() : built;
    }

    private ConnectionPool build() throws SQLException {
        CompletableFuture<ConnectionPool> mine = null;
        CompletableFuture<ConnectionPool> awaited;
        ConnectionPool.@Nullable Builder builder = null;
        properties.lock();
        try {
            if (promise == null) {
                if (closed) {
                    throw ConnectionClosedException.dataSource();
                }
                builder = builder();
                mine = new CompletableFuture<>();
                promise = mine;
            }
            awaited = promise;
        } catch (IllegalArgumentException e) {
            throw unusable(e);
        } finally {
            properties.unlock();
        }
        if (mine != null && builder != null) {
            keep(mine, builder);
        }
        try {
            return awaited.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw unusable(e.getCause());
        }
    }

    private ConnectionPool.Builder builder() {
        PoolUrl where = url;
        if (where == null) {
            throw new IllegalArgumentException("no URL; set url (or jdbcUrl)");
        }
        TreeSet<String> twice = new TreeSet<>(options.keySet());
        twice.retainAll(where.options().keySet());
        if (!twice.isEmpty()) {
            throw new IllegalArgumentException(
                    "set both by the URL and by a property: " + String.join(", ", twice) + "; set each in one place");
        }
        ConnectionPool.Builder builder = ConnectionPool.builder(where.driverUrl());
        driverProperties.forEach((key, value) -> builder.driverProperty((String) key, (String) value));
        if (username != null) {
            builder.driverProperty("user", username);
        }
        if (password != null) {
            builder.driverProperty("password", password);
        }
        options.values().forEach(option -> option.accept(builder));
        where.options().values().forEach(option -> option.accept(builder));
        return builder;
    }

    private void keep(CompletableFuture<ConnectionPool> mine, ConnectionPool.Builder builder) {
        try {
            ConnectionPool built = builder.build();
            pool = built;
            mine.complete(built);
        } catch (RuntimeException | Error e) {
            properties.lock();
            try {
                promise = null;
            } finally {
                properties.unlock();
            }
            mine.completeExceptionally(e);
        }
    }

    private static SQLException unusable(@Nullable Throwable cause) {
        String why = cause == null ? "" : String.valueOf(cause.getMessage());
        return new SQLNonTransientConnectionException(
                "data source cannot build its pool: " + Redaction.url(why), "08001", cause);
    }

    /** Closes the pool as {@link ConnectionPool#close()} does; without one, sees to it that none is built. Idempotent. */
    @Override
    public void close() {
        CompletableFuture<ConnectionPool> building;
        properties.lock();
        try {
            closed = true;
            building = promise;
        } finally {
            properties.unlock();
        }
        ConnectionPool built = building == null
                ? null
                : building.handle((open, failure) -> open).join();
        if (built != null) {
            built.close();
        }
    }

    /** Returns whether {@link #close()} was called. */
    public boolean isClosed() {
        properties.lock();
        try {
            return closed;
        } finally {
            properties.unlock();
        }
    }

    /** Returns the acquire timeout in seconds, rounded up; 0 as long as no pool is built. */
    @Override
    public int getLoginTimeout() {
        ConnectionPool built = pool;
        return built == null ? 0 : built.getLoginTimeout();
    }

    /** Reaches the {@link ConnectionPool} too, which is built if there is none yet. */
    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type == ConnectionPool.class ? type.cast(pool()) : super.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type == ConnectionPool.class || super.isWrapperFor(type);
    }

    @Override
    public String toString() {
        ConnectionPool built = pool;
        return "WellheadDataSource[" + (built == null ? "no pool yet" : built.toString()) + "]";
    }
}

package dev.wellhead.spring;

import dev.wellhead.pool.SessionReset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the pool is told. The database's address, user and password are Boot's: {@code spring.datasource.*}, or a service
 * connection.
 *
 * @param enabled Whether the pool is the application's data source.
 * @param name Name of the pool in messages, metrics and threads.
 * @param maxSize How many connections there may be at most.
 * @param minIdle How many idle connections are held ready; 2, or max-size if that is smaller, where it is not set.
 * @param maxWaiters How many callers may wait at a time; 64 times max-size where it is not set.
 * @param parallelConnects How many connections may be opened at a time; 16, or max-size if that is smaller, where it is not set.
 * @param acquireTimeout How long a caller waits for a connection.
 * @param connectTimeout How long the driver may take to connect.
 * @param validationTimeout How long the check of a connection may take.
 * @param maxLifetime Age at which a connection is replaced, less up to a quarter at random.
 * @param idleTimeout Time after which idle connections beyond min-idle are closed.
 * @param keepalive Time after which an idle connection is checked though nobody wants it.
 * @param leakThreshold How long a connection may be held before it is reported as a leak.
 * @param reclaimAfter Time after which a connection is taken away from a borrower who does nothing with it; never where it is not set.
 * @param slowQueryThreshold Duration from which on a statement is reported as slow.
 * @param slowQueriesKept How many slow statements are remembered.
 * @param captureParameters Whether parameters of slow statements are remembered, which may be personal data.
 * @param sessionReset When the session of a connection that comes back is reset.
 * @param primaryRequired Whether the pool wants a server that takes writes.
 * @param jmx Whether the pool is shown to JMX.
 * @param connectionInit Statements that are run once on each new connection.
 * @param driverProperties Properties that are handed to the JDBC driver.
 * @param without What is switched off.
 * @param drain How long a shutdown waits for connections that are lent.
 * @param warmUp How long the start waits for min-idle connections to be open; not at all where it is not set.
 */
@ConfigurationProperties("wellhead.pool")
record PoolProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String name,
        @Nullable Integer maxSize,
        @Nullable Integer minIdle,
        @Nullable Integer maxWaiters,
        @Nullable Integer parallelConnects,
        @Nullable Duration acquireTimeout,
        @Nullable Duration connectTimeout,
        @Nullable Duration validationTimeout,
        @Nullable Duration maxLifetime,
        @Nullable Duration idleTimeout,
        @Nullable Duration keepalive,
        @Nullable Duration leakThreshold,
        @Nullable Duration reclaimAfter,
        @Nullable Duration slowQueryThreshold,
        @Nullable Integer slowQueriesKept,
        @DefaultValue("false") boolean captureParameters,
        @Nullable SessionReset sessionReset,
        @DefaultValue("false") boolean primaryRequired,
        @DefaultValue("false") boolean jmx,
        @DefaultValue List<String> connectionInit,
        @DefaultValue Map<String, String> driverProperties,
        @DefaultValue Set<Feature> without,
        @DefaultValue("10s") Duration drain,
        @Nullable Duration warmUp) {
    /** Without the driver's properties, which may hold secrets. */
    @Override
    public String toString() {
        return "PoolProperties[name=" + name + "]";
    }

    /** What can be switched off. */
    enum Feature {
        /** Keeps connections as long as they work. */
        MAX_LIFETIME,
        /** Keeps idle connections however long nobody needs them. */
        IDLE_TIMEOUT,
        /** Leaves idle connections alone. */
        KEEPALIVE,
        /** Reports no leaks. */
        LEAK_DETECTION,
        /** Reports no slow statements. */
        SLOW_QUERIES
    }
}

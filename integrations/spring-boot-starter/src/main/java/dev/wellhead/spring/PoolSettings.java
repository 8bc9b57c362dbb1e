package dev.wellhead.spring;

import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.SqliteDatabase;
import dev.wellhead.spring.PoolProperties.Feature;

/** Hands the properties of the pool on. */
final class PoolSettings {
    private static final String PREFIX = "wellhead.pool";
    private static final String NOT_FOR_SQLITE =
            "says nothing to SQLite, where one connection writes and wellhead.sqlite.readers read; remove it";

    private PoolSettings() {}

    static Settings apply(PoolProperties from, ConnectionPool.Builder to) {
        from.driverProperties().forEach(to::driverProperty);
        return new Settings(PREFIX)
                .set("name", from.name(), to::name)
                .set("maxSize", from.maxSize(), to::maxSize)
                .set("minIdle", from.minIdle(), to::minIdle)
                .set("maxWaiters", from.maxWaiters(), to::maxWaiters)
                .set("parallelConnects", from.parallelConnects(), to::parallelConnects)
                .set("acquireTimeout", from.acquireTimeout(), to::acquireTimeout)
                .set("connectTimeout", from.connectTimeout(), to::connectTimeout)
                .set("validationTimeout", from.validationTimeout(), to::validationTimeout)
                .set("maxLifetime", from.maxLifetime(), to::maxLifetime)
                .set("idleTimeout", from.idleTimeout(), to::idleTimeout)
                .set("keepalive", from.keepalive(), to::keepalive)
                .set("leakThreshold", from.leakThreshold(), to::leakThreshold)
                .set("reclaimAfter", from.reclaimAfter(), to::reclaimAfter)
                .set("slowQueryThreshold", from.slowQueryThreshold(), to::slowQueryThreshold)
                .set("slowQueriesKept", from.slowQueriesKept(), to::slowQueriesKept)
                .set("sessionReset", from.sessionReset(), to::sessionReset)
                .set("connectionInit", from.connectionInit().toArray(String[]::new), to::connectionInit)
                .on("captureParameters", from.captureParameters(), to::captureParameters)
                .on("primaryRequired", from.primaryRequired(), to::primaryRequired)
                .on("jmx", from.jmx(), to::jmx)
                .without(
                        from.without(), Feature.MAX_LIFETIME, "maxLifetime", from.maxLifetime(), to::withoutMaxLifetime)
                .without(
                        from.without(), Feature.IDLE_TIMEOUT, "idleTimeout", from.idleTimeout(), to::withoutIdleTimeout)
                .without(from.without(), Feature.KEEPALIVE, "keepalive", from.keepalive(), to::withoutKeepalive)
                .without(
                        from.without(),
                        Feature.LEAK_DETECTION,
                        "leakThreshold",
                        from.leakThreshold(),
                        to::withoutLeakDetection)
                .without(
                        from.without(),
                        Feature.SLOW_QUERIES,
                        "slowQueryThreshold",
                        from.slowQueryThreshold(),
                        to::withoutSlowQueries);
    }

    static void apply(PoolProperties pool, SqliteProperties sqlite, SqliteDatabase.Builder to) {
        new Settings(PREFIX)
                .set("name", pool.name(), to::name)
                .set("acquireTimeout", pool.acquireTimeout(), to::acquireTimeout)
                .set("leakThreshold", pool.leakThreshold(), to::leakThreshold)
                .set("slowQueryThreshold", pool.slowQueryThreshold(), to::slowQueryThreshold)
                .set("sessionReset", pool.sessionReset(), to::sessionReset)
                .set("connectionInit", pool.connectionInit().toArray(String[]::new), to::connectionInit)
                .refuse("maxSize", pool.maxSize(), NOT_FOR_SQLITE)
                .refuse("minIdle", pool.minIdle(), NOT_FOR_SQLITE);
        new Settings("wellhead.sqlite")
                .set("readers", sqlite.readers(), to::readers)
                .set("busyTimeout", sqlite.busyTimeout(), to::busyTimeout)
                .set("upkeep", sqlite.upkeep(), to::upkeep)
                .without(
                        sqlite.without(),
                        SqliteProperties.Feature.UPKEEP,
                        "upkeep",
                        sqlite.upkeep(),
                        to::withoutUpkeep);
    }
}

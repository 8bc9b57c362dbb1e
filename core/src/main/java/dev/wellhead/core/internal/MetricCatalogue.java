package dev.wellhead.core.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the modules measure, for adapters to say in the words of a registry. Adapters pass on what does not stand here, too:
 * it only has no description then.
 */
public final class MetricCatalogue {
    /** What kind of instrument a metric has. */
    public enum Kind {
        /** Only grows. */
        COUNTER,
        /** A distribution of durations. */
        TIMER,
        /** Read when it is collected. */
        GAUGE
    }

    /**
     * One metric.
     *
     * @param unit as the Unified Code for Units of Measure writes it: {@code s}, {@code By}, <code>{connection}</code>, or
     *     {@code 1}
     * @param tags the keys of its tags
     */
    public record Entry(String name, Kind kind, String unit, List<String> tags, String description) {}

    private static final Map<String, Entry> ENTRIES = new LinkedHashMap<>();

    static {
        pool();
        redis();
        cache();
        ratelimit();
        migrate();
        backup();
    }

    private MetricCatalogue() {}

    /** Returns all metrics, module by module. */
    public static List<Entry> all() {
        return List.copyOf(ENTRIES.values());
    }

    /** Returns the metric of this name, null if it is not known. */
    public static @Nullable Entry find(String name) {
        return ENTRIES.get(name);
    }

    private static void pool() {
        timer("wellhead.pool.wait", "pool", "Time until callers got a connection or were told that there is none");
        timer("wellhead.pool.usage", "pool", "Time that connections were on loan");
        timer("wellhead.pool.connect", "pool", "Time that opening a connection took");
        timer("wellhead.pool.statement", "pool outcome", "Time that executions of statements took");
        gauge("wellhead.pool.size", "{connection}", "pool", "Open connections");
        gauge("wellhead.pool.active", "{connection}", "pool", "Connections on loan");
        gauge("wellhead.pool.idle", "{connection}", "pool", "Connections that lie idle");
        gauge("wellhead.pool.waiting", "{request}", "pool", "Callers that wait for a connection");
        gauge("wellhead.pool.max", "{connection}", "pool", "Most connections that may be open");
        gauge("wellhead.pool.min", "{connection}", "pool", "Idle connections that are held ready");
        counter("wellhead.pool.timeouts", "{timeout}", "pool", "Callers that got no connection within their time");
        counter("wellhead.pool.rejected", "{request}", "pool", "Callers refused at once: full queue, or database down");
        counter("wellhead.pool.opened", "{connection}", "pool", "Connections opened");
        counter("wellhead.pool.discarded", "{connection}", "pool", "Connections closed by the pool");
        counter("wellhead.pool.leaks", "{connection}", "pool", "Loans reported as leaks");
        counter("wellhead.pool.slow", "{statement}", "pool", "Statements slower than the threshold");
    }

    private static void redis() {
        counter("wellhead.redis.calls", "{call}", "redis outcome", "Calls by how they ended");
        timer("wellhead.redis.latency", "redis outcome", "Time that calls took that were sent");
        gauge("wellhead.redis.connected", "1", "redis", "1 while there is a connection");
        gauge("wellhead.redis.breaker.open", "1", "redis", "1 while calls are refused without being sent");
    }

    private static void cache() {
        counter("wellhead.cache.gets", "{request}", "cache tier result", "Hits and misses of each tier");
        counter("wellhead.cache.loads", "{load}", "cache result", "Loaders that ended");
        timer("wellhead.cache.load", "cache", "Time that loaders took");
        counter("wellhead.cache.loads.spared", "{load}", "cache", "Loads left out since one of the key just failed");
        counter("wellhead.cache.waits", "{request}", "cache scope", "Callers that waited for somebody else's load");
        counter("wellhead.cache.refreshes", "{load}", "cache result", "Values loaded again ahead of their end");
        counter("wellhead.cache.stale", "{request}", "cache reason", "Callers served with a value past its life");
        counter("wellhead.cache.timeouts", "{timeout}", "cache", "Callers that left with nothing");
        counter("wellhead.cache.invalidations", "{request}", "cache result", "Invalidations by how far they came");
        timer("wellhead.cache.invalidation.lag", "cache", "Time that invalidations take to be heard");
        gauge("wellhead.cache.invalidations.queued", "{request}", "cache", "Invalidations that wait for Redis");
        counter("wellhead.cache.fills.rejected", "{value}", "cache", "Loaded values that were old on arrival in Redis");
        counter("wellhead.cache.near.refused", "{value}", "cache", "Values that were old on arrival in memory");
        counter("wellhead.cache.unreadable", "{value}", "cache", "Values in Redis that could not be read");
        counter("wellhead.cache.not.stored", "{value}", "cache", "Values too large, or refused by their codec");
        counter("wellhead.cache.away", "{request}", "cache", "Calls that did without Redis");
        gauge("wellhead.cache.redis.away", "1", "cache", "1 while Redis is known not to answer");
        gauge("wellhead.cache.size", "{value}", "cache", "Values in the near tier");
    }

    private static void ratelimit() {
        counter(
                "wellhead.ratelimit.decisions",
                "{decision}",
                "limiter limit outcome source",
                "Decisions by limit, outcome, and who took them");
        counter("wellhead.ratelimit.trips", "{trip}", "limiter", "Trips to Redis");
        counter("wellhead.ratelimit.trips.shared", "{call}", "limiter", "Calls that went along on a trip of another");
        counter("wellhead.ratelimit.trips.failed", "{trip}", "limiter", "Trips without an answer in time");
        counter("wellhead.ratelimit.trips.late", "{trip}", "limiter", "Trips that came too late to count");
        counter("wellhead.ratelimit.state.lost", "{bucket}", "limiter", "Buckets that Redis had forgotten");
        gauge("wellhead.ratelimit.keys", "{bucket}", "limiter", "Buckets in this process");
    }

    private static void migrate() {
        counter("wellhead.migrate.applied", "{migration}", "", "Migrations applied");
        counter("wellhead.migrate.rolledback", "{migration}", "", "Migrations rolled back");
        counter("wellhead.migrate.failed", "{migration}", "", "Migrations that failed");
        timer("wellhead.migrate.duration", "", "Time that migrations took");
    }

    private static void backup() {
        counter("wellhead.backup.made", "{backup}", "database", "Backups made");
        counter("wellhead.backup.failed", "{backup}", "database", "Backups that could not be made");
        counter("wellhead.backup.verified", "{backup}", "database", "Backups restored, compared and found equal");
        counter("wellhead.backup.suspect", "{backup}", "database", "Backups found bad");
        counter("wellhead.backup.bytes", "By", "database", "Size of the backups made");
        timer("wellhead.backup.duration", "database", "Time that backups took");
        gauge("wellhead.backup.last_age_seconds", "s", "database", "Age of the newest backup not known to be bad");
        gauge("wellhead.backup.last_verified_age_seconds", "s", "database", "Age of the newest verified backup");
    }

    private static void counter(String name, String unit, String tags, String description) {
        add(name, Kind.COUNTER, unit, tags, description);
    }

    private static void timer(String name, String tags, String description) {
        add(name, Kind.TIMER, "s", tags, description);
    }

    private static void gauge(String name, String unit, String tags, String description) {
        add(name, Kind.GAUGE, unit, tags, description);
    }

    private static void add(String name, Kind kind, String unit, String tags, String description) {
        List<String> keys = tags.isEmpty() ? List.of() : List.of(tags.split(" ", -1));
        ENTRIES.put(name, new Entry(name, kind, unit, keys, description));
    }
}

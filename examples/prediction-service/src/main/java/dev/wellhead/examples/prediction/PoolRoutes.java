package dev.wellhead.examples.prediction;

import dev.wellhead.pool.BorrowedConnection;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.SlowQuery;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /pool}: who holds connections now, since when and from which line; and which statements were slow. */
final class PoolRoutes {
    private static final int MOST_FRAMES = 20;

    private final Map<String, ConnectionPool> pools;

    PoolRoutes(Map<String, ConnectionPool> pools) {
        this.pools = pools;
    }

    void addTo(HttpApi http) {
        http.route("GET", "/pool", request -> Response.json(200, all()));
    }

    private Map<String, Object> all() {
        Map<String, Object> shown = new LinkedHashMap<>();
        pools.forEach((name, pool) -> shown.put(name, one(pool)));
        return shown;
    }

    private static Map<String, Object> one(ConnectionPool pool) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("stats", pool.stats().toString());
        shown.put("borrowed", pool.borrowed().stream().map(PoolRoutes::borrowed).toList());
        shown.put(
                "slowQueries", pool.slowQueries().stream().map(PoolRoutes::slow).toList());
        return shown;
    }

    private static Map<String, Object> borrowed(BorrowedConnection connection) {
        List<String> stack = connection.stack().stream()
                .limit(MOST_FRAMES)
                .map(StackTraceElement::toString)
                .toList();
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("thread", connection.thread());
        shown.put("ageMs", connection.age().toMillis());
        shown.put("inactiveMs", connection.inactive().toMillis());
        shown.put("running", connection.running());
        shown.put("lastSql", connection.lastSql().orElse(""));
        shown.put("stack", stack);
        return shown;
    }

    private static Map<String, Object> slow(SlowQuery query) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("sql", query.sql());
        shown.put("ms", query.duration().toMillis());
        shown.put("startedAt", query.startedAt().toString());
        shown.put("thread", query.thread());
        return shown;
    }
}

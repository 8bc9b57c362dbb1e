package dev.wellhead.console;

import dev.wellhead.core.Ticker;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.QueryPlan;
import dev.wellhead.pool.QueryPlans;
import dev.wellhead.pool.SlowQuery;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Explains slow queries for those who ask on the page: a query is never run, one is explained at a time, and what was found is
 * kept for a minute. Thread-safe.
 */
final class Plans {
    private static final long FRESH_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_KEPT = 64;

    private final ConnectionPool pool;
    private final Ticker ticker;
    private final Executor readers;
    private final Semaphore turn = new Semaphore(1);
    private final ReentrantLock keptLock = new ReentrantLock();
    // Guarded by keptLock; the one that was looked at longest ago comes first.
    private final LinkedHashMap<String, SlowRead<QueryPlan>> kept = new LinkedHashMap<>(16, 0.75f, true);

    Plans(ConnectionPool pool, Ticker ticker, Executor readers) {
        this.pool = pool;
        this.ticker = ticker;
        this.readers = readers;
    }

    /** Returns whether there are connections to explain with. */
    boolean isPossible() {
        try {
            return pool.direct() != null;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Returns what tells this execution from others. */
    static String id(SlowQuery query) {
        return Hashes.of(
                (query.startedAt() + "\n" + query.thread() + "\n" + query.sql()).getBytes(StandardCharsets.UTF_8));
    }

    /** Returns what all executions of the same statement have in common. */
    static String key(SlowQuery query) {
        return Hashes.of(query.sql().getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the plan as far as it is known, and has it made if need be; null if there is no such query any more. */
    @Nullable Map<String, @Nullable Object> look(String id) {
        SlowRead<QueryPlan> read = kept(id);
        if (read == null) {
            Optional<SlowQuery> query = pool.slowQueries().stream()
                    .filter(each -> id(each).equals(id))
                    .findAny();
            if (query.isEmpty() || !isPossible()) {
                return null;
            }
            read = keep(id, query.get());
        }
        return read.look(Plans::shown);
    }

    private @Nullable SlowRead<QueryPlan> kept(String id) {
        keptLock.lock();
        try {
            return kept.get(id);
        } finally {
            keptLock.unlock();
        }
    }

    private SlowRead<QueryPlan> keep(String id, SlowQuery query) {
        keptLock.lock();
        try {
            SlowRead<QueryPlan> read = kept.computeIfAbsent(
                    id, unknown -> new SlowRead<>("a plan", () -> explain(query), ticker, readers, FRESH_NANOS));
            if (kept.size() > MOST_KEPT) {
                kept.remove(kept.keySet().iterator().next());
            }
            return read;
        } finally {
            keptLock.unlock();
        }
    }

    private QueryPlan explain(SlowQuery query) throws Exception {
        turn.acquire();
        try {
            return QueryPlans.on(pool.direct()).explain(query);
        } catch (IllegalArgumentException e) {
            throw new Failures.Told("the database explains no such statement, or its text was too long to be kept", e);
        } finally {
            turn.release();
        }
    }

    private static Map<String, @Nullable Object> shown(QueryPlan plan) {
        return Json.object("nodes", nodes(plan.nodes()), "hints", hints(plan));
    }

    private static List<Map<String, @Nullable Object>> nodes(List<QueryPlan.Node> nodes) {
        return nodes.stream()
                .map(node -> Json.object(
                        "type",
                        node.type(),
                        "relation",
                        node.relation().orElse(null),
                        "index",
                        node.index().orElse(null),
                        "condition",
                        node.condition().orElse(null),
                        "rows",
                        known(node.rows()),
                        "cost",
                        known(node.cost()),
                        "children",
                        nodes(node.children())))
                .toList();
    }

    private static List<Map<String, @Nullable Object>> hints(QueryPlan plan) {
        return plan.hints().stream()
                .map(hint -> Json.object("message", hint.message(), "createIndex", hint.createIndex()))
                .toList();
    }

    private static @Nullable Double known(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }
}

package dev.wellhead.console;

import dev.wellhead.console.Histogram.Interval;
import dev.wellhead.pool.BorrowedConnection;
import dev.wellhead.pool.ConnectionPool;
import dev.wellhead.pool.PoolStats;
import dev.wellhead.pool.SlowQuery;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pool: how full it is, for how long callers wait, who holds its connections, and which statements were slow. */
final class PoolCard implements Card {
    private static final int MOST_BORROWED = 100;
    private static final int MOST_SLOW = 50;
    private static final int MOST_FRAMES = 60;

    private final ConnectionPool pool;
    private final Clock clock;
    private final Percentiles wait;
    private final Rate acquired = new Rate();
    private final Rate timeouts = new Rate();
    private final @Nullable Plans plans;

    /** @param plans null to explain nothing */
    PoolCard(ConnectionPool pool, ConsoleMetrics metrics, Clock clock, @Nullable Plans plans) {
        this.pool = pool;
        this.clock = clock;
        this.plans = plans;
        this.wait = new Percentiles(() -> metrics.timer(ConsoleMetrics.POOL_WAIT, pool.name()));
    }

    @Override
    public String kind() {
        return "pool";
    }

    @Override
    public String name() {
        return pool.name();
    }

    @Override
    public List<String> columns() {
        return List.of("active", "idle", "waiting", "max", "acquired", "timeouts", "waitP50", "waitP99");
    }

    @Override
    public void sample(long nowNanos, double[] into) {
        PoolStats stats = pool.stats();
        into[0] = stats.active();
        into[1] = stats.idle();
        into[2] = stats.waiting();
        into[3] = stats.maxSize();
        into[4] = acquired.next(stats.acquired(), nowNanos);
        into[5] = timeouts.next(stats.timeouts() + stats.rejected(), nowNanos);
        Interval waited = wait.next(nowNanos);
        if (waited != null) {
            into[6] = waited.millis(0.5);
            into[7] = waited.millis(0.99);
        }
    }

    @Override
    public Map<String, @Nullable Object> now() {
        PoolStats stats = pool.stats();
        List<BorrowedConnection> borrowed = pool.borrowed();
        List<SlowQuery> slow = pool.slowQueries();
        Collection<SlowStatement> statements = SlowStatement.of(slow);
        Map<String, @Nullable Object> now = Json.object(
                "health",
                Healths.shown(pool.health()),
                "size",
                stats.size(),
                "active",
                stats.active(),
                "idle",
                stats.idle(),
                "connecting",
                stats.connecting(),
                "waiting",
                stats.waiting(),
                "max",
                stats.maxSize(),
                "acquired",
                stats.acquired(),
                "timeouts",
                stats.timeouts(),
                "rejected",
                stats.rejected(),
                "connectFailures",
                stats.connectFailures(),
                "leaks",
                stats.leaksReported(),
                "reclaimed",
                stats.reclaimed(),
                "wait",
                Percentiles.shown(wait.lastMinute()));
        now.put("borrowedTotal", borrowed.size());
        now.put(
                "borrowed",
                borrowed.stream().limit(MOST_BORROWED).map(PoolCard::shown).toList());
        now.put("plans", plans != null && plans.isPossible());
        now.put("slowTotal", slow.size());
        now.put("slowStatements", statements.size());
        now.put(
                "slow",
                statements.stream()
                        .limit(MOST_SLOW)
                        .map(each -> each.shown(clock.instant()))
                        .toList());
        return now;
    }

    private static Map<String, @Nullable Object> shown(BorrowedConnection borrowed) {
        return Json.object(
                "thread",
                borrowed.thread(),
                "ageMs",
                borrowed.age().toMillis(),
                "inactiveMs",
                borrowed.inactive().toMillis(),
                "running",
                borrowed.running(),
                "sql",
                borrowed.lastSql().orElse(null),
                "stack",
                borrowed.stack().stream()
                        .limit(MOST_FRAMES)
                        .map(StackTraceElement::toString)
                        .toList());
    }

    /** Returns the plan of a slow query, or what there is of it so far; null if no such query is known. Never blocks. */
    @Nullable Map<String, @Nullable Object> plan(String id) {
        return plans == null ? null : plans.look(id);
    }
}

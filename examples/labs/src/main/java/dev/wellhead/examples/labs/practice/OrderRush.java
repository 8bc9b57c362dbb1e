package dev.wellhead.examples.labs.practice;

import dev.wellhead.examples.labs.Attempt;
import dev.wellhead.examples.labs.Await;
import dev.wellhead.examples.labs.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many requests to an order desk, from many threads. The first of them are made to meet: they wait for a lock on the
 * table that another session holds, so that all who came hold their connections at the same moment.
 */
final class OrderRush {
    static final int REQUESTS = 1_000;
    static final int CLIENTS = 50;
    static final int UNKNOWN = REQUESTS / 20;

    // Enough has been seen by then.
    private static final int MOST_FAILURES = 30;
    // A pool's callers wait for five seconds by default.
    private static final Duration LONGEST_MEETING = Duration.ofMillis(3_500);
    private static final Duration NOBODY_MORE = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(40);

    private final OrderDesk desk;
    private final Connection monitor;
    private final Set<Long> ids = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger mostSessions = new AtomicInteger();
    private final AtomicInteger mostTogether = new AtomicInteger();
    private int lastTogether;
    private long lastCame;
    private boolean ended;

    /** @param monitor a connection that sees the sessions of all */
    OrderRush(OrderDesk desk, Connection monitor) {
        this.desk = desk;
        this.monitor = monitor;
    }

    /** Sends all requests, but for those that are left when a great many have failed. */
    void run(Connection locker) throws SQLException {
        locker.setAutoCommit(false);
        Sql.run(locker, "lock table orders in access exclusive mode");
        List<Attempt<Boolean>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Attempt.begin("client-" + i, this::client));
        }
        Await.until(LONGEST_MEETING, this::haveMet);
        locker.rollback();
        ended = Await.until(LONGEST, () -> {
            look();
            return clients.stream().allMatch(Attempt::ended);
        });
        clients.forEach(Attempt::cancel);
    }

    /** All are here who can be: the others were refused, or wait elsewhere for those. */
    private boolean haveMet() throws SQLException {
        int together = look();
        if (together != lastTogether) {
            lastTogether = together;
            lastCame = System.nanoTime();
        }
        boolean nobodyMore = System.nanoTime() - lastCame >= NOBODY_MORE.toNanos();
        return together + answered.get() >= CLIENTS || (together >= 2 && nobodyMore);
    }

    private void client() {
        while (failed.get() < MOST_FAILURES) {
            int request = next.getAndIncrement();
            if (request >= REQUESTS) {
                break;
            }
            one(request % (REQUESTS / UNKNOWN) == 0 ? "unicorn" : "pump");
            answered.incrementAndGet();
        }
    }

    private void one(String item) {
        try {
            ids.add(desk.order(item));
        } catch (SQLException e) {
            if ("23503".equals(e.getSQLState())) {
                unknown.incrementAndGet();
            } else {
                failed("SQLState " + e.getSQLState() + ", " + firstLine(e));
            }
        } catch (Exception e) {
            failed(firstLine(e));
        }
    }

    private void failed(String why) {
        failed.incrementAndGet();
        failures.merge(why.length() > 120 ? why.substring(0, 120) + "..." : why, 1, Integer::sum);
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }

    /** Notes how many sessions there are, and returns how many of them wait for the lock. */
    private int look() throws SQLException {
        String[] numbers = Sql.rows(
                        monitor,
                        "select count(*), count(*) filter (where wait_event_type = 'Lock')"
                                + " from pg_stat_activity where usename = 'desk'")
                .get(0)
                .split("\\|", -1);
        int together = Integer.parseInt(numbers[1]);
        mostSessions.accumulateAndGet(Integer.parseInt(numbers[0]), Math::max);
        mostTogether.accumulateAndGet(together, Math::max);
        return together;
    }

    /** Returns whether every client came to its end. */
    boolean ended() {
        return ended;
    }

    /** Returns the ids of the orders that were taken. */
    Set<Long> ids() {
        return Set.copyOf(ids);
    }

    /** Returns how many requests were sent and answered, in whatever way. */
    int answered() {
        return answered.get();
    }

    /** Returns how many requests for what is not in stock were refused as such. */
    int unknown() {
        return unknown.get();
    }

    /** Returns how many requests failed for another reason. */
    int failed() {
        return failed.get();
    }

    /** Returns these failures by reason. */
    Map<String, Integer> failures() {
        return new TreeMap<>(failures);
    }

    /** Returns how many sessions the desk had at most, as far as was seen. */
    int mostSessions() {
        return mostSessions.get();
    }

    /** Returns how many orders were in work at the same moment at most. */
    int mostTogether() {
        return mostTogether.get();
    }
}

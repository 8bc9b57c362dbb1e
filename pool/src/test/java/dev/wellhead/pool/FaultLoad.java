package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Coded;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Callers who write through a pool without pause while a test breaks what is behind it, and the account they keep: what
 * they know to be committed, what they know to have failed, and how long they were kept waiting. Thread-safe.
 */
final class FaultLoad implements AutoCloseable {
    static final String TABLE = "create table ledger (id bigint, part int, primary key (id, part))";

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ConnectionPool pool;
    private final List<Worker> workers = new ArrayList<>();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong longestWaitNanos = new AtomicLong();
    private final Set<Long> committed = ConcurrentHashMap.newKeySet();
    private final Set<Long> failed = ConcurrentHashMap.newKeySet();
    private final Set<Long> undecided = ConcurrentHashMap.newKeySet();
    private final Queue<SQLException> refusals = new ConcurrentLinkedQueue<>();
    private final Queue<SQLException> breaks = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    FaultLoad(ConnectionPool pool, int threads) {
        this.pool = pool;
        for (int i = 0; i < threads; i++) {
            Worker worker = new Worker();
            workers.add(worker);
            worker.caller = Caller.start(() -> {
                worker.run();
                return true;
            });
        }
    }

    private final class Worker {
        private volatile long lastCommit = Long.MIN_VALUE;
        private Caller<Boolean> caller;

        void run() {
            while (!stopped) {
                try {
                    write(ids.incrementAndGet());
                } catch (Throwable e) {
                    unexpected.add(e);
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        private void write(long id) {
            Connection connection = borrow();
            if (connection == null) {
                return;
            }
            boolean committing = false;
            try (connection) {
                connection.setAutoCommit(false);
                try (PreparedStatement insert = connection.prepareStatement("insert into ledger values (?, ?)")) {
                    for (int part = 0; part < 2; part++) {
                        insert.setLong(1, id);
                        insert.setInt(2, part);
                        insert.executeUpdate();
                    }
                }
                committing = true;
                connection.commit();
                committed.add(id);
                lastCommit = System.nanoTime();
            } catch (SQLException e) {
                breaks.add(e);
                (committing ? undecided : failed).add(id);
            }
        }
    }

    private Connection borrow() {
        long asked = System.nanoTime();
        try {
            return pool.getConnection();
        } catch (SQLException e) {
            refusals.add(e);
            return null;
        } finally {
            longestWaitNanos.accumulateAndGet(System.nanoTime() - asked, Math::max);
        }
    }

    /** Returns when every caller has committed something that it began after this call. */
    FaultLoad awaitAllWork() {
        awaitWork(System.nanoTime(), workers.size());
        return this;
    }

    /** Waits until a caller has committed something, then until all have; returns the time to the one and the other. */
    Healing awaitHealed() {
        long start = System.nanoTime();
        Duration first = awaitWork(start, 1);
        return new Healing(first, awaitWork(start, workers.size()));
    }

    private Duration awaitWork(long start, int callers) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            long working = workers.stream()
                    .filter(each -> each.lastCommit != Long.MIN_VALUE && each.lastCommit - start > 0)
                    .count();
            return working >= callers;
        });
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** How long after the fault had ended the first caller and the last one could work again. */
    record Healing(Duration first, Duration all) {
        @Override
        public String toString() {
            return "first " + first.toMillis() + " ms, all " + all.toMillis() + " ms";
        }
    }

    /** Waits until a caller was refused with this code. */
    void awaitRefusal(String code) {
        await().atMost(PATIENCE).until(() -> refusals.stream().anyMatch(each -> code.equals(code(each))));
    }

    /** Waits until this many of those who had a connection have lost it. */
    void awaitBreaks(int count) {
        await().atMost(PATIENCE).until(() -> breaks.size() >= count);
    }

    private static String code(SQLException e) {
        return e instanceof Coded coded ? coded.code() : "";
    }

    /** Ends the callers; none may hang. */
    FaultLoad stop() {
        stopped = true;
        for (Worker worker : workers) {
            try {
                assertThat(worker.caller.result()).isTrue();
            } catch (Exception e) {
                throw new AssertionError("a caller hangs", e);
            }
        }
        return this;
    }

    /** Checks what callers were told: SQL exceptions only, with a state, those of the pool with a code, all in time. */
    void checkComplaints(Duration acquireTimeout) {
        assertThat(unexpected).isEmpty();
        assertThat(refusals).allSatisfy(each -> {
            assertThat((Throwable) each).isInstanceOf(Coded.class);
            assertThat(code(each)).startsWith("WH-POOL-00");
            assertThat(each.getSQLState()).isNotEmpty();
        });
        assertThat(breaks)
                .allSatisfy(each -> assertThat(each.getSQLState())
                        .as("%s", each)
                        .isNotNull()
                        .matches("08...|57...|53300|25006|25P02"));
        assertThat(Duration.ofNanos(longestWaitNanos.get()))
                .as("longest wait for a connection")
                .isLessThan(acquireTimeout.multipliedBy(5));
    }

    /** Checks that what was committed is there, what failed is not, and that nothing was done by half. */
    void checkLedger(TestDatabase database) {
        Map<Long, Integer> found = new HashMap<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select id, count(*) from ledger group by id")) {
            while (rows.next()) {
                found.put(rows.getLong(1), rows.getInt(2));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        assertThat(found.values()).as("transactions done by half").allMatch(parts -> parts == 2);
        assertThat(found.keySet()).as("committed and gone").containsAll(committed);
        assertThat(found.keySet()).as("failed and there").noneMatch(failed::contains);
        Set<Long> known = ConcurrentHashMap.newKeySet();
        known.addAll(committed);
        known.addAll(undecided);
        assertThat(known).as("written by somebody").containsAll(found.keySet());
    }

    int refused() {
        return refusals.size();
    }

    int broken() {
        return breaks.size();
    }

    @Override
    public void close() {
        stopped = true;
    }

    @Override
    public String toString() {
        return committed.size() + " committed, " + failed.size() + " failed, " + undecided.size() + " undecided, "
                + refusals.size() + " refused, longest wait "
                + TimeUnit.NANOSECONDS.toMillis(longestWaitNanos.get()) + " ms";
    }
}

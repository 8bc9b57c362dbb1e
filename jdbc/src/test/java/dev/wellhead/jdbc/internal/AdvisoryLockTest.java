package dev.wellhead.jdbc.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.Ticker;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdvisoryLockTest {
    private static final long KEY = AdvisoryLock.key("test", "lock");
    private static final Duration LONG = Duration.ofSeconds(60);

    private TestDatabase database;

    @BeforeEach
    void open() {
        database = TestDatabase.postgres();
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void onlyOneSessionHoldsItAndItsReleaseLetsTheNextIn() throws SQLException {
        try (AdvisoryLock first = AdvisoryLock.tryAcquire(database.dataSource(), KEY)) {
            assertThat(first.isHeld()).isTrue();
            assertThat(AdvisoryLock.tryAcquire(database.dataSource(), KEY)).isNull();
            assertThat(AdvisoryLock.tryAcquire(database.dataSource(), KEY + 1)).isNotNull();
        }

        assertThat(AdvisoryLock.tryAcquire(database.dataSource(), KEY)).isNotNull();
    }

    @Test
    void holderIsNamedForWhoeverWaits() throws SQLException {
        try (AdvisoryLock held = AdvisoryLock.tryAcquire(database.dataSource(), KEY);
                Connection other = database.dataSource().getConnection()) {
            assertThat(held).isNotNull();
            assertThat(AdvisoryLock.holder(other, KEY)).startsWith("process ").contains("PostgreSQL JDBC Driver");
            assertThat(AdvisoryLock.holder(other, KEY + 1)).isNull();
        }
    }

    @Test
    void endedSessionLosesItAndKnows() throws SQLException {
        try (AdvisoryLock lock = AdvisoryLock.tryAcquire(database.dataSource(), KEY)) {
            database.execute("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
                    + " and pid <> pg_backend_pid() and database = (select oid from pg_database"
                    + " where datname = current_database())");

            await().atMost(LONG).untilAsserted(() -> assertThat(lock.isHeld()).isFalse());
            assertThat(AdvisoryLock.acquire(database.dataSource(), KEY, LONG, Ticker.system()))
                    .isNotNull();
        }
    }

    @Test
    void waitEndsWithNullAtItsDeadline() throws SQLException {
        try (AdvisoryLock held = AdvisoryLock.tryAcquire(database.dataSource(), KEY)) {
            assertThat(held).isNotNull();
            assertThat(AdvisoryLock.acquire(database.dataSource(), KEY, Duration.ofMillis(150), Ticker.system()))
                    .isNull();
        }
    }

    @Test
    void interruptedWaitEndsAtOnceAndKeepsTheFlag() throws SQLException {
        try (AdvisoryLock held = AdvisoryLock.tryAcquire(database.dataSource(), KEY)) {
            assertThat(held).isNotNull();
            Thread.currentThread().interrupt();

            AdvisoryLock none = AdvisoryLock.acquire(database.dataSource(), KEY, LONG, Ticker.system());

            assertThat(Thread.interrupted()).isTrue();
            assertThat(none).isNull();
        }
    }

    @Test
    void waitingSessionHoldsNoSnapshotThatWouldBlockAConcurrentIndex() throws Exception {
        database.execute("create table t (n int)");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (AdvisoryLock held = AdvisoryLock.tryAcquire(database.dataSource(), KEY)) {
            Future<AdvisoryLock> waiting =
                    thread.submit(() -> AdvisoryLock.acquire(database.dataSource(), KEY, LONG, Ticker.system()));
            await().atMost(LONG)
                    .until(() -> database.queryOne("select count(*) from pg_stat_activity where query like"
                                    + " '%pg_try_advisory_lock%' and pid <> pg_backend_pid() and state = 'idle'"
                                    + " and datname = current_database()")
                            .equals("2"));

            // Would wait for every transaction that could see the table.
            database.execute("create index concurrently i on t (n)");

            held.close();
            waiting.get().close();
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void timeoutsOfTheRoleDoNotEndTheSessionThatHoldsIt() throws SQLException {
        String name = database.name();
        database.execute("alter database " + name + " set statement_timeout = 100");
        // PostgreSQL 14 and newer.
        if (database.queryOne("select 1 from pg_settings where name = 'idle_session_timeout'") != null) {
            database.execute("alter database " + name + " set idle_session_timeout = 100");
        }

        try (AdvisoryLock lock = AdvisoryLock.tryAcquire(database.dataSource(), KEY);
                ResultSet row = lock.session().createStatement().executeQuery("select pg_sleep(0.3)")) {
            assertThat(row.next()).isTrue();
            assertThat(lock.isHeld()).isTrue();
        }
    }

    @Test
    void manyThreadsAreNeverInsideTogether() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < 6; thread++) {
                running.add(threads.submit(() -> {
                    for (int round = 0; round < 3; round++) {
                        try (AdvisoryLock lock =
                                AdvisoryLock.acquire(database.dataSource(), KEY, LONG, Ticker.system())) {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            assertThat(lock.isHeld()).isTrue();
                            inside.decrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> future : running) {
                future.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(most).hasValue(1);
    }

    @Test
    void keyIsTheSameInEveryProcessAndKeepsWordsApart() {
        assertThat(AdvisoryLock.key("ab", "c")).isNotEqualTo(AdvisoryLock.key("a", "bc"));
        // Golden: processes of different versions must agree.
        assertThat(AdvisoryLock.key("migrate", "public")).isEqualTo(GOLDEN);
    }

    private static final long GOLDEN = -5612693740164905805L;
}

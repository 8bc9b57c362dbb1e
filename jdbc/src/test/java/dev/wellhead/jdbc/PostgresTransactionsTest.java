package dev.wellhead.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.TestDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PostgresTransactionsTest extends TransactionsContract {
    @Override
    TestDatabase create() {
        return TestDatabase.postgres();
    }

    @Test
    void serializationFailuresBetweenThreadsAreRetriedUntilTheSumIsRight() throws Exception {
        try (TestDatabase database = create()) {
            database.execute("create table account (n int)", "insert into account values (0)");
            Transactions transactions =
                    Transactions.on(database.dataSource()).serializable().retrying(100);
            CyclicBarrier start = new CyclicBarrier(4);
            AtomicInteger attempts = new AtomicInteger();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<?>> running = new ArrayList<>();
                for (int thread = 0; thread < 4; thread++) {
                    running.add(threads.submit(() -> {
                        start.await();
                        for (int i = 0; i < 10; i++) {
                            transactions.run(tx -> addOne(tx, attempts));
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

            assertThat(database.queryOne("select n from account")).isEqualTo("40");
            assertThat(attempts).hasValueGreaterThan(40);
        }
    }

    @Test
    void readOnlyTransactionMayNotWrite() {
        try (TestDatabase database = create()) {
            database.execute("create table t (n int)");

            assertThatThrownBy(() -> Transactions.on(database.dataSource())
                            .readOnly()
                            .run(tx -> {
                                try (Statement statement = tx.connection().createStatement()) {
                                    statement.executeUpdate("insert into t values (1)");
                                }
                            }))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
        }
    }

    private static void addOne(Transaction tx, AtomicInteger attempts) throws SQLException {
        attempts.incrementAndGet();
        try (Statement statement = tx.connection().createStatement();
                ResultSet rows = statement.executeQuery("select n from account")) {
            rows.next();
            int n = rows.getInt(1);
            statement.executeUpdate("update account set n = " + (n + 1));
        }
    }
}

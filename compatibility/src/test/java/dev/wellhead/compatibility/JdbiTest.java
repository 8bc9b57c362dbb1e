package dev.wellhead.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.junit.jupiter.api.Test;

class JdbiTest extends ClientContract {
    private final Jdbi jdbi = Jdbi.create(pooled.pool);

    private record HandleItems(Handle handle) implements Items {
        @Override
        public long insert(String name, int amount) {
            return handle.createUpdate("insert into item (name, amount) values (:name, :amount)")
                    .bind("name", name)
                    .bind("amount", amount)
                    .executeAndReturnGeneratedKeys("id")
                    .mapTo(Long.class)
                    .one();
        }

        @Override
        public Optional<Integer> amountOf(String name) {
            return handle.createQuery("select amount from item where name = ?")
                    .bind(0, name)
                    .mapTo(Integer.class)
                    .findOne();
        }

        @Override
        public int add(String name, int amount) {
            return handle.execute("update item set amount = amount + ? where name = ?", amount, name);
        }

        @Override
        public int delete(String name) {
            return handle.execute("delete from item where name = ?", name);
        }
    }

    @Override
    <T> T inTransaction(Function<Items, T> work) {
        return jdbi.inTransaction(handle -> work.apply(new HandleItems(handle)));
    }

    private static String isolation(Handle handle) {
        return handle.createQuery("show transaction_isolation")
                .mapTo(String.class)
                .one();
    }

    @Test
    void savepointUndoesWhatCameAfterIt() {
        jdbi.useTransaction(handle -> {
            HandleItems items = new HandleItems(handle);
            items.insert("pencil", 1);
            handle.savepoint("before paper");
            Throwable refused = catchThrowable(() -> items.insert("pencil", 2));
            assertThat(sqlState(refused)).isEqualTo("23505");
            handle.rollbackToSavepoint("before paper");
            items.insert("ink", 1);
            handle.savepoint("kept");
            handle.releaseSavepoint("kept");
        });

        assertThat(rows()).isEqualTo("ink 1, pencil 1");
    }

    @Test
    void isolationIsThatOfTheTransactionAndOfNoOther() {
        String inside = jdbi.inTransaction(TransactionIsolationLevel.SERIALIZABLE, JdbiTest::isolation);
        String after = jdbi.inTransaction(JdbiTest::isolation);

        assertThat(inside).isEqualTo("serializable");
        assertThat(after).isEqualTo("read committed");
    }

    @Test
    void handleThatIsClosedWithItsTransactionOpenLeavesNothing() {
        Throwable seen = catchThrowable(() -> {
            try (Handle handle = jdbi.open()) {
                handle.begin();
                new HandleItems(handle).insert("pencil", 1);
            }
        });

        assertThat(seen).hasMessageContaining("transaction");
        assertThat(rows()).isNull();
    }

    @Test
    void readOnlyHandleWritesNothingAndTheNextOneMayWrite() {
        Throwable seen = catchThrowable(() -> jdbi.useTransaction(handle -> {
            handle.setReadOnly(true);
            new HandleItems(handle).insert("pencil", 1);
        }));
        inTransaction(items -> items.insert("paper", 1));

        // pgjdbc refuses to change it once the transaction has begun, else the server refuses the insert.
        assertThat(sqlState(seen)).isIn("25001", "25006");
        assertThat(rows()).isEqualTo("paper 1");
    }

    @Test
    void batchInsertsEveryRow() {
        int[] counts = jdbi.withHandle(handle -> {
            PreparedBatch batch = handle.prepareBatch("insert into item (name, amount) values (:name, :amount)");
            for (int i = 1; i <= 3; i++) {
                batch.bind("name", "n" + i).bind("amount", i).add();
            }
            return batch.execute();
        });

        assertThat(counts).containsExactly(1, 1, 1);
        assertThat(rows()).isEqualTo("n1 1, n2 2, n3 3");
    }

    @Test
    void rowsReadHalfwayAreLetGoWithTheHandle() {
        int first = jdbi.inTransaction(handle -> {
            ResultIterator<Integer> rows = handle.createQuery("select generate_series(1, 1000)")
                    .setFetchSize(10)
                    .mapTo(Integer.class)
                    .iterator();
            return firstOf(rows);
        });

        assertThat(first).isEqualTo(1);
    }

    private static int firstOf(Iterator<Integer> rows) {
        return rows.next();
    }
}

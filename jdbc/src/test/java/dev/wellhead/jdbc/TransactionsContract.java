package dev.wellhead.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a transaction promises, whatever the database. */
abstract class TransactionsContract {
    private TestDatabase database;
    private Transactions transactions;

    abstract TestDatabase create();

    @BeforeEach
    void open() {
        database = create();
        database.execute("create table t (n int primary key)");
        transactions = Transactions.on(database.dataSource());
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void commitsWhatTheBodyDidAndReturnsItsResult() throws SQLException {
        String result = transactions.call(tx -> {
            insert(tx, 1);
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(rows()).isEqualTo("1");
    }

    @Test
    void rollsBackAndGivesOutTheBodysOwnException() {
        IOException failure = new IOException("disk");

        assertThatThrownBy(() -> transactions.run(tx -> {
                    insert(tx, 1);
                    throw failure;
                }))
                .isSameAs(failure);

        assertThat(rows()).isEqualTo("0");
    }

    @Test
    void afterCommitRunsInOrderOnceTheDataIsVisibleAndNeverAfterARollback() throws SQLException {
        List<String> seen = new ArrayList<>();

        transactions.run(tx -> {
            insert(tx, 1);
            tx.afterCommit(() -> seen.add("first sees " + rows()));
            tx.afterCommit(() -> seen.add("second"));
        });
        assertThatThrownBy(() -> transactions.run(tx -> {
                    tx.afterCommit(() -> seen.add("never"));
                    throw new IllegalStateException();
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(seen).containsExactly("first sees 1", "second");
    }

    @Test
    void failingAfterCommitActionChangesNothing() throws SQLException {
        List<String> seen = new ArrayList<>();

        transactions.run(tx -> {
            insert(tx, 1);
            tx.afterCommit(() -> {
                throw new IllegalStateException("planted in a test");
            });
            tx.afterCommit(() -> seen.add("next"));
        });

        assertThat(rows()).isEqualTo("1");
        assertThat(seen).containsExactly("next");
    }

    @Test
    void failedSavepointUndoesItsOwnPartOnly() throws SQLException {
        List<String> seen = new ArrayList<>();

        transactions.run(tx -> {
            insert(tx, 1);
            assertThatThrownBy(() -> tx.savepoint(inner -> {
                        insert(inner, 2);
                        inner.afterCommit(() -> seen.add("undone"));
                        insert(inner, 1);
                        return true;
                    }))
                    .isInstanceOf(SQLException.class);
            insert(tx, 3);
        });

        assertThat(database.queryOne("select sum(n) from t")).isEqualTo("4");
        assertThat(seen).isEmpty();
    }

    @Test
    void transientFailureIsTriedAgainAsOftenAsAskedFor() throws SQLException {
        AtomicInteger attempts = new AtomicInteger();

        transactions.retrying(3).run(tx -> {
            insert(tx, 1);
            if (attempts.incrementAndGet() < 3) {
                throw new SQLException("planted", "40001");
            }
        });

        assertThat(attempts).hasValue(3);
        assertThat(rows()).isEqualTo("1");
    }

    @Test
    void transientFailureIsFoundBehindTheExceptionsOfFrameworks() throws SQLException {
        AtomicInteger attempts = new AtomicInteger();

        transactions.retrying(2).run(tx -> {
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("wrapped", new IOException(new SQLException("planted", "40P01")));
            }
        });

        assertThat(attempts).hasValue(2);
    }

    @Test
    void failedRollbackNeverTurnsIntoACommit() throws SQLException {
        IllegalStateException failure = new IllegalStateException("planted");
        try (Connection connection = database.dataSource().getConnection()) {
            Transactions unlucky = Transactions.on(new Lending(connection, "rollback"));

            assertThatThrownBy(() -> unlucky.run(tx -> {
                        insert(tx, 1);
                        throw failure;
                    }))
                    .isSameAs(failure)
                    .hasSuppressedException(new SQLException("planted failure of rollback"));
        }

        assertThat(rows()).isEqualTo("0");
    }

    @Test
    void transientFailureGoesOutWhenNobodyAskedForRetries() {
        AtomicInteger attempts = new AtomicInteger();

        assertThatThrownBy(() -> transactions.run(tx -> {
                    attempts.incrementAndGet();
                    throw new SQLException("planted", "40001");
                }))
                .hasMessage("planted");

        assertThat(attempts).hasValue(1);
    }

    @Test
    void connectionIsLeftAsItWasFound() throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            int isolation = connection.getTransactionIsolation();

            Transactions.on(new Lending(connection, "")).serializable().run(tx -> {});

            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.getTransactionIsolation()).isEqualTo(isolation);
            assertThat(connection.isReadOnly()).isFalse();
        }
    }

    enum Step {
        INSERT,
        OPEN,
        KEEP,
        UNDO
    }

    @Property(tries = 25)
    void nestedSavepointsKeepExactlyWhatWasNotUndone(@ForAll List<Step> steps) throws SQLException {
        try (TestDatabase own = create()) {
            own.execute("create table t (n int primary key)");
            Deque<List<Integer>> model = new ArrayDeque<>();
            model.push(new ArrayList<>());

            Transactions.on(own.dataSource())
                    .run(tx -> perform(tx, new ArrayDeque<>(steps), new AtomicInteger(), model));

            assertThat(own.queryOne("select count(*) from t"))
                    .isEqualTo(String.valueOf(model.element().size()));
        }
    }

    /** Runs the steps of one level; the model holds, for each open level, what was inserted in it and is not undone. */
    private void perform(Transaction tx, Deque<Step> steps, AtomicInteger next, Deque<List<Integer>> model)
            throws SQLException {
        while (!steps.isEmpty()) {
            switch (steps.pop()) {
                case INSERT -> {
                    insert(tx, next.incrementAndGet());
                    model.element().add(next.get());
                }
                case OPEN -> {
                    model.push(new ArrayList<>());
                    try {
                        tx.savepoint(inner -> {
                            perform(inner, steps, next, model);
                            return true;
                        });
                        List<Integer> kept = model.pop();
                        model.element().addAll(kept);
                    } catch (Undo e) {
                        model.pop();
                    }
                }
                case KEEP -> {
                    if (model.size() > 1) {
                        return;
                    }
                }
                case UNDO -> {
                    if (model.size() > 1) {
                        throw new Undo();
                    }
                }
            }
        }
    }

    private static final class Undo extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static void insert(Transaction tx, int n) throws SQLException {
        try (Statement statement = tx.connection().createStatement()) {
            statement.executeUpdate("insert into t values (" + n + ")");
        }
    }

    private String rows() {
        return database.queryOne("select count(*) from t");
    }
}

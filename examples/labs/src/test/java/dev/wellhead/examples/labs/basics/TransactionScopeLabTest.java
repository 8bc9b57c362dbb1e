package dev.wellhead.examples.labs.basics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Mending;
import dev.wellhead.examples.labs.Played;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransactionScopeLabTest {
    private static final String FILE = "Desk.java";
    private static final String ANNOUNCE = "tx.afterCommit(() -> announce.accept(customer));";
    private static final String BY_TRANSACTIONS = """
                    Transactions.on(pool).run(tx -> {
                        long order = insertOrder(tx.connection(), customer);
                        for (Line line : lines) {
                            insertLine(tx.connection(), order, line);
                        }
                        tx.afterCommit(() -> announce.accept(customer));
                    });
            """;

    @TempDir
    private Path work;

    @Test
    void announcingBeforeTheCommitTellsOfAnOrderThatNeverWas() throws Exception {
        Played played = Mending.ofSolution(new TransactionScopeLab(), work)
                .with(FILE, ANNOUNCE, "announce.accept(customer);")
                .play();

        assertThat(played.unmet())
                .containsExactly(
                        "a good order is booked with its lines, then announced",
                        "an order whose commit is refused (23503) leaves nothing and is announced to nobody");
    }

    @Test
    void connectionThatIsNotGivenBackIsMissed() throws Exception {
        Played played = Mending.ofSolution(new TransactionScopeLab(), work)
                .with(
                        FILE,
                        "throw new IllegalArgumentException(\"an order needs a line\");",
                        "pool.getConnection(); throw new IllegalArgumentException();")
                .play();

        assertThat(played.unmet())
                .containsExactly(
                        "an order without lines is refused with IllegalArgumentException, however often it comes",
                        "every connection has gone back to the pool");
    }

    @Test
    void exceptionThatIsSwallowedIsMissed() throws Exception {
        Played played = Mending.ofSolution(new TransactionScopeLab(), work)
                .with(FILE, BY_TRANSACTIONS, "try {" + BY_TRANSACTIONS + "} catch (SQLException e) { }")
                .play();

        assertThat(played.unmet())
                .containsExactly(
                        "an order that the database refuses leaves nothing, and the caller gets the refusal (23514)",
                        "an order whose commit is refused (23503) leaves nothing and is announced to nobody");
    }

    @Test
    void carefulHandworkPasses() throws Exception {
        Played played = Mending.ofSolution(new TransactionScopeLab(), work)
                .with(FILE, BY_TRANSACTIONS, """
                        try (Connection connection = pool.getConnection()) {
                            connection.setAutoCommit(false);
                            try {
                                long order = insertOrder(connection, customer);
                                for (Line line : lines) {
                                    insertLine(connection, order, line);
                                }
                                connection.commit();
                            } catch (Throwable e) {
                                connection.rollback();
                                throw e;
                            }
                        }
                        announce.accept(customer);
                        """)
                .play();

        played.isSolved();
    }
}

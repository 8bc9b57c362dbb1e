package dev.wellhead.examples.labs.basics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Mending;
import dev.wellhead.examples.labs.Played;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcidAtomicityLabTest {
    private static final String FILE = "Transfer.java";
    /** From where the connection is there to where it is given back. */
    private static final String TRANSACTION = """
                        connection.setAutoCommit(false);
                        try {
                            add(connection, from, -amount);
                            add(connection, to, amount);
                            connection.commit();
                        } catch (Throwable e) {
                            rollback(connection, e);
                            throw e;
                        }
            """;

    @TempDir
    private Path work;

    private Mending insteadOfTheTransaction(String code) throws Exception {
        return Mending.ofSolution(new AcidAtomicityLab(), work).with(FILE, TRANSACTION, code);
    }

    @Test
    void givingTheMoneyBackByHandIsNotEnough() throws Exception {
        Played played = insteadOfTheTransaction("""
                add(connection, from, -amount);
                try {
                    add(connection, to, amount);
                } catch (SQLException | IllegalArgumentException e) {
                    add(connection, from, amount);
                    throw e;
                }""").play();

        assertThat(played.unmet()).singleElement().asString().startsWith("the connection is lost");
    }

    @Test
    void commitThatIsForgottenMovesNothing() throws Exception {
        Played played = insteadOfTheTransaction("""
                connection.setAutoCommit(false);
                add(connection, from, -amount);
                add(connection, to, amount);""").play();

        assertThat(played.unmet()).singleElement().asString().startsWith("a transfer that works");
    }

    @Test
    void transactionThatIsNotEndedIsFound() throws Exception {
        Played played = Mending.ofSolution(new AcidAtomicityLab(), work)
                .with(
                        FILE,
                        "try (Connection connection = database.getConnection()) {",
                        "{ Connection connection = database.getConnection();")
                .with(FILE, "rollback(connection, e);", "if (amount < 500) { rollback(connection, e); }")
                .play();

        assertThat(played.unmet()).containsExactly("no transaction is left open");
    }

    @Test
    void unknownAccountHasToBeNoticedWithinTheTransaction() throws Exception {
        Played played = Mending.ofSolution(new AcidAtomicityLab(), work)
                .with(FILE, "if (update.executeUpdate() != 1) {", "if (update.executeUpdate() > 1) {")
                .play();

        assertThat(played.unmet())
                .containsExactly(
                        "the second account does not exist: nothing has changed, and the caller hears of it",
                        "the first account does not exist: nothing has changed, and the caller hears of it");
    }

    @Test
    void transactionOfWellheadPasses() throws Exception {
        Played played = insteadOfTheTransaction("""
                dev.wellhead.jdbc.Transactions.on(database).run(tx -> {
                    add(tx.connection(), to, amount);
                    add(tx.connection(), from, -amount);
                });""").play();

        played.isSolved();
    }
}

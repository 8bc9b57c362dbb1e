package dev.wellhead.examples.labs.basics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Mending;
import dev.wellhead.examples.labs.Played;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcidIsolationLabTest {
    private static final String FILE = "Cashier.java";
    private static final String TRANSACTION = "Transactions.on(database).call(tx -> {";
    private static final String LOCK = " for update";
    private static final String BOTH = "two withdrawals of 30 from 100 both succeed, and leave 40";
    private static final String APPROVED = "each was approved for the balance that it was taken from: 100 and 70";
    private static final String ONE =
            "of two withdrawals of 70 from 100 one succeeds, the other one returns false, and 30 are left";

    @TempDir
    private Path work;

    private Mending withoutLock() throws Exception {
        return Mending.ofSolution(new AcidIsolationLab(), work).with(FILE, LOCK, "");
    }

    @Test
    void serializableWithRetriesPasses() throws Exception {
        Played played = withoutLock()
                .with(FILE, TRANSACTION, "Transactions.on(database).serializable().retrying(5).call(tx -> {")
                .play();

        played.isSolved();
    }

    @Test
    void serializableWithoutRetriesFailsOneOfTwo() throws Exception {
        Played played = withoutLock()
                .with(FILE, TRANSACTION, "Transactions.on(database).serializable().call(tx -> {")
                .play();

        assertThat(played.unmet()).containsExactly(BOTH, APPROVED, ONE);
    }

    @Test
    void lockOfJavaHoldsInOneProcessOnly() throws Exception {
        Played played = withoutLock()
                .with(FILE, "return " + TRANSACTION, "synchronized (Cashier.class) { return " + TRANSACTION)
                .with(FILE, "        });\n", "        }); }\n")
                .play();

        assertThat(played.unmet()).containsExactly(BOTH, APPROVED, ONE);
    }

    @Test
    void addingInTheDatabaseIsNotEnoughIfTheQuestionIsAskedBefore() throws Exception {
        Played played = withoutLock()
                .with(FILE, "set balance = ? where", "set balance = balance - ? where")
                .with(FILE, "balance - amount, account", "amount, account")
                .play();

        assertThat(played.unmet()).containsExactly(APPROVED, ONE);
    }

    @Test
    void comparingWithWhatWasReadPasses() throws Exception {
        Played played = withoutLock()
                .with(FILE, "return Transactions.on(database).call(tx -> {", """
                        while (true) {
                            Boolean taken = once(database, account, amount, approval);
                            if (taken != null) {
                                return taken;
                            }
                        }
                    }

                    private static Boolean once(DataSource database, long account, long amount, Approval approval)
                            throws SQLException {
                        return Transactions.on(database).call(tx -> {""")
                .with(
                        FILE,
                        "write(tx.connection(), \"update accounts set balance = ? where id = ?\", balance - amount, account);",
                        """
                        try (PreparedStatement update = tx.connection().prepareStatement(
                                "update accounts set balance = ? where id = ? and balance = ?")) {
                            update.setLong(1, balance - amount);
                            update.setLong(2, account);
                            update.setLong(3, balance);
                            if (update.executeUpdate() == 0) {
                                return null;
                            }
                        }""")
                .play();

        played.isSolved();
    }
}

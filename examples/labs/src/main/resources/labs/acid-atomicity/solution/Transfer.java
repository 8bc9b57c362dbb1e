import dev.wellhead.examples.labs.basics.MoneyTransfer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

public final class Transfer implements MoneyTransfer {
    @Override
    public void transfer(DataSource database, long from, long to, long amount) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                add(connection, from, -amount);
                add(connection, to, amount);
                connection.commit();
            } catch (Throwable e) {
                rollback(connection, e);
                throw e;
            }
        }
    }

    private static void add(Connection connection, long account, long amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update accounts set balance = balance + ? where id = ?")) {
            update.setLong(1, amount);
            update.setLong(2, account);
            if (update.executeUpdate() != 1) {
                throw new IllegalArgumentException("there is no account " + account);
            }
        }
    }

    private static void rollback(Connection connection, Throwable cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The connection is lost, and the transaction with it.
            cause.addSuppressed(e);
        }
    }
}

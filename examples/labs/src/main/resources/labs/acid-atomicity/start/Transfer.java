import dev.wellhead.examples.labs.basics.MoneyTransfer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

public final class Transfer implements MoneyTransfer {
    @Override
    public void transfer(DataSource database, long from, long to, long amount) throws SQLException {
        try (Connection connection = database.getConnection()) {
            add(connection, from, -amount);
            add(connection, to, amount);
        }
    }

    private static void add(Connection connection, long account, long amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("update accounts set balance = balance + ? where id = ?")) {
            update.setLong(1, amount);
            update.setLong(2, account);
            update.executeUpdate();
        }
    }
}

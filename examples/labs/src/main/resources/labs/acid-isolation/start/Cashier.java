import dev.wellhead.examples.labs.basics.Withdrawals;
import dev.wellhead.jdbc.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

public final class Cashier implements Withdrawals {
    @Override
    public boolean withdraw(DataSource database, long account, long amount, Approval approval) throws SQLException {
        return Transactions.on(database).call(tx -> {
            long balance = balance(tx.connection(), account);
            if (balance < amount || !approval.approve(balance, amount)) {
                return false;
            }
            write(tx.connection(), "update accounts set balance = ? where id = ?", balance - amount, account);
            write(tx.connection(), "insert into withdrawals (amount, account) values (?, ?)", amount, account);
            return true;
        });
    }

    private static long balance(Connection connection, long account) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select balance from accounts where id = ?")) {
            select.setLong(1, account);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalArgumentException("there is no account " + account);
                }
                return row.getLong(1);
            }
        }
    }

    private static void write(Connection connection, String sql, long amount, long account) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, amount);
            statement.setLong(2, account);
            statement.executeUpdate();
        }
    }
}

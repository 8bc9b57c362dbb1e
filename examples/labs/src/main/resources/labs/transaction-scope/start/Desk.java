import dev.wellhead.examples.labs.basics.OrderDesk;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;

public final class Desk implements OrderDesk {
    @Override
    public void book(DataSource pool, String customer, List<Line> lines, Consumer<String> announce)
            throws SQLException {
        Connection connection = pool.getConnection();
        connection.setAutoCommit(false);
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("an order needs a line");
        }
        try {
            long order = insertOrder(connection, customer);
            for (Line line : lines) {
                insertLine(connection, order, line);
            }
            announce.accept(customer);
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
            connection.close();
        }
    }

    private static long insertOrder(Connection connection, String customer) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into orders (customer) values (?) returning id")) {
            insert.setString(1, customer);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static void insertLine(Connection connection, long order, Line line) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into order_lines (order_id, item, quantity) values (?, ?, ?)")) {
            insert.setLong(1, order);
            insert.setString(2, line.item());
            insert.setInt(3, Integer.parseInt(line.quantity()));
            insert.executeUpdate();
        }
    }
}

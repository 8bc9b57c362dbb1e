import dev.wellhead.examples.labs.practice.OrderDesk;
import dev.wellhead.pool.ConnectionPool;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Borrows a connection for each order. */
public final class Desk implements OrderDesk {
    private ConnectionPool pool;

    @Override
    public void open(String url, String user, String password, int connections) {
        pool = ConnectionPool.builder(url)
                .credentials(user, password)
                .name("desk")
                .maxSize(connections)
                .build();
    }

    @Override
    public long order(String item) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("insert into orders (item) values (?) returning id")) {
            insert.setString(1, item);
            try (ResultSet rows = insert.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}

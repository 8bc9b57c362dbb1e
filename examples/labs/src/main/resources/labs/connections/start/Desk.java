import dev.wellhead.examples.labs.practice.OrderDesk;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Opens a connection for each order. */
public final class Desk implements OrderDesk {
    private String url;
    private String user;
    private String password;

    @Override
    public void open(String url, String user, String password, int connections) {
        this.url = url;
        this.user = user;
        this.password = password;
    }

    @Override
    public long order(String item) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, password);
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
    public void close() {}
}

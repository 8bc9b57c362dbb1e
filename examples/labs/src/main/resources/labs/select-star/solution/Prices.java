import dev.wellhead.examples.labs.practice.PriceList;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Names what it needs. */
public final class Prices implements PriceList {
    @Override
    public List<Line> read(Connection connection, String category) throws SQLException {
        List<Line> lines = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                "select products.id, products.name, prices.cents from products"
                        + " join prices on prices.product_id = products.id"
                        + " where products.category = ? order by products.name")) {
            query.setString(1, category);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    lines.add(new Line(rows.getLong("id"), rows.getString("name"), rows.getInt("cents")));
                }
            }
        }
        return lines;
    }
}

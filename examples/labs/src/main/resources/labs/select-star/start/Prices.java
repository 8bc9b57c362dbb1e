import dev.wellhead.examples.labs.practice.PriceList;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads everything, and takes what it needs by position. */
public final class Prices implements PriceList {
    @Override
    public List<Line> read(Connection connection, String category) throws SQLException {
        List<Line> lines = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement("select * from products"
                + " join prices on prices.product_id = products.id"
                + " where products.category = ? order by products.name")) {
            query.setString(1, category);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    // id, category, name, description, photo, product_id, cents
                    lines.add(new Line(rows.getLong(1), rows.getString(3), rows.getInt(7)));
                }
            }
        }
        return lines;
    }
}

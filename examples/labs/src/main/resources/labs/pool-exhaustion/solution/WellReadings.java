import dev.wellhead.examples.labs.debugging.Readings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import javax.sql.DataSource;

/** Meter readings of wells, over a pool. */
public class WellReadings implements Readings {
    private DataSource pool;

    @Override
    public void open(DataSource pool) {
        this.pool = pool;
    }

    @Override
    public List<String> wells() throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement("select name from wells order by name");
                ResultSet rows = statement.executeQuery()) {
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
        }
    }

    @Override
    public long total(String well) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("select coalesce(sum(litres), 0) from readings where well = ?")) {
            statement.setString(1, well);
            ResultSet rows = statement.executeQuery();
            rows.next();
            return rows.getLong(1);
        }
    }

    @Override
    public OptionalInt latest(String well) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "select litres from readings where well = ? order by id desc limit 1")) {
            statement.setString(1, well);
            ResultSet rows = statement.executeQuery();
            return rows.next() ? OptionalInt.of(rows.getInt(1)) : OptionalInt.empty();
        }
    }

    @Override
    public long record(String well, int litres) throws SQLException {
        requirePositive(litres);
        try (Connection connection = pool.getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("insert into readings (well, litres) values (?, ?)");
                PreparedStatement count =
                        connection.prepareStatement("select count(*) from readings where well = ?")) {
            insert.setString(1, well);
            insert.setInt(2, litres);
            insert.executeUpdate();
            count.setString(1, well);
            ResultSet rows = count.executeQuery();
            rows.next();
            return rows.getLong(1);
        }
    }

    private static void requirePositive(int litres) {
        if (litres <= 0) {
            throw new IllegalArgumentException("litres must be positive, was " + litres);
        }
    }
}

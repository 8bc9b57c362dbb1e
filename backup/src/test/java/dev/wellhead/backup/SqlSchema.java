package dev.wellhead.backup;

import dev.wellhead.backup.internal.Digests;
import dev.wellhead.jdbc.SchemaSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/** A schema source of plain SQL statements. */
record SqlSchema(List<String> statements) implements SchemaSource {
    static SqlSchema of(String... statements) {
        return new SqlSchema(List.of(statements));
    }

    @Override
    public String fingerprint() {
        return Digests.hex(String.join(";", statements)).substring(0, 16);
    }

    @Override
    public void apply(DataSource target) throws SQLException {
        try (Connection connection = target.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}

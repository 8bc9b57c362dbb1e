package dev.wellhead.jdbc.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;

class IdentifiersTest {
    private static Connection postgres;
    private static Connection sqlite;
    private static TestDatabase file;

    @BeforeContainer
    static void connect() throws SQLException {
        postgres = PostgresServer.shared().connect("postgres");
        file = TestDatabase.sqlite();
        sqlite = file.dataSource().getConnection();
    }

    @AfterContainer
    static void disconnect() throws SQLException {
        postgres.close();
        sqlite.close();
        file.close();
    }

    @Property(tries = 200)
    void anyNameComesBackAsItWasFromBothDatabases(@ForAll("names") String name) throws SQLException {
        assertThat(columnName(postgres, name)).isEqualTo(name);
        assertThat(columnName(sqlite, name)).isEqualTo(name);
    }

    @Property(tries = 200)
    void anyTextComesBackAsItWasFromBothDatabases(@ForAll("names") String text) throws SQLException {
        assertThat(value(postgres, text)).isEqualTo(text);
        assertThat(value(sqlite, text)).isEqualTo(text);
    }

    @Test
    void namesThatNoDatabaseCanStoreAreRefused() {
        assertThatThrownBy(() -> Identifiers.quote("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Identifiers.quote("a\0b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Identifiers.literal("a\0b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings()
                .withChars("\"'\\`;-- $%\n\t?{}[]()aZ0\u00e9\u202e\u4e2d")
                .ofMinLength(1)
                .ofMaxLength(40)
                // PostgreSQL cuts longer names.
                .filter(name -> name.getBytes(StandardCharsets.UTF_8).length <= 63);
    }

    private static String columnName(Connection connection, String name) throws SQLException {
        try (Statement statement = unescaped(connection);
                ResultSet rows = statement.executeQuery("select 1 as " + Identifiers.quote(name))) {
            return rows.getMetaData().getColumnLabel(1);
        }
    }

    private static String value(Connection connection, String text) throws SQLException {
        try (Statement statement = unescaped(connection);
                ResultSet rows = statement.executeQuery("select " + Identifiers.literal(text))) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static Statement unescaped(Connection connection) throws SQLException {
        Statement statement = connection.createStatement();
        statement.setEscapeProcessing(false);
        return statement;
    }
}

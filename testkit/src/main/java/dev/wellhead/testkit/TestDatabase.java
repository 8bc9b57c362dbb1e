package dev.wellhead.testkit;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One empty database for one test, on PostgreSQL or SQLite, gone when it is closed. Thread-safe.
 */
public final class TestDatabase implements AutoCloseable {
    private final String name;
    private final String url;
    private final String user;
    private final String password;
    private final Runnable remove;

    TestDatabase(String name, String url, String user, String password, Runnable remove) {
        this.name = name;
        this.url = url;
        this.user = user;
        this.password = password;
        this.remove = remove;
    }

    /** Returns a new database on {@link PostgresServer#shared()}. */
    public static TestDatabase postgres() {
        return PostgresServer.shared().createDatabase();
    }

    /** Returns a new database file in a folder of its own. */
    public static TestDatabase sqlite() {
        Path folder = WorkDirectory.fresh("sqlite");
        Path file = folder.resolve("test.db");
        return new TestDatabase(file.toString(), "jdbc:sqlite:" + file, "", "", () -> WorkDirectory.delete(folder));
    }

    /** Returns the database's name on PostgreSQL, the file's path on SQLite. */
    public String name() {
        return name;
    }

    /** Returns the JDBC URL, without user and password. */
    public String url() {
        return url;
    }

    /** Returns the user, empty on SQLite. */
    public String user() {
        return user;
    }

    /** Returns the password, empty on SQLite. */
    public String password() {
        return password;
    }

    /** Returns a source of new, unpooled connections. */
    public DataSource dataSource() {
        return new UrlDataSource(url, user, password);
    }

    /** Runs SQL statements one after the other, each on its own. */
    public void execute(String... statements) {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Returns the first column of the first row as text; null if there is no row or it holds a null. */
    public @Nullable String queryOne(String sql) {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        remove.run();
    }

    @Override
    public String toString() {
        return url;
    }
}

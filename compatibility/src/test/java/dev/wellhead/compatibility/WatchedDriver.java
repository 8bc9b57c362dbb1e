package dev.wellhead.compatibility;

import dev.wellhead.testkit.TestDatabase;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * The driver's own connections, with a note of every statement that is made on them and of the state in which they are
 * closed. Thread-safe.
 */
final class WatchedDriver implements DataSource {
    private final DataSource unpooled;
    private final Queue<Statement> statements = new ConcurrentLinkedQueue<>();
    private final Queue<Left> left = new ConcurrentLinkedQueue<>();

    /** What whoever closed a connection had left behind on it. */
    record Left(boolean autoCommit, int isolation) {}

    WatchedDriver(TestDatabase database) {
        this.unpooled = database.dataSource();
    }

    /** Returns the statements that were made and not closed. */
    List<Statement> openStatements() throws SQLException {
        List<Statement> open = new ArrayList<>();
        for (Statement statement : statements) {
            if (!statement.isClosed()) {
                open.add(statement);
            }
        }
        return open;
    }

    List<Left> left() {
        return List.copyOf(left);
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection raw = unpooled.getConnection();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close") && !raw.isClosed()) {
                        left.add(new Left(raw.getAutoCommit(), raw.getTransactionIsolation()));
                    }
                    Object result = call(raw, method, arguments);
                    if (result instanceof Statement statement) {
                        statements.add(statement);
                    }
                    return result;
                });
    }

    private static Object call(Connection raw, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(raw, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("not a " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}

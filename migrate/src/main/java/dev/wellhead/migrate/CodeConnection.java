package dev.wellhead.migrate;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A run's connection in the hands of a migration's code: it must end neither the transaction nor the session. */
final class CodeConnection implements InvocationHandler {
    // A savepoint's rollback has an argument.
    private static final Set<String> REFUSED = Set.of("commit", "close", "abort", "setAutoCommit");

    private final Connection connection;

    private CodeConnection(Connection connection) {
        this.connection = connection;
    }

    static Connection of(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, new CodeConnection(connection));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        boolean rollback = method.getName().equals("rollback") && arguments == null;
        if (rollback || REFUSED.contains(method.getName())) {
            throw new SQLException(
                    method.getName()
                            + " is not for a migration: its transaction is that of the history, too, and the run"
                            + " ends it; throw an exception to have all rolled back",
                    "25000");
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}

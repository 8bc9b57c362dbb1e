package dev.wellhead.pool;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection of the simplest driver there can be: it lives until it is closed or found dead, and does nothing else. So
 * a model checker that follows each step of a program is not led astray by what a driver does.
 */
final class StillConnection implements InvocationHandler {
    private static final DatabaseMetaData META_DATA = (DatabaseMetaData) Proxy.newProxyInstance(
            StillConnection.class.getClassLoader(),
            new Class<?>[] {DatabaseMetaData.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                default -> "Still";
            });

    private final Connection raw = (Connection)
            Proxy.newProxyInstance(StillConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
    private final AtomicInteger open;
    /** Borrowers who have it now, as a test counts them. */
    final AtomicInteger holders = new AtomicInteger();

    volatile boolean dead;
    volatile boolean closed;

    /**
     * @param open counts the connections that are open
     */
    StillConnection(AtomicInteger open) {
        this.open = open;
        open.incrementAndGet();
    }

    static StillConnection of(PooledConnection pooled) {
        return (StillConnection)
                Proxy.getInvocationHandler(pooled.slot().physical().raw());
    }

    Connection raw() {
        return raw;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws SQLException {
        switch (method.getName()) {
            case "close", "abort" -> {
                if (!closed) {
                    closed = true;
                    open.decrementAndGet();
                }
                return null;
            }
            case "isClosed" -> {
                return closed;
            }
            case "isValid" -> {
                return !dead;
            }
            case "getAutoCommit" -> {
                return true;
            }
            case "getMetaData" -> {
                return META_DATA;
            }
            case "hashCode" -> {
                return System.identityHashCode(proxy);
            }
            case "equals" -> {
                return proxy == arguments[0];
            }
            case "toString" -> {
                return "still";
            }
            case "getWarnings", "clearWarnings" -> {
                return null;
            }
            default -> throw new SQLFeatureNotSupportedException(method.getName());
        }
    }
}

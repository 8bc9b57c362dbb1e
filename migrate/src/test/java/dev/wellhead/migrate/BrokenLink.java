package dev.wellhead.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A link that breaks at one chosen call that talks to the database, before it is made or behind it. For one thread. */
final class BrokenLink implements Interceptor.Around {
    // Other calls read what the driver has already.
    private static final Set<String> TALKING =
            Set.of("getConnection", "execute", "executeQuery", "executeUpdate", "setAutoCommit", "commit", "rollback");

    private final int breaksAt;
    private final boolean afterwards;
    private int calls;
    private @Nullable Connection connection;

    BrokenLink(int breaksAt, boolean afterwards) {
        this.breaksAt = breaksAt;
        this.afterwards = afterwards;
    }

    boolean hasBroken() {
        return calls >= breaksAt;
    }

    @Override
    public void before(Object target, String method, Object[] arguments) throws SQLException {
        if (target instanceof Connection seen) {
            connection = seen;
        }
        if (!TALKING.contains(method)) {
            return;
        }
        calls++;
        if (calls == breaksAt && !afterwards) {
            sever();
        }
    }

    @Override
    public void after(Object target, String method, Object[] arguments, Object result) throws SQLException {
        if (calls == breaksAt && afterwards && TALKING.contains(method)) {
            sever();
        }
    }

    private void sever() throws SQLException {
        if (connection != null) {
            connection.close();
        }
        throw new SQLException("the link broke at call " + breaksAt, "08006");
    }
}

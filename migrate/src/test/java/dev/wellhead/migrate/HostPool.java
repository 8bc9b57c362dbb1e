package dev.wellhead.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A host's data source that runs SQL on each connection it hands out, and counts those that are open. Thread-safe. */
final class HostPool implements Interceptor.Around {
    private final DataSource dataSource;
    private final String onConnect;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();

    HostPool(DataSource dataSource, String onConnect) {
        this.dataSource = dataSource;
        this.onConnect = onConnect;
    }

    int open() {
        return open.get();
    }

    int mostOpen() {
        return mostOpen.get();
    }

    DataSource dataSource() {
        return Interceptor.around(dataSource, this);
    }

    @Override
    public void before(Object target, String method, Object[] arguments) throws SQLException {
        if (method.equals("close") && target instanceof Connection connection && !connection.isClosed()) {
            open.decrementAndGet();
        }
    }

    @Override
    public void after(Object target, String method, Object[] arguments, Object result) throws SQLException {
        if (method.equals("getConnection") && result instanceof Connection connection && target == dataSource) {
            mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
            try (Statement statement = connection.createStatement()) {
                statement.execute(onConnect);
            }
        }
    }
}

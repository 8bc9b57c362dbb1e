package dev.wellhead.benchmarks.pool;

import java.sql.Connection;
import java.sql.SQLException;
import org.vibur.dbcp.ViburDBCPDataSource;

/** Vibur DBCP. */
final class ViburPool implements BenchedPool {
    private final ViburDBCPDataSource pool = new ViburDBCPDataSource();

    ViburPool(PoolOptions options) {
        pool.setExternalDataSource(options.database());
        pool.setPoolMaxSize(options.maxSize());
        pool.setPoolInitialSize(options.minIdle());
        pool.setConnectionTimeoutInMs(options.acquireTimeout().toMillis());
        if (options.validation()) {
            // By default what was used in the last 5 s is trusted.
            pool.setConnectionIdleLimitInSeconds(0);
        }
        if (options.leakDetection()) {
            pool.setPoolEnableConnectionTracking(true);
            pool.setLogConnectionLongerThanMs(PoolOptions.LEAK_THRESHOLD.toMillis());
        }
        pool.start();
    }

    @Override
    public Connection get() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public void close() {
        pool.terminate();
    }
}

package dev.wellhead.benchmarks.pool;

import java.sql.Connection;
import java.sql.SQLException;
import org.apache.commons.dbcp2.BasicDataSource;

/** Commons DBCP 2. */
final class Dbcp2Pool implements BenchedPool {
    private final BasicDataSource pool = new BasicDataSource();

    Dbcp2Pool(PoolOptions options) throws SQLException {
        pool.setDriver(new StubDriver());
        pool.setUrl(options.database().url());
        pool.setMaxTotal(options.maxSize());
        // By default it closes all but 8 on return.
        pool.setMaxIdle(options.maxSize());
        pool.setMinIdle(options.minIdle());
        pool.setInitialSize(options.minIdle());
        pool.setMaxWait(options.acquireTimeout());
        pool.setTestOnBorrow(options.validation());
        if (options.leakDetection()) {
            pool.setRemoveAbandonedOnMaintenance(true);
            pool.setRemoveAbandonedTimeout(PoolOptions.LEAK_THRESHOLD);
            pool.setLogAbandoned(true);
        }
        pool.start();
    }

    @Override
    public Connection get() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public void close() {
        try {
            pool.close();
        } catch (SQLException e) {
            throw new IllegalStateException("DBCP2 does not close", e);
        }
    }
}

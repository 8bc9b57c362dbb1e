package dev.wellhead.benchmarks.pool;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;

/** HikariCP. It validates what lay idle for 500 ms, whether asked or not. */
final class HikariPool implements BenchedPool {
    private final HikariDataSource pool;

    HikariPool(PoolOptions options) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(options.database());
        config.setMaximumPoolSize(options.maxSize());
        config.setMinimumIdle(options.minIdle());
        config.setConnectionTimeout(options.acquireTimeout().toMillis());
        config.setInitializationFailTimeout(-1);
        if (options.leakDetection()) {
            config.setLeakDetectionThreshold(PoolOptions.LEAK_THRESHOLD.toMillis());
        }
        pool = new HikariDataSource(config);
    }

    @Override
    public Connection get() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public void close() {
        pool.close();
    }
}

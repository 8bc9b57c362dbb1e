package dev.wellhead.benchmarks.pool;

import java.sql.Connection;
import java.sql.SQLException;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

/** Tomcat JDBC. */
final class TomcatPool implements BenchedPool {
    private final DataSource pool;

    TomcatPool(PoolOptions options) throws SQLException {
        PoolProperties properties = new PoolProperties();
        properties.setDataSource(options.database());
        properties.setMaxActive(options.maxSize());
        properties.setMaxIdle(options.maxSize());
        properties.setMinIdle(options.minIdle());
        properties.setInitialSize(options.minIdle());
        properties.setMaxWait((int) options.acquireTimeout().toMillis());
        properties.setJmxEnabled(false);
        properties.setTestOnBorrow(options.validation());
        // By default what was validated in the last 3 s is trusted.
        properties.setValidationInterval(options.validation() ? 500 : properties.getValidationInterval());
        if (options.leakDetection()) {
            properties.setSuspectTimeout((int) PoolOptions.LEAK_THRESHOLD.toSeconds());
            properties.setLogAbandoned(true);
        }
        pool = new DataSource(properties);
        pool.createPool();
    }

    @Override
    public Connection get() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public void close() {
        pool.close(true);
    }
}

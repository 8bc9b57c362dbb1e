package dev.wellhead.benchmarks.pool;

import dev.wellhead.pool.ConnectionPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Ours. It validates what lay idle for 500 ms, whether asked or not. */
final class WellheadPool implements BenchedPool {
    private final ConnectionPool pool;

    WellheadPool(PoolOptions options) {
        ConnectionPool.Builder builder = ConnectionPool.builder(options.database())
                .maxSize(options.maxSize())
                .minIdle(options.minIdle())
                .acquireTimeout(options.acquireTimeout())
                .parallelConnects(options.parallelConnects())
                .maxWaiters(options.maxWaiters());
        if (options.leakDetection()) {
            builder.leakThreshold(PoolOptions.LEAK_THRESHOLD);
        } else {
            builder.withoutLeakDetection();
        }
        pool = builder.build();
    }

    @Override
    public Connection get() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public void close() {
        pool.close(Duration.ofSeconds(1));
    }
}

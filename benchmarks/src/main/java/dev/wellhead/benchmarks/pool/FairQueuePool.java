package dev.wellhead.benchmarks.pool;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** A fair queue of connections, and nothing else that a pool must do. */
final class FairQueuePool implements BenchedPool {
    private final BlockingQueue<Lent> idle;
    private final long timeoutNanos;

    FairQueuePool(PoolOptions options) throws SQLException {
        idle = new ArrayBlockingQueue<>(options.maxSize(), true);
        timeoutNanos = options.acquireTimeout().toNanos();
        for (int i = 0; i < options.maxSize(); i++) {
            idle.add(new Lent(options.database()));
        }
    }

    @Override
    public Connection get() throws SQLException {
        try {
            Lent lent = idle.poll(timeoutNanos, TimeUnit.NANOSECONDS);
            if (lent == null) {
                throw new SQLException("no connection in " + timeoutNanos + " ns");
            }
            return lent;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", e);
        }
    }

    @Override
    public void close() {
        idle.clear();
    }

    private final class Lent extends StubConnection {
        Lent(StubDatabase database) throws SQLException {
            super(database, database.admit());
        }

        @Override
        public void close() {
            idle.add(this);
        }
    }
}
